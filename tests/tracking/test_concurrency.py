"""Threads that do the same at once, each with its own connection."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction

from courses.enums import Block
from tests.factories.accounts import make_user
from tests.factories.tracking import NOW, make_ce_year, make_enrolment, make_entry, make_lease, report_body
from tests.tracking.test_completion import study
from tracking.models import LedgerEntry, LessonProgress, PlayLease, Recognition, StudyDay
from tracking.operations import (
    HoursNotMetError,
    LeaseHeldError,
    complete_lesson,
    recognise_year,
    record_heartbeat,
    refuse_year,
    reverse_entry,
    settle_learner,
)
from tracking.operations.locks import lock_learner
from tracking.queries import lease_key
from tracking.rules.heartbeat import read_heartbeat

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 6


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls at once; an error is a result."""

    def run(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_the_same_report_from_many_threads_is_credited_once() -> None:
    lease = make_lease()
    body = json.dumps(report_body(lease, intervals=[[0, 30_000]])).encode()
    heartbeat = read_heartbeat(body, key=lease_key())
    at = NOW + timedelta(seconds=30)
    answers = together(*[lambda: record_heartbeat(heartbeat=heartbeat, now=at)] * THREADS)
    assert sorted(answer.status for answer in answers) == ["counted"] + ["repeated"] * (THREADS - 1)
    assert {answer.credited_ms for answer in answers} == {30_000}
    assert (LessonProgress.objects.get().credited_ms, StudyDay.objects.get().credited_ms) == (30_000, 30_000)


def test_different_reports_from_many_threads_earn_no_more_than_the_clock() -> None:
    lease = make_lease()
    at = NOW + timedelta(seconds=10)
    bodies = [
        json.dumps(report_body(lease, sequence=n, intervals=[[n * 9_000, n * 9_000 + 9_000]])).encode()
        for n in range(THREADS)
    ]
    beats = [read_heartbeat(body, key=lease_key()) for body in bodies]
    answers = together(*[lambda beat=beat: record_heartbeat(heartbeat=beat, now=at) for beat in beats])
    # A report overtaken by a later one is not counted; whichever comes first finds its 9 s covered by the clock.
    assert {answer.status for answer in answers} <= {"counted", "repeated"}
    credited_ms = LessonProgress.objects.get().credited_ms
    assert 9_000 <= credited_ms <= 15_000
    assert credited_ms == max(answer.credited_ms for answer in answers)


def test_lesson_completed_in_many_threads_has_one_entry_and_one_recognition() -> None:
    year = make_ce_year()
    make_entry(ce_year=year, block=Block.PROFESSIONAL, minutes=2)
    progress = study(make_enrolment(ce_year=year))
    facts = {"enrolment_id": progress.enrolment_id, "lesson_id": progress.lesson_id, "now": NOW}
    results = together(*[lambda: complete_lesson(**facts)] * THREADS)
    assert [type(result) for result in results] == [LessonProgress] * THREADS
    assert LedgerEntry.objects.filter(lesson_id=progress.lesson_id).count() == 1
    assert Recognition.objects.count() == 1


@pytest.mark.parametrize("decide", [recognise_year, partial(refuse_year, reason="材料不全")])
def test_decision_waits_for_what_happens_to_the_learner_s_hours(decide: Callable[..., Recognition]) -> None:
    """A reversal that has begun is finished before the decision looks at the hours."""
    year = make_ce_year(policy={"recognition": "officer"})
    entry = make_entry(ce_year=year, block=Block.PROFESSIONAL, minutes=3)
    settle_learner(learner_id=year.learner_id, now=NOW)
    officer, begun, decided = make_user(), Event(), Event()

    def take_back() -> None:
        with transaction.atomic():
            lock_learner(year.learner_id)
            begun.set()
            assert not decided.wait(timeout=1)
            reverse_entry(entry_id=entry.pk, actor=officer, reason="测试", now=NOW)

    def settle() -> Recognition:
        begun.wait(timeout=30)
        try:
            return decide(ce_year_id=year.pk, actor=officer, now=NOW)
        finally:
            decided.set()

    taken, decision = together(take_back, settle)
    assert taken is None
    if decide is recognise_year:
        assert type(decision) is HoursNotMetError
    else:
        assert decision.professional_minutes == 0


def test_leases_asked_for_at_once_give_one() -> None:
    enrolment = make_enrolment()
    results = together(*[lambda: make_lease(enrolment=enrolment)] * THREADS)
    assert sorted(type(result) for result in results if isinstance(result, PlayLease)) == [PlayLease]
    assert {type(result) for result in results} == {PlayLease, LeaseHeldError}
    assert PlayLease.objects.filter(ended_at__isnull=True).count() == 1
