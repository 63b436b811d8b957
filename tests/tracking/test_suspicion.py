"""Signals open cases; cases hold, and people decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry
from tests.factories.accounts import make_user
from tests.factories.certificates import meet_year
from tests.factories.suspicion import DEVICE, colleagues, make_answers, make_case, study_once
from tests.factories.tracking import NOW, make_ce_year, make_course
from tracking.enums import CaseOutcome, ChallengeKind, Signal
from tracking.models import LedgerEntry, PlayLease, Recognition, StudyDay, SuspicionCase, YearBalance
from tracking.operations import (
    CaseRefusedError,
    close_case,
    find_suspicions,
    forget_devices,
    recognise_met_years,
    recognise_year,
    reverse_entries,
)
from tracking.tasks import find_suspicions as find_task
from tracking.tasks import forget_devices as forget_task

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=3)
Limit = Callable[[int], Any]


def decide(case: SuspicionCase, outcome: str, *, now: datetime = LATER, **overrides: Any) -> SuspicionCase:
    values = {"actor": overrides.pop("actor", None) or make_user(), "reason": "测试理由", **overrides}
    return close_case(case_id=case.pk, outcome=outcome, now=now, **values)


def same_trace(number: int, *, last_sequence: int = 9, trace: int = 4711, days_apart: int = 0) -> list[PlayLease]:
    first = make_ce_year()
    course = make_course(post=first.post, video_ms=60_000)
    years = [first, *(make_ce_year(authority=first.authority, post=first.post) for _ in range(number - 1))]
    facts = {"trace": trace, "last_sequence": last_sequence, "credited_ms": 55_000}
    return [
        study_once(year, course, device_key="", at=NOW + timedelta(days=days_apart * each), **facts)
        for each, year in enumerate(years)
    ]


def test_four_on_one_device_open_a_case_for_each() -> None:
    leases = colleagues(4)
    assert find_suspicions(now=LATER) == 4
    case = SuspicionCase.objects.get(learner=leases[0].learner)
    assert (case.signal, case.outcome, case.holds_credit) == (Signal.SHARED_DEVICE, "open", True)
    assert (case.authority, case.opened_at) == (leases[0].enrolment.ce_year.authority, LATER)
    assert case.evidence["people"] == 4
    assert case.evidence["leases"][0]["at"] == "2026-03-02 10:00:00"
    assert [other["name"] for other in case.evidence["others"]] == ["测***"] * 3
    assert DEVICE not in str(case.evidence) + case.fingerprint
    assert AuditEntry.objects.filter(action="suspicion.open").count() == 4


def test_three_on_one_device_open_none() -> None:
    colleagues(3)
    assert find_suspicions(now=LATER) == 0


def test_browsers_without_a_mark_are_nobody_s_device() -> None:
    colleagues(5, device_key="")
    assert find_suspicions(now=LATER) == 0


def test_same_sight_opens_one_case_however_often_it_is_seen() -> None:
    colleagues(4)
    assert [find_suspicions(now=LATER + timedelta(minutes=15 * each)) for each in range(3)] == [4, 0, 0]


def test_sight_older_than_the_window_is_not_looked_at() -> None:
    colleagues(4)
    assert find_suspicions(now=NOW + timedelta(hours=49)) == 0


def test_eight_honest_colleagues_lose_nothing_and_are_not_asked_twice() -> None:
    leases = colleagues(8)
    find_suspicions(now=LATER)
    year = leases[0].enrolment.ce_year
    meet_year(year, now=LATER)
    met_at = type(year).objects.get(pk=year.pk).met_at
    assert Recognition.objects.count() == 0
    for case in SuspicionCase.objects.all():
        decide(case, CaseOutcome.CLEARED)
    assert Recognition.objects.get().ce_year == year
    assert type(year).objects.get(pk=year.pk).met_at == met_at == LATER
    for day in range(1, 4):
        at = NOW + timedelta(days=day)
        for lease in leases:
            study_once(lease.enrolment.ce_year, make_course(post=year.post, video_ms=60_000), device_key=DEVICE, at=at)
        assert find_suspicions(now=at + timedelta(hours=1)) == 0
    assert LedgerEntry.objects.filter(minutes__lt=0).count() == 0


def test_new_colleague_on_a_cleared_device_is_asked_about_alone() -> None:
    leases = colleagues(4)
    find_suspicions(now=LATER)
    for case in SuspicionCase.objects.all():
        decide(case, CaseOutcome.CLEARED)
    newcomer = make_ce_year(authority=leases[0].enrolment.ce_year.authority, post=leases[0].enrolment.ce_year.post)
    study_once(newcomer, leases[0].enrolment.course, device_key=DEVICE, at=LATER)
    assert find_suspicions(now=LATER) == 1
    assert SuspicionCase.objects.get(outcome=CaseOutcome.OPEN).learner == newcomer.learner


def test_confirmed_sight_opens_again_only_when_all_of_it_is_new() -> None:
    leases = colleagues(4)
    find_suspicions(now=LATER)
    for case in SuspicionCase.objects.all():
        decide(case, CaseOutcome.CONFIRMED)
    assert find_suspicions(now=LATER + timedelta(minutes=15)) == 0
    again = NOW + timedelta(days=3)
    for lease in leases:
        study_once(
            lease.enrolment.ce_year,
            make_course(post=lease.enrolment.ce_year.post, video_ms=60_000),
            device_key=DEVICE,
            at=again,
        )
    assert find_suspicions(now=again + timedelta(hours=1)) == 4
    assert SuspicionCase.objects.filter(learner=leases[0].learner, fingerprint__endswith=":1").count() == 1


def test_fast_answers_open_a_case_with_their_times() -> None:
    lease = colleagues(1)[0]
    make_answers(lease, 0.9, 1.1, 1.0, 1.2, 1.4)
    assert find_suspicions(now=LATER) == 1
    evidence = SuspicionCase.objects.get(signal=Signal.FAST_ANSWERS).evidence
    assert (evidence["answers"], evidence["median_ms"], evidence["fastest_ms"], evidence["slowest_ms"]) == (
        5,
        1_100,
        900,
        1_400,
    )
    assert [each["took_ms"] for each in evidence["each"]] == [900, 1_100, 1_000, 1_200, 1_400]


@pytest.mark.parametrize(
    ("times", "kind", "opened"),
    [
        ((0.9, 1.1, 1.0, 1.2), ChallengeKind.QUIZ, 0),
        ((1.5, 1.5, 1.9, 1.0, 2.5), ChallengeKind.QUIZ, 0),
        ((7.0, 7.1, 7.05, 7.149, 7.02), ChallengeKind.QUIZ, 1),
        ((7.0, 7.1, 7.05, 7.15, 7.02), ChallengeKind.QUIZ, 0),
        ((0.9, 1.1, 1.0, 1.2, 1.4), ChallengeKind.PRESENCE, 0),
        ((0.9, 0.91, 0.95, 0.92, 0.99), ChallengeKind.PRESENCE, 1),
    ],
)
def test_answers_at_the_threshold(times: tuple[float, ...], kind: str, opened: int) -> None:
    make_answers(colleagues(1)[0], *times, kind=kind)
    assert find_suspicions(now=LATER) == opened


def test_answers_that_a_person_judged_are_not_judged_again() -> None:
    lease = colleagues(1)[0]
    make_answers(lease, 0.9, 1.1, 1.0, 1.2, 1.4)
    find_suspicions(now=LATER)
    make_answers(lease, 1.0, start=LATER)
    assert find_suspicions(now=LATER + timedelta(minutes=15)) == 0
    decide(SuspicionCase.objects.get(), CaseOutcome.CLEARED, now=LATER + timedelta(minutes=20))
    assert find_suspicions(now=LATER + timedelta(minutes=30)) == 0
    make_answers(lease, 0.9, 1.1, 1.0, 1.2, 1.4, start=LATER + timedelta(hours=1))
    assert find_suspicions(now=LATER + timedelta(hours=3)) == 1


@pytest.mark.parametrize(("credited_ms", "opened"), [(57_600_000, 0), (57_600_001, 1)])
def test_day_of_more_than_sixteen_hours_opens_a_case(credited_ms: int, opened: int) -> None:
    lease = colleagues(1)[0]
    StudyDay.objects.filter(learner=lease.learner).update(credited_ms=credited_ms)
    assert find_suspicions(now=LATER) == opened
    assert find_suspicions(now=LATER + timedelta(hours=1)) == 0
    facts = [case.evidence for case in SuspicionCase.objects.all()]
    assert [(each["day"], each["credited_ms"]) for each in facts] == [("2026-03-02", 57_600_001)] * opened


def test_each_long_day_is_a_sight_of_its_own() -> None:
    lease = colleagues(1)[0]
    StudyDay.objects.update(credited_ms=60_000_000)
    find_suspicions(now=LATER)
    decide(SuspicionCase.objects.get(), CaseOutcome.CLEARED)
    tomorrow = LATER + timedelta(days=1)
    year = lease.enrolment.ce_year
    study_once(year, make_course(post=year.post, video_ms=60_000), device_key=DEVICE, at=tomorrow)
    StudyDay.objects.update(credited_ms=60_000_000)
    assert find_suspicions(now=tomorrow) == 1


@pytest.mark.parametrize(
    ("facts", "opened"),
    [
        ({"number": 2}, 2),
        ({"number": 3}, 3),
        ({"number": 1}, 0),
        ({"number": 2, "last_sequence": 8}, 0),
        ({"number": 2, "trace": 0}, 0),
        ({"number": 2, "trace": -(2**62)}, 2),
        ({"number": 2, "days_apart": 2}, 2),
    ],
)
def test_same_trace_of_two_people_opens_a_case_for_each(facts: dict[str, int], opened: int) -> None:
    same_trace(**facts)
    assert find_suspicions(now=NOW + timedelta(days=3)) == opened


def test_same_trace_on_two_lessons_is_none() -> None:
    for lease in same_trace(1) + same_trace(1):
        assert lease.trace == 4711
    assert find_suspicions(now=LATER) == 0


def test_open_case_keeps_a_year_from_recognising_itself_but_not_an_officer_from_doing_so() -> None:
    case = make_case()
    year = case.learner.ce_years.get()
    meet_year(year, now=LATER)
    assert recognise_met_years(now=LATER) == 0
    recognition = recognise_year(ce_year_id=year.pk, actor=make_user(), now=LATER)
    assert recognition.outcome == "recognised"


def test_case_that_holds_nothing_lets_the_year_pass() -> None:
    case = make_case()
    SuspicionCase.objects.update(holds_credit=False)
    meet_year(case.learner.ce_years.get(), now=LATER)
    assert Recognition.objects.count() == 1


def test_other_people_s_years_pass() -> None:
    make_case()
    meet_year(make_ce_year(), now=LATER)
    assert Recognition.objects.count() == 1


def test_year_waits_while_any_of_two_cases_is_open() -> None:
    case = make_case()
    meet_year(case.learner.ce_years.get(), now=LATER)
    StudyDay.objects.filter(learner=case.learner).update(credited_ms=60_000_000)
    find_suspicions(now=LATER)
    decide(case, CaseOutcome.CLEARED)
    assert Recognition.objects.count() == 0
    decide(SuspicionCase.objects.get(learner=case.learner, signal=Signal.LONG_DAY), CaseOutcome.CLEARED)
    assert Recognition.objects.count() == 1


def test_confirmed_case_leaves_the_year_to_a_person() -> None:
    case = make_case()
    meet_year(case.learner.ce_years.get(), now=LATER)
    decide(case, CaseOutcome.CONFIRMED)
    assert recognise_met_years(now=LATER) == 0
    assert Recognition.objects.count() == 0


def test_confirmed_case_does_not_hold_a_later_year() -> None:
    case = make_case()
    decide(case, CaseOutcome.CONFIRMED)
    year = case.learner.ce_years.get()
    type(year).objects.filter(pk=year.pk).update(opens_on="2026-03-03")
    year.refresh_from_db()
    meet_year(year, now=LATER + timedelta(days=2))
    assert Recognition.objects.count() == 1


def test_decision_is_kept_with_who_took_it_and_why() -> None:
    case, officer = make_case(), make_user()
    decide(case, CaseOutcome.CLEARED, actor=officer)
    again = decide(case, CaseOutcome.CLEARED, actor=officer, reason="另一理由", now=LATER + timedelta(hours=1))
    assert (again.closed_by, again.closed_at, again.reason) == (officer, LATER, "测试理由")
    assert AuditEntry.objects.filter(action="suspicion.close").count() == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [({"reason": "  "}, "no_reason"), ({"outcome": "open"}, "no_outcome"), ({"outcome": "wrong"}, "no_outcome")],
)
def test_decision_without_sense_is_refused(change: dict[str, str], code: str) -> None:
    case = make_case()
    values = {"outcome": "cleared", "reason": "测试理由", **change}
    with pytest.raises(CaseRefusedError) as refusal:
        close_case(case_id=case.pk, actor=make_user(), now=LATER, **values)
    assert refusal.value.code == code


def test_nobody_decides_on_oneself_or_twice() -> None:
    case = make_case()
    with pytest.raises(CaseRefusedError) as refusal:
        decide(case, CaseOutcome.CLEARED, actor=case.learner.user)
    assert refusal.value.code == "own_case"
    decide(case, CaseOutcome.CLEARED)
    with pytest.raises(CaseRefusedError) as refusal:
        decide(case, CaseOutcome.CONFIRMED)
    assert refusal.value.code == "closed"


def test_hours_of_a_confirmed_case_are_taken_back_by_counter_entries() -> None:
    case, officer = make_case(), make_user()
    year = case.learner.ce_years.get()
    meet_year(year, now=LATER)
    other = make_ce_year()
    meet_year(other, now=LATER)
    decide(case, CaseOutcome.CONFIRMED)
    wanted = list(LedgerEntry.objects.values_list("pk", flat=True))
    made = reverse_entries(case_id=case.pk, entry_ids=wanted, actor=officer, reason="测试查实", now=LATER)
    again = reverse_entries(case_id=case.pk, entry_ids=wanted[:2], actor=officer, reason="测试查实", now=LATER)
    assert [entry.minutes for entry in made] == [-1, -2]
    assert made == again
    assert {entry.learner_id for entry in made} == {case.learner_id}


def test_counter_entries_of_one_decision_are_written_before_the_years_are_judged_once() -> None:
    case = make_case()
    meet_year(case.learner.ce_years.get(), now=LATER)
    decide(case, CaseOutcome.CONFIRMED)
    wanted = list(LedgerEntry.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as captured:
        reverse_entries(case_id=case.pk, entry_ids=wanted, actor=make_user(), reason="测试查实", now=LATER)
    tables = {LedgerEntry._meta.db_table: "entry", YearBalance._meta.db_table: "balance"}
    inserts = [query["sql"].split('"')[1] for query in captured if query["sql"].startswith("INSERT")]
    assert [tables[table] for table in inserts if table in tables] == ["entry", "entry", "balance"]


def test_hours_of_an_open_or_cleared_case_stay() -> None:
    case, officer = make_case(), make_user()
    with pytest.raises(CaseRefusedError) as refusal:
        reverse_entries(case_id=case.pk, entry_ids=[], actor=officer, reason="测试", now=LATER)
    assert refusal.value.code == "not_confirmed"


def test_marks_of_devices_are_forgotten_after_ninety_days() -> None:
    old, fresh = colleagues(2)
    PlayLease.objects.filter(pk=old.pk).update(opened_at=LATER - timedelta(days=90, seconds=1))
    PlayLease.objects.filter(pk=fresh.pk).update(opened_at=LATER - timedelta(days=90))
    assert forget_devices(now=LATER) == 1
    assert list(PlayLease.objects.order_by("pk").values_list("device_key", flat=True)) == ["", DEVICE]


def test_tasks_run_the_operations() -> None:
    colleagues(4, now=timezone.now() - timedelta(hours=1))
    find_task()
    PlayLease.objects.update(opened_at=datetime(2020, 1, 1, tzinfo=UTC))
    forget_task()
    assert SuspicionCase.objects.count() == 4
    assert PlayLease.objects.exclude(device_key="").count() == 0


def test_looking_costs_as_much_for_twelve_people_as_for_three(
    django_assert_max_num_queries: Limit, django_assert_num_queries: Limit
) -> None:
    colleagues(3)
    with django_assert_max_num_queries(12) as first:
        find_suspicions(now=LATER)
    for each in range(3):
        colleagues(3, device_key=str(each) * 32)
    with django_assert_num_queries(len(first)):
        find_suspicions(now=LATER)
