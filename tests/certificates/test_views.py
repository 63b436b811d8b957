"""The learner's desk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import OfficerRole
from accounts.models import AuditEntry, Learner
from certificates.models import Certificate, Holding
from certificates.operations import renew_certificate, set_learner_photo
from courses.enums import Block
from tests.factories.accounts import appoint_officer, make_learner, make_user
from tests.factories.certificates import (
    annual_years,
    make_certificate,
    make_holding,
    make_photo,
    make_recognised_year,
    make_record,
    meet_year,
    renewal_year,
)
from tests.factories.tracking import make_course
from tracking.operations import refuse_year

pytestmark = pytest.mark.django_db

STATEMENTS = 15


@pytest.fixture
def learner() -> Learner:
    return make_learner(full_name="测试张三")


@pytest.fixture
def desk(client: Client, learner: Learner) -> Client:
    """A browser in which the learner is signed in."""
    client.force_login(learner.user)
    return client


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("name", ["my_page", "claim", "photo", "photo_file"])
def test_a_visitor_is_sent_to_sign_in(client: Client, name: str):
    address = reverse(f"certificates:{name}")
    response = client.get(address)
    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={address}")


@pytest.mark.parametrize("name", ["my_page", "claim", "photo"])
def test_an_account_without_identity_is_sent_to_give_it(client: Client, name: str):
    client.force_login(make_user())
    response = client.get(reverse(f"certificates:{name}"))
    assert (response.status_code, response["Location"]) == (302, "/accounts/identity/")


def test_my_page_without_a_certificate_says_where_to_begin(desk: Client, django_assert_max_num_queries):
    with django_assert_max_num_queries(STATEMENTS):
        response = desk.get("/my/")
    assert response.status_code == 200
    assert "还没有认领证书" in text_of(response)
    assert 'href="/my/claim/"' in text_of(response)


def test_my_page_offers_the_certificates_on_the_list(desk: Client, learner: Learner):
    make_record(learner=learner)
    assert "名册中还有 1 本与您身份相符的旧证书" in text_of(desk.get("/my/"))


def test_my_page_shows_the_window_the_hours_and_the_step_that_waits(desk: Client, learner: Learner):
    now = timezone.now()
    deadline = timezone.localdate(now) + timedelta(days=300)
    holding = make_holding(learner=learner, now=now, policy={"legacy_deadline": deadline})
    text = text_of(desk.get("/my/"))
    assert holding.post.name in text
    assert f"{timezone.localdate(now)} 至 {deadline}" in text
    assert "0 / 3" in text
    assert "0 / 2" in text
    assert "进行中 · 学员本人" in text
    assert text.count('aria-current="step"') == 1
    assert "去学习" in text


def test_my_page_names_the_authority_that_must_decide(desk: Client, learner: Learner):
    holding = make_holding(learner=learner, policy={"recognition": "officer"})
    meet_year(renewal_year(holding))
    text = text_of(desk.get("/my/"))
    assert f"进行中 · {holding.authority.name}" in text
    assert "3 / 3" in text


def test_my_page_shows_the_reason_of_a_refusal(desk: Client, learner: Learner):
    holding = make_holding(learner=learner, policy={"recognition": "officer"})
    year = meet_year(renewal_year(holding))
    refuse_year(ce_year_id=year.pk, actor=make_user(), reason="学习记录有 <b>疑点</b>", now=timezone.now())
    text = text_of(desk.get("/my/"))
    assert "未通过：学习记录有 &lt;b&gt;疑点&lt;/b&gt;" in text


def test_my_page_shows_why_an_issue_stopped(desk: Client, learner: Learner, media_folder: Path):
    set_learner_photo(learner=learner, data=make_photo(), now=timezone.now())
    year = make_recognised_year(holding=make_holding(learner=learner))
    storages["private"].delete(learner.photo_path)
    with pytest.raises(Exception, match="证件照文件缺失"):
        renew_certificate(ce_year_id=year.pk, now=timezone.now())
    assert "进行中 · 系统<br>证件照文件缺失，请重新上传证件照" in text_of(desk.get("/my/"))


def test_my_page_looks_again_while_a_certificate_is_on_its_way(desk: Client, learner: Learner, media_folder: Path):
    year = make_recognised_year(holding=make_holding(learner=learner))
    (holding,) = learner.holdings.all()
    waiting = text_of(desk.get("/my/"))
    assert f'id="card-{holding.uuid}" hx-get="/my/" hx-select="#card-{holding.uuid}"' in waiting
    assert "vendor/htmx.min.js" in waiting

    renew_certificate(ce_year_id=year.pk, now=timezone.now())
    issued = text_of(desk.get("/my/"))
    assert f'id="card-{holding.uuid}"' in issued
    assert "hx-" not in issued
    assert "htmx" not in issued


def test_my_page_shows_the_whole_road_walked_and_the_year_to_come(desk: Client, learner: Learner, media_folder: Path):
    certificate = make_certificate(holding=make_holding(learner=learner, now=timezone.now()), now=timezone.now())
    text = text_of(desk.get("/my/"))
    assert text.count("steps__item--done") == 4
    assert "电子证书已签发" in text
    assert certificate.number in text
    assert f"/my/certificates/{certificate.uuid}/download/" in text
    (annual,) = annual_years(certificate.holding)
    assert (
        f"下一个年度（{annual.label} 年继续教育）自 {annual.opens_on} 至 {annual.closes_on}，需 3 学时，届时开放学习。"
        in text
    )


def test_my_page_turns_to_the_next_year_when_it_opens(desk: Client, learner: Learner, media_folder: Path):
    a_week_ago = timezone.now() - timedelta(days=7)
    make_certificate(holding=make_holding(learner=learner, now=a_week_ago), now=a_week_ago)
    text = text_of(desk.get("/my/"))
    assert "steps__item--done" not in text
    assert "下一个年度" not in text
    assert "0 / 3" in text
    assert "电子证书已签发" in text


def test_my_page_needs_as_many_statements_for_three_certificates_as_for_one(
    desk: Client, learner: Learner, media_folder: Path, django_assert_num_queries, django_assert_max_num_queries
):
    first = make_holding(learner=learner)
    make_certificate(holding=first)
    with django_assert_max_num_queries(STATEMENTS) as one:
        desk.get("/my/")
    for _ in range(2):
        make_certificate(holding=make_holding(learner=learner, authority=first.authority))
    with django_assert_num_queries(len(one)):
        desk.get("/my/")


def test_claim_finds_the_certificate_and_leads_to_it(desk: Client, learner: Learner):
    record = make_record(learner=learner)
    response = desk.post("/my/claim/", {"number": record.number.lower(), "full_name": "测试张三"}, follow=True)
    holding = Holding.objects.get()
    assert response.redirect_chain == [(f"/my/holdings/{holding.uuid}/", 302)]
    assert "已找到并认领证书，可以开始学习了。" in text_of(response)


def test_claim_offers_what_stands_on_the_list_with_one_button(
    desk: Client, learner: Learner, django_assert_max_num_queries
):
    record = make_record(learner=learner)
    with django_assert_max_num_queries(STATEMENTS):
        text = text_of(desk.get("/my/claim/"))
    assert f'name="number" value="{record.number}"' in text
    desk.post("/my/claim/", {"number": record.number, "full_name": record.full_name})
    assert Holding.objects.get().record == record


def test_claim_without_a_match_says_what_to_do_and_keeps_what_was_typed(desk: Client):
    response = desk.post("/my/claim/", {"number": "错A1", "full_name": "测试张三"})
    text = text_of(response)
    assert response.status_code == 422
    assert "没有找到证书编号、姓名和证件号码都相符的证书" in text
    assert 'value="错A1"' in text
    assert 'role="alert"' in text


def test_claim_names_each_empty_field_beside_it(desk: Client):
    text = text_of(desk.post("/my/claim/", {}))
    assert 'aria-invalid="true"' in text
    assert 'aria-describedby="id_number_helptext id_number_error"' in text
    assert 'id="id_number_error"' in text
    assert 'aria-describedby="id_full_name_error"' in text
    assert 'id="id_full_name_error"' in text
    assert '证书编号：<a href="#id_number">请填写证书编号</a>' in text
    assert '证书上的姓名：<a href="#id_full_name">请填写证书上的姓名</a>' in text


def test_claim_needs_its_token(learner: Learner):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(learner.user)
    assert browser.post("/my/claim/", {"number": "A", "full_name": "B"}).status_code == 403


def test_holding_lists_its_courses_with_the_common_block_marked(
    desk: Client, learner: Learner, django_assert_max_num_queries
):
    holding = make_holding(learner=learner)
    shared, own, other = make_course(), make_course(post=holding.post), make_course(post=make_holding().post)
    for course in (shared, own, other):
        type(course).objects.filter(pk=course.pk).update(is_open=True)
    with django_assert_max_num_queries(STATEMENTS):
        text = text_of(desk.get(f"/my/holdings/{holding.uuid}/"))
    assert text.index(shared.title) < text.index(own.title)
    assert other.title not in text
    assert text.count("公共基础知识 · 多岗位共用") == 1
    assert f"/study/course/{own.uuid}/" in text
    assert {shared.block, own.block} == {Block.COMMON, Block.PROFESSIONAL}


def test_holding_shows_earlier_versions(desk: Client, learner: Learner, media_folder: Path):
    first = make_certificate(holding=make_holding(learner=learner))
    met_at = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
    (annual,) = annual_years(first.holding)
    meet_year(annual, now=met_at)
    second = renew_certificate(ce_year_id=annual.pk, now=met_at)
    text = text_of(desk.get(f"/my/holdings/{first.holding.uuid}/"))
    assert text.index(f"/my/certificates/{second.uuid}/download/") < text.index(
        f"/my/certificates/{first.uuid}/download/"
    )


def test_the_holding_of_another_is_not_found(desk: Client):
    assert desk.get(f"/my/holdings/{make_holding().uuid}/").status_code == 404


def test_a_photo_is_taken_and_shown_to_its_owner(desk: Client, learner: Learner, media_folder: Path):
    assert desk.get("/my/photo/file/").status_code == 404
    upload = SimpleUploadedFile("照片.png", make_photo(format="PNG"), content_type="text/plain")
    response = desk.post("/my/photo/", {"photo": upload}, follow=True)
    assert response.redirect_chain == [("/my/", 302)]
    assert "照片已保存，将用于今后签发的证书。" in text_of(response)
    shown = desk.get("/my/photo/file/")
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert shown.content.startswith(b"\xff\xd8")
    assert 'src="/my/photo/file/"' in text_of(desk.get("/my/photo/"))


@pytest.mark.parametrize("name", ["photo.jpg", None])
def test_a_refused_photo_is_explained_beside_the_field(desk: Client, name: str | None):
    data = {} if name is None else {"photo": SimpleUploadedFile(name, b"<svg/>", content_type="image/jpeg")}
    response = desk.post("/my/photo/", data)
    text = text_of(response)
    assert response.status_code == 422
    assert 'aria-describedby="id_photo_helptext id_photo_error"' in text
    assert 'id="id_photo_error"' in text


def test_the_holder_downloads_the_very_bytes_that_were_stored(
    desk: Client, learner: Learner, media_folder: Path, django_assert_max_num_queries
):
    certificate = make_certificate(holding=make_holding(learner=learner))
    with django_assert_max_num_queries(STATEMENTS):
        response = desk.get(f"/my/certificates/{certificate.uuid}/download/")
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response["Content-Disposition"] == f'attachment; filename="{certificate.number}.pdf"'
    assert b"".join(response.streaming_content) == (media_folder / "private" / certificate.pdf_path).read_bytes()


def test_a_registrar_of_the_authority_downloads_it_too_and_a_record_is_kept(client: Client, media_folder: Path):
    certificate = make_certificate()
    registrar = appoint_officer(authority=certificate.authority, role=OfficerRole.REGISTRAR).user
    client.force_login(registrar)
    response = client.get(f"/my/certificates/{certificate.uuid}/download/")
    assert response.status_code == 200
    entry = AuditEntry.objects.get(action="register.download")
    assert (entry.actor, entry.detail) == (registrar, {"number": certificate.number, "version": 1})
    response.close()


def test_the_registrar_of_the_authority_it_went_to_downloads_it(client: Client, media_folder: Path):
    certificate = make_certificate()
    registrar = appoint_officer(role=OfficerRole.REGISTRAR)
    Holding.objects.filter(pk=certificate.holding_id).update(authority=registrar.authority)
    client.force_login(registrar.user)
    response = client.get(f"/my/certificates/{certificate.uuid}/download/")
    assert response.status_code == 200
    response.close()


@pytest.mark.parametrize("role", [OfficerRole.RECOGNISER, OfficerRole.IMPORTER, OfficerRole.SUPERVISOR])
def test_other_offices_of_the_authority_do_not_find_it(client: Client, media_folder: Path, role: OfficerRole):
    """The file bears the whole identity number."""
    certificate = make_certificate()
    client.force_login(appoint_officer(authority=certificate.authority, role=role).user)
    assert client.get(f"/my/certificates/{certificate.uuid}/download/").status_code == 404


def test_a_stranger_and_another_authority_s_officer_do_not_find_it(client: Client, media_folder: Path):
    certificate = make_certificate()
    for user in (make_learner().user, appoint_officer(role=OfficerRole.REGISTRAR).user):
        client.force_login(user)
        assert client.get(f"/my/certificates/{certificate.uuid}/download/").status_code == 404


def test_a_visitor_must_sign_in_to_download(client: Client, media_folder: Path):
    address = f"/my/certificates/{make_certificate().uuid}/download/"
    response = client.get(address)
    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={address}")


def test_a_lost_file_is_said_so_and_not_a_crash(desk: Client, learner: Learner, media_folder: Path):
    certificate = make_certificate(holding=make_holding(learner=learner))
    storages["private"].delete(certificate.pdf_path)
    response = desk.get(f"/my/certificates/{certificate.uuid}/download/")
    assert response.status_code == 503
    assert "文件暂时无法下载" in text_of(response)


@pytest.mark.parametrize("name", ["my_page", "claim", "photo"])
def test_pages_of_a_person_are_not_cached(desk: Client, name: str):
    assert "no-store" in desk.get(reverse(f"certificates:{name}"))["Cache-Control"]


def test_no_certificate_exists_for_whoever_only_asks(desk: Client):
    assert desk.get("/my/certificates/00000000-0000-4000-8000-000000000000/download/").status_code == 404
    assert not Certificate.objects.exists()
