"""The officers' desk for certificates that the ministry's system makes."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.enums import OfficerRole
from accounts.models import AuditEntry, Authority, User
from certificates.models import Certificate, MinistryBatch
from tests.factories.accounts import appoint_officer, make_user
from tests.factories.certificates import make_holding, make_recognised_year
from tests.factories.ministry import answer, make_batch, make_ministry_authority, write_return
from tests.factories.tracking import make_ruled_authority

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.permissions.UserNameOrMobileBackend")
    return client


def officer_of(authority: Authority, role: str = OfficerRole.REGISTRAR) -> Client:
    return signed_in(appoint_officer(authority=authority, role=role).user)


def upload(content: io.BytesIO) -> dict[str, SimpleUploadedFile]:
    return {"archive": SimpleUploadedFile("回传.zip", content.read(), content_type="application/zip")}


def test_an_officer_packs_downloads_and_stores_what_came_back(django_assert_max_num_queries):
    authority = make_ministry_authority()
    make_recognised_year(holding=make_holding(authority=authority))
    client = officer_of(authority)
    with django_assert_max_num_queries(15):
        page = client.get(reverse("provinces:ministry")).content.decode()
    assert "已认定，等待打包" in page

    made = client.post(reverse("provinces:ministry_make", args=[authority.uuid]))
    batch = MinistryBatch.objects.get()
    assert made.headers["Location"] == reverse("provinces:ministry_batch", args=[batch.uuid])
    with django_assert_max_num_queries(15):
        assert batch.sha256 in client.get(made.headers["Location"]).content.decode()
    sent = client.get(reverse("provinces:ministry_file", args=[batch.uuid]))
    assert b"".join(sent.streaming_content).startswith(b"PK")
    assert AuditEntry.objects.filter(action="ministry.download").count() == 1

    answered = client.post(made.headers["Location"], upload(write_return(batch, *answer(batch))), follow=True)
    assert "入库 1 本，此前已入库 0 本，部系统退回 0 件，拒收 0 行。" in answered.content.decode()
    assert Certificate.objects.get().mode == "ministry"


def test_refused_lines_stand_on_the_page_of_the_package():
    batch = make_batch(number=2)
    client = officer_of(batch.authority)
    lines, files = answer(batch)
    lines[1]["number"] = "!"
    address = reverse("provinces:ministry_batch", args=[batch.uuid])
    page = client.post(address, upload(write_return(batch, lines, files)), follow=True).content.decode()
    assert "最近一次回传中拒收的 1 行" in page
    assert "证书编号格式不正确" in page


def test_an_archive_that_is_refused_says_why_beside_its_field():
    batch = make_batch()
    client = officer_of(batch.authority)
    answered = client.post(
        reverse("provinces:ministry_batch", args=[batch.uuid]), upload(io.BytesIO(b"no archive at all"))
    )
    assert (answered.status_code, Certificate.objects.count()) == (422, 0)
    assert "文件不是 ZIP 压缩包，或已损坏。" in answered.content.decode()


def test_an_empty_queue_makes_no_package():
    authority = make_ministry_authority()
    page = officer_of(authority).post(reverse("provinces:ministry_make", args=[authority.uuid]), follow=True)
    assert "没有等待报送的换证" in page.content.decode()
    assert MinistryBatch.objects.count() == 0


def test_an_authority_that_issues_by_itself_is_told_so_and_packs_nothing():
    authority = make_ruled_authority()
    client = officer_of(authority)
    assert "本主管部门的证书由本系统签发" in client.get(reverse("provinces:ministry")).content.decode()
    assert client.post(reverse("provinces:ministry_make", args=[authority.uuid])).status_code == 404


@pytest.mark.parametrize("name", ["ministry_batch", "ministry_file"])
def test_another_authoritys_package_does_not_exist(name: str):
    batch = make_batch()
    client = officer_of(make_ministry_authority())
    assert client.get(reverse(f"provinces:{name}", args=[batch.uuid])).status_code == 404


def test_only_those_who_keep_certificates_come_in():
    batch = make_batch()
    address = reverse("provinces:ministry_file", args=[batch.uuid])
    assert officer_of(batch.authority, OfficerRole.RECOGNISER).get(address).status_code == 403
    assert signed_in(make_user()).get(address).status_code == 403
    assert Client().get(address).status_code == 302
