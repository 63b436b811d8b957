"""The officers' desk: classroom hours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.enums import OfficerRole
from accounts.models import Authority, User
from tests.factories.accounts import appoint_officer, make_learner, make_user
from tests.factories.offline import PDF, file_claim, make_pdf, upload
from tests.factories.tracking import NOW, make_ce_year, make_ruled_authority
from tracking.enums import OfflineState
from tracking.models import LedgerEntry, OfflineStudy
from tracking.operations import decide_offline_study, withdraw_offline_study

pytestmark = pytest.mark.django_db
Limit = Callable[[int], Any]
QUEUE = "/province/offline/"


@pytest.fixture(autouse=True)
def store(media_folder: Path) -> Path:
    return media_folder / "private"


@pytest.fixture
def authority() -> Authority:
    return make_ruled_authority(hour_minutes=45)


@pytest.fixture
def officer(authority: Authority) -> User:
    return appoint_officer(authority=authority, user=make_user(username="测试审核员")).user


@pytest.fixture
def desk(client: Client, officer: User) -> Client:
    client.force_login(officer)
    return client


def waiting(
    authority: Authority, name: str = "测试张三", *, minutes_later: int = 0, user: User | None = None, **claim: Any
) -> OfflineStudy:
    year = make_ce_year(learner=make_learner(full_name=name, user=user), authority=authority)
    return file_claim(ce_year=year, now=NOW + timedelta(minutes=minutes_later), **{"minutes": 90, **claim})


def address_of(study: OfflineStudy) -> str:
    return f"{QUEUE}{study.uuid}/"


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_a_visitor_is_sent_to_sign_in_and_whoever_does_not_recognise_hours_is_kept_out(
    client: Client, authority: Authority
) -> None:
    study = waiting(authority)
    evidence = f"{QUEUE}evidence/{study.evidence.get().uuid}/"
    for address in (QUEUE, address_of(study), evidence):
        assert client.get(address)["Location"] == f"/accounts/login/?next={address}"
    client.force_login(appoint_officer(authority=authority, role=OfficerRole.IMPORTER).user)
    for address in (QUEUE, address_of(study), evidence):
        assert client.get(address).status_code == 403
    assert client.post(address_of(study), {"outcome": "recognised", "recognised_minutes": 90}).status_code == 403
    assert not LedgerEntry.objects.exists()


def test_the_queue_holds_the_own_authority_s_claims_oldest_first(desk: Client, authority: Authority) -> None:
    later = waiting(authority, "测试李四", minutes_later=5)
    earlier = waiting(authority, "测试张三")
    other = waiting(make_ruled_authority(), "测试王五")
    gone = waiting(authority, "测试赵六")
    withdraw_offline_study(study=gone, actor=gone.learner.user, now=NOW)

    text = text_of(desk.get(QUEUE))

    assert "共 2 项待认定" in text
    assert text.index(address_of(earlier)) < text.index(address_of(later))
    assert address_of(other) not in text
    assert address_of(gone) not in text
    assert 'href="/province/offline/" aria-current="page"' in text


def test_another_authority_s_claim_and_its_files_do_not_exist(desk: Client) -> None:
    other = waiting(make_ruled_authority())
    assert desk.get(address_of(other)).status_code == 404
    assert desk.post(address_of(other), {"outcome": "recognised", "recognised_minutes": 1}).status_code == 404
    assert desk.get(f"{QUEUE}evidence/{other.evidence.get().uuid}/").status_code == 404


def test_an_officer_neither_sees_nor_decides_the_own_claim_nor_one_filed_for_others(
    desk: Client, authority: Authority, officer: User
) -> None:
    own = waiting(authority, user=officer)
    filed = waiting(authority, actor=officer)
    for study in (own, filed):
        assert address_of(study) not in text_of(desk.get(QUEUE))
        assert desk.get(address_of(study)).status_code == 404
        assert desk.post(address_of(study), {"outcome": "recognised", "recognised_minutes": 90}).status_code == 404
        assert desk.get(f"{QUEUE}evidence/{study.evidence.get().uuid}/").status_code == 404
    assert not LedgerEntry.objects.exists()


def test_the_officer_sees_claim_files_and_the_other_claims_with_shared_days_marked(
    desk: Client, authority: Authority, django_assert_max_num_queries: Limit
) -> None:
    study = waiting(authority, title="测试安全培训")
    late = NOW + timedelta(days=1)
    year = study.ce_year
    file_claim(ce_year=year, title="测试安全生产培训", evidence=[upload(make_pdf("2"))])
    tomorrow = year.opens_on + timedelta(days=1)
    file_claim(ce_year=year, title="测试消防培训", studied_from=tomorrow, studied_to=tomorrow, now=late)
    waiting(authority, "测试李四", title="测试别人的培训")

    with django_assert_max_num_queries(15):
        text = text_of(desk.get(address_of(study)))

    for words in ("2 学时（90 分钟）", "不在机构名单上", "学员本人", "测试安全生产培训", "测试消防培训"):
        assert words in text
    assert text.count("日期重叠") == 1
    assert "测试别人的培训" not in text


def test_a_claim_of_another_authority_is_not_among_the_others(desk: Client, authority: Authority) -> None:
    study = waiting(authority)
    other = make_ce_year(learner=study.learner, authority=make_ruled_authority())
    file_claim(ce_year=other, title="测试外省培训")
    assert "测试外省培训" not in text_of(desk.get(address_of(study)))


def test_the_files_open_for_the_officer_as_files(desk: Client, authority: Authority) -> None:
    evidence = waiting(authority).evidence.get()
    response = desk.get(f"{QUEUE}evidence/{evidence.uuid}/")
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_all_minutes_are_recognised_with_one_press(desk: Client, authority: Authority, officer: User) -> None:
    study = waiting(authority)
    assert 'value="90"' in text_of(desk.get(address_of(study)))
    response = desk.post(address_of(study), {"outcome": "recognised", "recognised_minutes": "90", "reason": ""})
    assert response["Location"] == QUEUE
    assert LedgerEntry.objects.get().minutes == 90
    assert "已认定，计入该学员的年度学时。" in text_of(desk.get(QUEUE))
    decided = text_of(desk.get(f"{QUEUE}?state=decided"))
    assert "共 1 项已处理" in decided
    assert address_of(study) in decided


def test_fewer_minutes_are_recognised_with_a_reason(desk: Client, authority: Authority) -> None:
    study = waiting(authority)
    without = desk.post(address_of(study), {"outcome": "recognised", "recognised_minutes": "45", "reason": " "})
    assert without.status_code == 422
    assert "少于申报数认定的，请写明理由" in text_of(without)
    desk.post(address_of(study), {"outcome": "recognised", "recognised_minutes": "45", "reason": "测试：缺课"})
    study.refresh_from_db()
    assert (study.recognised_minutes, study.reason) == (45, "测试：缺课")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"outcome": "recognised", "recognised_minutes": "91"}, "recognised_minutes"),
        ({"outcome": "recognised", "recognised_minutes": "0"}, "recognised_minutes"),
        ({"outcome": "recognised", "recognised_minutes": ""}, "recognised_minutes"),
        ({"outcome": "recognised", "recognised_minutes": "x"}, "recognised_minutes"),
        ({"outcome": "refused", "recognised_minutes": "90"}, "reason"),
        ({"outcome": "withdrawn", "recognised_minutes": "90"}, "outcome"),
        ({"recognised_minutes": "90"}, "outcome"),
    ],
)
def test_a_decision_that_is_not_whole_is_not_taken(
    desk: Client, authority: Authority, given: dict[str, str], field: str
) -> None:
    study = waiting(authority)
    response = desk.post(address_of(study), given)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    study.refresh_from_db()
    assert study.state == OfflineState.FILED
    assert not LedgerEntry.objects.exists()


@pytest.mark.parametrize("minutes", ["90", "", "-1", "x"])
def test_a_refusal_needs_a_reason_and_looks_at_no_minutes(desk: Client, authority: Authority, minutes: str) -> None:
    study = waiting(authority)
    given = {"outcome": "refused", "recognised_minutes": minutes, "reason": "测试：签到表无法辨认"}
    assert desk.post(address_of(study), given).status_code == 302
    study.refresh_from_db()
    assert (study.state, study.reason) == (OfflineState.REFUSED, "测试：签到表无法辨认")
    assert not LedgerEntry.objects.exists()


def test_who_comes_second_is_told_and_sees_what_was_decided(desk: Client, authority: Authority) -> None:
    study = waiting(authority)
    decide_offline_study(study=study, actor=make_user(), recognised_minutes=90, reason="", now=NOW)
    response = desk.post(address_of(study), {"outcome": "refused", "reason": "测试"})
    text = text_of(response)
    assert response.status_code == 422
    assert "这项申报已经处理或撤回，没有重复处理。" in text
    assert "认定 2 学时（90 分钟）" in text
    assert "提交决定" not in text
    assert LedgerEntry.objects.count() == 1


def test_the_lists_ask_as_often_for_three_rows_as_for_one(
    desk: Client, authority: Authority, django_assert_max_num_queries: Limit, django_assert_num_queries: Limit
) -> None:
    waiting(authority)
    with django_assert_max_num_queries(15) as one:
        desk.get(QUEUE)
    for name in ("测试李四", "测试王五"):
        waiting(authority, name)
    with django_assert_num_queries(len(one)):
        desk.get(QUEUE)


def test_an_empty_desk_says_so(desk: Client) -> None:
    assert "没有待认定的线下学时" in text_of(desk.get(QUEUE))
    assert "还没有处理过线下学时申报" in text_of(desk.get(f"{QUEUE}?state=decided"))


def test_recognised_classroom_hours_are_named_where_the_year_is_decided(
    client: Client, django_assert_max_num_queries: Limit
) -> None:
    authority = make_ruled_authority(recognition="officer")
    client.force_login(appoint_officer(authority=authority).user)
    study = waiting(authority, title="测试质量培训", block="professional", minutes=3)
    decide_offline_study(study=study, actor=make_user(), recognised_minutes=3, reason="", now=NOW)
    with django_assert_max_num_queries(15):
        text = text_of(client.get(f"/province/years/{study.ce_year.uuid}/"))
    assert "线下培训 · " in text
    assert f'<a href="{address_of(study)}" lang="zh-Hans">测试质量培训</a>' in text
