"""The learner's pages of classroom hours, and an institution's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import TrainingInstitution
from courses.enums import Block
from tests.factories.accounts import (
    make_id_number,
    make_institution,
    make_institution_member,
    make_learner,
    make_user,
)
from tests.factories.certificates import write_csv
from tests.factories.offline import HTML, PDF, file_claim, make_pdf, make_picture, make_zip, sent, upload
from tests.factories.tracking import make_ce_year, make_ruled_authority
from tracking.enums import OfflineState
from tracking.models import CeYear, OfflineEvidence, OfflineStudy
from tracking.operations import decide_offline_study

pytestmark = pytest.mark.django_db
Limit = Callable[[int], Any]
LIST, NEW = "/study/offline/", "/study/offline/new/"


@pytest.fixture(autouse=True)
def store(media_folder: Path) -> Path:
    return media_folder / "private"


@pytest.fixture
def year() -> CeYear:
    return make_ce_year(policy={"hour_minutes": 45}, now=timezone.now())


@pytest.fixture
def browser(client: Client, year: CeYear) -> Client:
    client.force_login(year.learner.user)
    return client


def filled(year: CeYear, **overrides: Any) -> dict[str, Any]:
    today = timezone.localdate().isoformat()
    return {
        "ce_year": str(year.uuid),
        "institution": "",
        "institution_name": "测试培训中心",
        "title": "测试安全培训",
        "block": Block.COMMON,
        "studied_from": today,
        "studied_to": today,
        "hours": "2",
        "evidence": [sent()],
        **overrides,
    }


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def claim(year: CeYear, **overrides: Any) -> OfflineStudy:
    return file_claim(ce_year=year, now=timezone.now(), **overrides)


@pytest.mark.parametrize("address", [LIST, NEW])
def test_a_visitor_is_sent_to_sign_in_and_who_has_no_identity_to_the_form(client: Client, address: str) -> None:
    assert client.get(address)["Location"] == f"/accounts/login/?next={address}"
    client.force_login(make_user())
    assert client.get(address)["Location"] == "/accounts/identity/"


def test_my_page_leads_to_the_claims_and_these_to_the_form(browser: Client) -> None:
    assert f'href="{LIST}"' in text_of(browser.get("/my/"))
    page = text_of(browser.get(LIST))
    assert f'href="{NEW}"' in page
    assert "还没有申报线下学时" in page


def test_a_claim_is_filed_in_hours_and_shown_with_its_state(browser: Client, year: CeYear) -> None:
    response = browser.post(NEW, filled(year, evidence=[sent(), sent(make_picture(), "签到.png", "image/png")]))
    assert (response.status_code, response["Location"]) == (302, LIST)
    study = OfflineStudy.objects.get()
    assert (study.minutes, study.learner, study.filed_by) == (90, year.learner, year.learner.user)
    page = text_of(browser.get(LIST))
    for words in ("已提交，主管部门认定后计入学时。", "测试安全培训", "待认定", "签到.png", "撤回申报"):
        assert words in page


def test_the_same_form_sent_twice_is_one_claim(browser: Client, year: CeYear) -> None:
    for _ in range(2):
        assert browser.post(NEW, filled(year, evidence=[sent()])).status_code == 302
    assert OfflineStudy.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"evidence": []}, "evidence", "请至少上传一份证明材料"),
        ({"evidence": [sent(make_zip())]}, "evidence", "“结业证明”不是 PDF、JPG 或 PNG 文件"),
        ({"evidence": [sent(), sent(HTML, "a.pdf")]}, "evidence", "“a”不是 PDF、JPG 或 PNG 文件"),
        ({"evidence": [sent(b"")]}, "evidence", "“结业证明”是空文件"),
        ({"hours": "11"}, "hours", "这些日期最多可申报 10.6 学时（每天至多 480 分钟）"),
        ({"hours": ""}, "hours", "请填写学时"),
        ({"title": ""}, "title", "请填写培训内容"),
        ({"institution_name": ""}, "institution_name", "请选择培训机构，或填写其名称"),
        ({"studied_to": "2099-01-01"}, "studied_to", "培训还没有结束，请在结束后申报"),
        ({"studied_from": "2020-01-01"}, "studied_from", "培训日期须在该年度的学习期内"),
        ({"studied_from": "昨天"}, "studied_from", "请按 2026-03-02 的形式填写日期"),
        ({"block": ""}, "block", "请选择模块"),
        ({"block": "other"}, "block", "other"),
        ({"ce_year": "00000000-0000-4000-8000-000000000000"}, "ce_year", "请选择自己的继续教育年度"),
        ({"ce_year": "1"}, "ce_year", "请选择自己的继续教育年度"),
        ({"institution": "x"}, "institution", "请从名单中选择机构"),
    ],
)
def test_a_refused_claim_says_what_to_change_beside_the_input(
    browser: Client, year: CeYear, store: Path, change: dict[str, Any], field: str, message: str
) -> None:
    response = browser.post(NEW, filled(year, **change))
    assert response.status_code == 422
    assert any(message in error for error in response.context["form"].errors[field])
    assert f'id="id_{field}_error"' in text_of(response)
    assert not OfflineStudy.objects.exists()
    assert [path for path in store.rglob("*") if path.is_file()] == []


def test_files_that_django_puts_on_disk_are_kept_whole_and_eleven_megabytes_are_refused(
    browser: Client, year: CeYear, store: Path
) -> None:
    whole = PDF[:9] + b"0" * 2 * 1024**2 + PDF[9:]
    picture = make_picture((900, 900), format="PNG", compress_level=0)
    assert len(picture) > 2 * 1024**2
    huge = PDF[:9] + b"0" * 11 * 1024**2 + PDF[9:]
    assert browser.post(NEW, filled(year, evidence=[sent(huge)])).status_code == 422
    assert browser.post(NEW, filled(year, evidence=[sent(whole), sent(picture, "照片.png")])).status_code == 302
    kept = [store / evidence.path for evidence in OfflineEvidence.objects.order_by("pk")]
    assert [path.read_bytes() for path in kept] == [whole, picture]
    assert sorted(kept) == sorted(path for path in store.rglob("*") if path.is_file())


def test_somebody_else_s_year_is_not_on_the_form_nor_accepted(browser: Client, year: CeYear) -> None:
    other = make_ce_year(now=timezone.now())
    assert str(other.uuid) not in text_of(browser.get(NEW))
    assert browser.post(NEW, filled(other)).status_code == 422
    assert not OfflineStudy.objects.exists()


def test_an_institution_of_the_own_authority_can_be_chosen_and_no_other(browser: Client, year: CeYear) -> None:
    own, other = make_institution(authority=year.authority), make_institution()
    page = text_of(browser.get(NEW))
    assert own.name in page
    assert other.name not in page
    browser.post(NEW, filled(year, institution=str(own.uuid), institution_name=""))
    assert OfflineStudy.objects.get().institution == own


def test_who_has_no_year_is_told_where_to_begin(client: Client) -> None:
    client.force_login(make_learner().user)
    assert "没有可以申报的年度" in text_of(client.get(NEW))


def test_the_list_asks_no_more_for_three_claims_than_for_one(
    browser: Client, year: CeYear, django_assert_max_num_queries: Limit, django_assert_num_queries: Limit
) -> None:
    claim(year, title="测试1")
    with django_assert_max_num_queries(15) as one:
        browser.get(LIST)
    for number in (2, 3):
        claim(year, title=f"测试{number}", evidence=[upload(), upload(make_pdf("2"))])
    with django_assert_num_queries(len(one)):
        browser.get(LIST)


def test_the_form_asks_at_most_fifteen_times(
    browser: Client, year: CeYear, django_assert_max_num_queries: Limit
) -> None:
    make_institution(authority=year.authority)
    with django_assert_max_num_queries(15):
        browser.get(NEW)


def test_the_learner_reads_the_officer_s_reason(browser: Client, year: CeYear) -> None:
    study = claim(year, minutes=90)
    decide_offline_study(
        study=study, actor=make_user(), recognised_minutes=45, reason="测试：缺课一次", now=timezone.now()
    )
    page = text_of(browser.get(LIST))
    assert "测试：缺课一次" in page
    assert "认定学时" in page
    assert "撤回申报" not in page


def test_a_claim_is_withdrawn_by_post_alone_and_only_the_own_one(browser: Client, year: CeYear) -> None:
    study, other = claim(year), file_claim(ce_year=make_ce_year(now=timezone.now()), now=timezone.now())
    address = f"/study/offline/{study.uuid}/withdraw/"
    assert browser.get(address).status_code == 405
    assert browser.post(f"/study/offline/{other.uuid}/withdraw/").status_code == 404
    assert browser.post(address)["Location"] == LIST
    study.refresh_from_db()
    other.refresh_from_db()
    assert (study.state, other.state) == (OfflineState.WITHDRAWN, OfflineState.FILED)
    decided = claim(year, title="测试另一培训")
    decide_offline_study(study=decided, actor=make_user(), recognised_minutes=1, reason="", now=timezone.now())
    browser.post(f"/study/offline/{decided.uuid}/withdraw/")
    assert "主管部门已经处理，不能撤回。" in text_of(browser.get(LIST))


@pytest.mark.parametrize(
    ("content", "name", "content_type", "disposition"),
    [
        (PDF, "证明.pdf", "application/pdf", "attachment"),
        (make_picture(), "页面.html", "image/png", "inline"),
        (make_picture(format="JPEG"), "照片.jpg", "image/jpeg", "inline"),
    ],
)
def test_own_evidence_comes_with_headers_that_keep_it_a_file(
    browser: Client, year: CeYear, content: bytes, name: str, content_type: str, disposition: str
) -> None:
    evidence = claim(year, evidence=[upload(content, name)]).evidence.get()
    response = browser.get(f"/study/offline/evidence/{evidence.uuid}/")
    assert b"".join(response.streaming_content) == content
    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"].split(";")[0] == disposition
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cache-Control"] == "private, no-store"


def test_evidence_is_nobody_else_s(client: Client, year: CeYear) -> None:
    evidence = claim(year).evidence.get()
    address = f"/study/offline/evidence/{evidence.uuid}/"
    assert client.get(address).status_code == 302
    client.force_login(make_learner().user)
    assert client.get(address).status_code == 404


def test_evidence_that_the_storage_has_lost_is_not_found(browser: Client, year: CeYear, store: Path) -> None:
    evidence = claim(year).evidence.get()
    (store / evidence.path).unlink()
    assert browser.get(f"/study/offline/evidence/{evidence.uuid}/").status_code == 404


def test_a_form_from_another_site_is_refused(year: CeYear) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(year.learner.user)
    assert strict.post(NEW, filled(year)).status_code == 403
    assert not OfflineStudy.objects.exists()


# --- an institution's pages


@pytest.fixture
def institution() -> TrainingInstitution:
    return make_institution(authority=make_ruled_authority())


@pytest.fixture
def desk(institution: TrainingInstitution) -> Client:
    client = Client()
    client.force_login(make_institution_member(institution=institution).user)
    return client


NUMBER = make_id_number(sequence=7, region="990077")


def attendee(institution: TrainingInstitution) -> CeYear:
    learner = make_learner(full_name="测试张三", id_number=NUMBER)
    return make_ce_year(learner=learner, authority=institution.authority, now=timezone.now())


def listed(*rows: list[Any], **overrides: Any) -> dict[str, Any]:
    today = timezone.localdate().isoformat()
    data = write_csv(list(rows), headings=("姓名", "证件号码", "学时"))
    return {
        "title": "测试安全培训",
        "block": Block.COMMON,
        "post": "",
        "studied_from": today,
        "studied_to": today,
        "list": SimpleUploadedFile("名单.csv", data, "text/csv"),
        "evidence": [sent()],
        **overrides,
    }


def test_an_institution_s_pages_exist_for_its_own_people_alone(
    client: Client, institution: TrainingInstitution
) -> None:
    address = f"/study/institutions/{institution.uuid}/"
    assert client.get(address).status_code == 302
    client.force_login(make_institution_member().user)
    for page in (address, f"{address}attendance/"):
        assert client.get(page).status_code == 404
        assert client.post(page).status_code in (404, 405)


def test_a_member_s_account_leads_to_the_institution(desk: Client, institution: TrainingInstitution) -> None:
    address = f"/study/institutions/{institution.uuid}/"
    assert f'href="{address}"' in text_of(desk.get("/accounts/"))
    page = text_of(desk.get(address))
    assert f'href="{address}attendance/"' in page
    assert "还没有申报" in page


def test_a_list_is_taken_and_the_report_names_what_was_not(desk: Client, institution: TrainingInstitution) -> None:
    attendee(institution)
    address = f"/study/institutions/{institution.uuid}/attendance/"
    response = desk.post(address, listed(["测试张三", NUMBER, 2], ["测试<b>李四</b>", NUMBER, 2]))
    page = text_of(response)
    assert response.status_code == 200
    assert (response.context["report"].added, len(response.context["report"].refused)) == (1, 1)
    assert "没有找到姓名与证件号码都相符的学员" in page
    assert "测试&lt;b&gt;李四&lt;/b&gt;" in page
    assert NUMBER not in page
    assert desk.post(address, listed(["测试张三", NUMBER, 2])).context["report"].unchanged == 1
    assert "测试张三" in text_of(desk.get(f"/study/institutions/{institution.uuid}/"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"block": Block.PROFESSIONAL}, "post"),
        ({"list": ""}, "list"),
        ({"list": SimpleUploadedFile("名单.csv", b"")}, "list"),
        ({"list": SimpleUploadedFile("名单.xlsx", b"PK\x03\x04")}, "list"),
        ({"evidence": []}, "evidence"),
        ({"evidence": [sent(HTML)]}, "evidence"),
        ({"post": "nothing"}, "post"),
    ],
)
def test_a_list_that_is_refused_says_what_to_change(
    desk: Client, institution: TrainingInstitution, change: dict[str, Any], field: str
) -> None:
    attendee(institution)
    address = f"/study/institutions/{institution.uuid}/attendance/"
    response = desk.post(address, listed(["测试张三", NUMBER, 2], **change))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not OfflineStudy.objects.exists()


def test_a_member_withdraws_what_was_filed_and_sees_its_evidence(
    desk: Client, institution: TrainingInstitution
) -> None:
    attendee(institution)
    home = f"/study/institutions/{institution.uuid}/"
    desk.post(f"{home}attendance/", listed(["测试张三", NUMBER, 2]))
    study = OfflineStudy.objects.get()
    evidence = desk.get(f"/study/offline/evidence/{OfflineEvidence.objects.get().uuid}/")
    assert b"".join(evidence.streaming_content) == PDF
    assert desk.post(f"/study/offline/{study.uuid}/withdraw/")["Location"] == home
    study.refresh_from_db()
    assert study.state == OfflineState.WITHDRAWN


def test_an_institution_s_pages_ask_at_most_fifteen_times(
    desk: Client, institution: TrainingInstitution, django_assert_max_num_queries: Limit
) -> None:
    home = f"/study/institutions/{institution.uuid}/"
    attendee(institution)
    desk.post(f"{home}attendance/", listed(["测试张三", NUMBER, 2]))
    for address in (home, f"{home}attendance/"):
        with django_assert_max_num_queries(15):
            desk.get(address)
