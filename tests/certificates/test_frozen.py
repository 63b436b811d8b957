"""What was issued stays as it was, whatever is changed or thrown away afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.storage import storages
from django.core.management import call_command
from django.test import Client
from wagtail.models import Page, Revision

from accounts.models import Authority, Learner
from certificates.gateways import typesetting, verification_memory
from certificates.models import Certificate
from certificates.operations import set_learner_photo
from certificates.operations.designs import publish_design, save_design
from certificates.rules.design import Design, Layout
from courses.models import Course, Post
from tests.factories.accounts import make_learner, make_user
from tests.factories.certificates import NOW, make_certificate, make_holding, make_photo
from tests.factories.cms_pages import latest, make_course_page, make_site
from tests.factories.courses import make_policy, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_memory() -> Iterator[None]:
    cache.clear()
    verification_memory.forget_everything()
    yield
    cache.clear()


@pytest.fixture
def certificate(media_folder: Path) -> Certificate:
    make_site()
    post = make_post(name="测试冻结岗")
    make_course_page(posts=[post], title="测试冻结课程")
    learner = make_learner(full_name="测试张三丰")
    set_learner_photo(learner=learner, data=make_photo(), now=NOW)
    return make_certificate(holding=make_holding(learner=learner, post=post))


def what_stands(certificate: Certificate) -> tuple[bytes, str, object]:
    """The stored file, the page's content as anybody sees it now, and the record without its moment."""
    cache.clear()
    verification_memory.forget_everything()
    with storages["private"].open(certificate.pdf_path, "rb") as stream:
        pdf = stream.read()
    page = Client().get(f"/verify/{certificate.token}/").content.decode()
    record = Client().get(f"/verify/{certificate.token}.json").json()
    assert record.pop("checked_at")
    assert "证书真实有效" in page
    return pdf, page.split("<main")[1].split("</main>")[0], record


def purge_revisions(certificate: Certificate) -> None:
    for page in Page.objects.filter(title="测试冻结课程"):
        latest(page).save_revision()
    call_command("purge_revisions", days=0, verbosity=0)
    Revision.objects.all().delete()


def delete_pages(certificate: Certificate) -> None:
    for page in Page.objects.filter(title="测试冻结课程"):
        page.delete()


def close_courses(certificate: Certificate) -> None:
    Course.objects.update(title="另一门课程", is_open=False)


def rename_learner(certificate: Certificate) -> None:
    Learner.objects.filter(pk=certificate.holding.learner_id).update(full_name="测试改名", id_masked="990***")


def change_photo(certificate: Certificate) -> None:
    set_learner_photo(learner=certificate.holding.learner, data=make_photo(colour="firebrick"), now=NOW)


def rename_authority_and_post(certificate: Certificate) -> None:
    Authority.objects.filter(pk=certificate.authority_id).update(name="测试新名称主管部门")
    Post.objects.filter(pk=certificate.holding.post_id).update(name="测试新名称岗")


def edit_design(certificate: Certificate) -> None:
    for authority in (None, certificate.authority):
        save_design(authority=authority, design=Design(layout=Layout.PHOTO_RIGHT), actor=make_user(), now=NOW)
        publish_design(authority=authority, actor=make_user(), now=NOW)


def edit_policy(certificate: Certificate) -> None:
    make_policy(authority=certificate.authority, effective_from=date(2020, 1, 1), annual_min_hours=99, hour_minutes=45)


@pytest.mark.parametrize(
    "change",
    [
        purge_revisions,
        delete_pages,
        close_courses,
        rename_learner,
        change_photo,
        edit_design,
        edit_policy,
    ],
)
def test_file_page_and_record_stay_as_they_were(certificate: Certificate, change: Callable[[Certificate], None]):
    before = what_stands(certificate)
    change(certificate)
    assert what_stands(certificate) == before


def test_names_on_the_certificate_stay_when_authority_and_post_are_renamed(certificate: Certificate):
    before = what_stands(certificate)
    rename_authority_and_post(certificate)
    after = what_stands(certificate)
    assert after[0] == before[0]
    assert after[2]["authority"] == before[2]["authority"]  # type: ignore[index]
    assert after[2]["post"] == "测试冻结岗"  # type: ignore[index]


def test_edited_templates_leave_the_stored_file_alone(certificate: Certificate, tmp_path: Path, monkeypatch):
    before = what_stands(certificate)
    monkeypatch.setattr(typesetting, "TEMPLATES", tmp_path)
    assert what_stands(certificate) == before


def test_a_learner_downloads_the_stored_file_byte_for_byte(certificate: Certificate):
    before = what_stands(certificate)[0]
    for change in (rename_learner, change_photo, edit_design):
        change(certificate)
    client = Client()
    client.force_login(certificate.holding.learner.user)
    response = client.get(f"/my/certificates/{certificate.uuid}/download/")
    assert b"".join(response.streaming_content) == before
