"""Reports, commits, new sittings and judgements at the same moment: one entry, no deadlock, one open attempt."""

from datetime import datetime, timedelta
from functools import partial

import pytest

from tests.factories.scorm_study import attempt_of, dwell, make_package_enrolment, report
from tests.factories.threads import in_threads
from tests.factories.tracking import NOW, make_lease
from tests.tracking.test_scorm_cheats import DONE, send
from tracking.models import LedgerEntry, LessonProgress, PlayLease, ScormAttempt
from tracking.operations import (
    judge_scorm_lesson,
    open_lease,
    record_heartbeat,
    restart_scorm_attempt,
    sweep_study,
)

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def nearly_learnt() -> PlayLease:
    """A package with all its time but the last half minute, and nothing reported yet."""
    lease = make_lease(enrolment=make_package_enrolment())
    PlayLease.objects.update(elapsed_ms=270_000, last_heard_at=at(270))
    LessonProgress.objects.update(credited_ms=270_000, coverage=[[0, 270_000]])
    return lease


def test_last_report_and_last_commit_at_the_same_moment_book_once() -> None:
    lease = nearly_learnt()
    beat = dwell(lease, sequence=0, start_ms=270_000, end_ms=300_000)
    judge = partial(judge_scorm_lesson, enrolment_id=lease.enrolment_id, lesson_id=lease.lesson_id, now=at(300))
    commit = partial(send, lease, {"cmi.core.lesson_status": "completed"}, seconds=300, rollup=DONE)
    answers = in_threads(
        partial(record_heartbeat, heartbeat=beat, now=at(300)),
        commit,
        *[judge] * 3,
        partial(sweep_study, now=at(300)),
    )
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert commit().status in ("stored", "repeated")  # what was told to be busy comes again
    assert LedgerEntry.objects.get().earned_at == at(300)
    assert PlayLease.objects.get().end_reason == "finished"


def test_sittings_begun_while_the_older_one_saves_leave_one_open_attempt() -> None:
    lease = nearly_learnt()
    opening = partial(
        open_lease, enrolment=lease.enrolment, lesson=lease.lesson, device="", now=at(280), take_over=True
    )
    saving = [
        partial(send, lease, {"cmi.core.lesson_location": str(number)}, sequence=number, seconds=280)
        for number in range(ROUNDS)
    ]
    answers = in_threads(opening, *saving, opening)
    names = {type(answer).__name__ for answer in answers if isinstance(answer, Exception)}
    assert names <= {"LeaseHeldError", "CommitTokenError"}
    attempt = ScormAttempt.objects.get()
    assert attempt.generation >= 2
    assert PlayLease.objects.filter(ended_at__isnull=True).count() == 1


def test_beginning_again_from_many_tabs_begins_once() -> None:
    lease = nearly_learnt()
    report(attempt_of(lease), at=at(1), completion="incomplete")
    again = partial(restart_scorm_attempt, enrolment=lease.enrolment, lesson=lease.lesson, now=at(280))
    answers = in_threads(*[again] * ROUNDS)
    assert {answer.number for answer in answers} == {2}
    assert list(ScormAttempt.objects.order_by("number").values_list("number", "end")) == [(1, "restart"), (2, "")]
