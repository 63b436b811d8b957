"""What officers make of signals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Authority, User
from tests.factories.accounts import appoint_officer, make_user
from tests.factories.certificates import meet_year
from tests.factories.suspicion import colleagues, make_answers, make_case, study_once
from tests.factories.tracking import NOW, first_lesson, make_course, make_ruled_authority
from tracking.enums import Signal
from tracking.models import LedgerEntry, LessonProgress, PlayLease, Recognition, StudyDay, SuspicionCase
from tracking.operations import complete_lesson, find_suspicions

pytestmark = pytest.mark.django_db
Limit = Callable[[int], Any]
LATER = NOW + timedelta(hours=3)


@pytest.fixture
def authority() -> Authority:
    return make_ruled_authority()


@pytest.fixture
def officer(authority: Authority) -> User:
    return appoint_officer(authority=authority).user


@pytest.fixture
def desk(client: Client, officer: User) -> Client:
    client.force_login(officer)
    return client


@pytest.fixture
def case(authority: Authority) -> SuspicionCase:
    return make_case(authority=authority)


def address_of(case: SuspicionCase) -> str:
    return f"/province/cases/{case.uuid}/"


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_list_names_the_signal_and_its_effect(desk: Client, case: SuspicionCase) -> None:
    other = make_case()
    text = text_of(desk.get("/province/cases/"))
    assert "多个账号使用同一设备" in text
    assert "暂缓自动认定" in text
    assert address_of(case) in text
    assert address_of(other) not in text


def test_empty_list_says_so(desk: Client) -> None:
    assert "没有待处理的异常线索" in text_of(desk.get("/province/cases/"))
    assert "还没有处理过异常线索" in text_of(desk.get("/province/cases/?state=closed"))


@pytest.mark.parametrize("signal", list(Signal))
def test_evidence_of_each_signal_can_be_read(desk: Client, authority: Authority, signal: Signal) -> None:
    leases = colleagues(2 if signal == Signal.SAME_TRACE else 4, authority=authority)
    own = PlayLease.objects.filter(pk__in=[lease.pk for lease in leases])
    if signal == Signal.LONG_DAY:
        StudyDay.objects.filter(learner=leases[0].learner).update(credited_ms=60_000_000)
    if signal == Signal.FAST_ANSWERS:
        make_answers(leases[0], 0.9, 1.1, 1.0, 1.2, 1.4)
    if signal == Signal.SAME_TRACE:
        own.update(trace=9, last_sequence=9, credited_ms=5_000)
    find_suspicions(now=LATER)
    seen = SuspicionCase.objects.get(learner=leases[0].learner, signal=signal)
    text = text_of(desk.get(address_of(seen)))
    expected = {
        Signal.SHARED_DEVICE: "共有 4 个账号在同一台设备上学习",
        Signal.FAST_ANSWERS: "中位数 1100 毫秒，最快 900 毫秒",
        Signal.LONG_DAY: "2026-03-02 共计入 16:40:00",
        Signal.SAME_TRACE: "2 个账号上报的播放区间完全相同",
    }
    assert expected[signal] in text
    assert "也可能是" in text
    assert "冲正所选学时" not in text


def test_held_year_is_marked_in_the_queue_and_on_its_page(desk: Client, case: SuspicionCase) -> None:
    year = case.learner.ce_years.get()
    meet_year(year, now=LATER)
    assert "有异常线索" in text_of(desk.get("/province/"))
    text = text_of(desk.get(f"/province/years/{year.uuid}/"))
    assert "异常线索：多个账号使用同一设备" in text
    assert address_of(case) in text
    assert f"/province/years/{year.uuid}/" in text_of(desk.get(address_of(case)))


def test_entries_of_a_year_lead_to_the_study_behind_them(desk: Client, case: SuspicionCase) -> None:
    enrolment = case.learner.enrolments.get()
    lesson = first_lesson(enrolment)
    LessonProgress.objects.filter(enrolment=enrolment).update(reached_at=LATER, credited_ms=55_000)
    complete_lesson(enrolment_id=enrolment.pk, lesson_id=lesson.pk, now=LATER)
    year = meet_year(enrolment.ce_year, now=LATER)
    why = f"/province/why/{enrolment.uuid}/{lesson.uuid}/"
    assert text_of(desk.get(f"/province/years/{year.uuid}/")).count(why) == 1
    desk.post(address_of(case), {"outcome": "confirmed", "reason": "测试"})
    assert text_of(desk.get(address_of(case))).count(why) == 1
    assert desk.get(why).status_code == 200


def test_cleared_case_lets_the_waiting_year_pass(desk: Client, officer: User, case: SuspicionCase) -> None:
    meet_year(case.learner.ce_years.get(), now=LATER)
    response = desk.post(address_of(case), {"outcome": "cleared", "reason": "测试：办公室公用电脑"})
    assert (response.status_code, response["Location"]) == (302, address_of(case))
    case.refresh_from_db()
    assert (case.outcome, case.closed_by, case.reason) == ("cleared", officer, "测试：办公室公用电脑")
    assert Recognition.objects.get().decided_by is None
    assert address_of(case) in text_of(desk.get("/province/cases/?state=closed"))


def test_confirmed_case_offers_to_take_back_what_a_person_chooses(desk: Client, case: SuspicionCase) -> None:
    year = case.learner.ce_years.get()
    meet_year(year, now=LATER)
    desk.post(address_of(case), {"outcome": "confirmed", "reason": "测试查实"})
    assert Recognition.objects.count() == 0
    first = LedgerEntry.objects.order_by("pk")[0]
    assert str(first.uuid) in text_of(desk.get(address_of(case)))
    reverse = address_of(case) + "reverse/"
    response = desk.post(reverse, {"entries": [str(first.uuid)], "reason": "测试查实"})
    assert (response.status_code, response["Location"]) == (302, address_of(case))
    assert list(LedgerEntry.objects.filter(minutes__lt=0).values_list("reverses_id", flat=True)) == [first.pk]
    text = text_of(desk.get(address_of(case)))
    assert f'id="entry-{first.uuid}"' not in text
    assert "已冲正 1 条学时" in text


def test_hours_taken_back_by_mistake_are_restored_from_the_case(desk: Client, case: SuspicionCase) -> None:
    meet_year(case.learner.ce_years.get(), now=LATER)
    desk.post(address_of(case), {"outcome": "confirmed", "reason": "测试查实"})
    first = LedgerEntry.objects.order_by("pk")[0]
    desk.post(address_of(case) + "reverse/", {"entries": [str(first.uuid)], "reason": "测试查实"})
    assert f'id="back-{first.uuid}"' in text_of(desk.get(address_of(case)))
    restore = address_of(case) + "restore/"
    for wrong in (
        {},
        {"entry": str(first.uuid), "restore_reason": " "},
        {"entry": "nonsense", "restore_reason": "测试"},
    ):
        assert desk.post(restore, wrong).status_code == 422
    response = desk.post(restore, {"entry": str(first.uuid), "restore_reason": "测试误冲"})
    assert (response.status_code, response["Location"]) == (302, address_of(case))
    restored = LedgerEntry.objects.get(source="restored")
    assert (restored.reverses.reverses_id, restored.minutes) == (first.pk, first.minutes)
    text = text_of(desk.get(address_of(case)))
    assert f'id="back-{first.uuid}"' not in text
    assert f"已恢复 {first.minutes} 分钟学时" in text
    again = desk.post(restore, {"entry": str(first.uuid), "restore_reason": "测试误冲"})
    assert (again.status_code, LedgerEntry.objects.filter(source="restored").count()) == (422, 1)


@pytest.mark.parametrize(
    "data", [{}, {"outcome": "cleared"}, {"reason": "测试"}, {"outcome": "open", "reason": "测试"}]
)
def test_decision_without_sense_is_refused(desk: Client, case: SuspicionCase, data: dict[str, str]) -> None:
    assert desk.post(address_of(case), data).status_code == 422
    case.refresh_from_db()
    assert case.outcome == "open"


def test_reversal_is_of_the_learner_s_own_entries_and_after_confirmation_only(
    desk: Client, case: SuspicionCase
) -> None:
    meet_year(case.learner.ce_years.get(), now=LATER)
    mine = LedgerEntry.objects.order_by("pk")[0]
    stranger = make_case()
    meet_year(stranger.learner.ce_years.get(), now=LATER)
    foreign = LedgerEntry.objects.get(learner=stranger.learner, minutes=1)
    reverse = address_of(case) + "reverse/"
    assert desk.post(reverse, {"entries": [str(mine.uuid)], "reason": "测试"}).status_code == 422
    desk.post(address_of(case), {"outcome": "confirmed", "reason": "测试"})
    for entries in ([], [str(foreign.uuid)], ["nonsense"]):
        assert desk.post(reverse, {"entries": entries, "reason": "测试"}).status_code == 422
    assert desk.post(reverse, {"entries": [str(mine.uuid)], "reason": " "}).status_code == 422
    assert LedgerEntry.objects.filter(minutes__lt=0).count() == 0
    assert desk.get(reverse).status_code == 405


def test_nobody_decides_on_oneself_or_for_another_authority(client: Client, authority: Authority) -> None:
    own = make_case(authority=authority)
    appoint_officer(authority=authority, user=own.learner.user)
    client.force_login(own.learner.user)
    assert address_of(own) not in text_of(client.get("/province/cases/"))
    other = make_case()
    for each in (own, other):
        assert client.get(address_of(each)).status_code == 404
        assert client.post(address_of(each), {"outcome": "cleared", "reason": "测试"}).status_code == 404
        assert client.post(address_of(each) + "reverse/", {}).status_code == 404


def test_whoever_does_not_recognise_hours_is_kept_out(client: Client, case: SuspicionCase) -> None:
    client.force_login(make_user())
    for address in ("/province/cases/", address_of(case)):
        assert client.get(address).status_code == 403


def test_pages_keep_to_fifteen_statements(
    desk: Client, case: SuspicionCase, django_assert_max_num_queries: Limit, django_assert_num_queries: Limit
) -> None:
    year = case.learner.ce_years.get()
    meet_year(year, now=LATER)
    desk.get("/province/cases/")
    with django_assert_max_num_queries(15) as some:
        desk.get("/province/cases/")
    SuspicionCase.objects.exclude(pk=case.pk).delete()
    with django_assert_num_queries(len(some)):
        desk.get("/province/cases/")
    desk.post(address_of(case), {"outcome": "confirmed", "reason": "测试"})
    desk.get(address_of(case))
    with django_assert_max_num_queries(15) as one:
        desk.get(address_of(case))
    for _ in range(3):
        study_once(year, make_course(post=year.post, video_ms=60_000), device_key="", at=LATER)
    meet_year(year, now=LATER)
    with django_assert_num_queries(len(one)):
        desk.get(address_of(case))
    with django_assert_max_num_queries(15):
        desk.get(f"/province/years/{year.uuid}/")
