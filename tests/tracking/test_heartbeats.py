"""Reports become credit by the server's clock, once."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from courses.models import Lesson
from tests.factories.tracking import NOW, make_course, make_enrolment, make_lease, report_body
from tracking.enums import LeaseEnd
from tracking.models import LedgerEntry, LessonProgress, PlayLease, StudyDay
from tracking.operations import enrol_learner, record_heartbeat
from tracking.queries import lease_key
from tracking.rules.heartbeat import HeartbeatAnswer, read_heartbeat

pytestmark = pytest.mark.django_db


def report(lease: PlayLease, *, at: float, is_last: bool = False, **body: Any) -> HeartbeatAnswer:
    """Send a report ``at`` seconds after the lease was opened."""
    heartbeat = read_heartbeat(json.dumps(report_body(lease, **body)).encode(), key=lease_key())
    return record_heartbeat(heartbeat=heartbeat, now=lease.opened_at + timedelta(seconds=at), is_last=is_last)


def test_honest_report_is_credited_whole() -> None:
    lease = make_lease()
    answer = report(lease, at=30, intervals=[[0, 30_000]], position_ms=30_000)
    assert answer.as_json() == {
        "status": "counted",
        "sequence": 0,
        "credited_ms": 30_000,
        "required_ms": 55_000,
        "newly_ms": 30_000,
        "not_counted": {},
        "coverage": [[0, 30_000]],
        "completed": False,
        "end_reason": "",
        "next_due_ms": 13_750,
    }
    progress = LessonProgress.objects.get()
    assert (progress.coverage, progress.credited_ms, progress.position_ms) == ([[0, 30_000]], 30_000, 30_000)
    lease.refresh_from_db()
    assert (lease.credited_ms, lease.last_sequence, lease.last_heard_at) == (30_000, 0, NOW + timedelta(seconds=30))
    assert StudyDay.objects.get().credited_ms == 30_000


def test_lesson_is_booked_when_enough_was_watched() -> None:
    lease = make_lease()
    report(lease, at=30, intervals=[[0, 30_000]])
    answer = report(lease, at=55, sequence=1, intervals=[[30_000, 55_000]])
    assert (answer.status, answer.credited_ms, answer.completed) == ("counted", 55_000, True)
    lease.refresh_from_db()
    assert lease.end_reason == LeaseEnd.FINISHED
    entry = LedgerEntry.objects.get()
    assert (entry.minutes, entry.lesson_id, entry.post_id) == (1, lease.lesson_id, lease.enrolment.ce_year.post_id)
    assert LessonProgress.objects.get().completed_at == NOW + timedelta(seconds=55)


def test_replayed_report_changes_nothing() -> None:
    lease = make_lease()
    first = report(lease, at=30, intervals=[[0, 30_000]])
    lease.refresh_from_db()
    before = PlayLease.objects.values().get()
    again = report(lease, at=60, intervals=[[0, 30_000]])
    assert (again.status, again.credited_ms, again.newly_ms) == ("repeated", first.credited_ms, 0)
    assert PlayLease.objects.values().get() == before


def test_overtaken_report_changes_nothing() -> None:
    lease = make_lease()
    report(lease, at=30, sequence=5, intervals=[[0, 20_000]])
    answer = report(lease, at=31, sequence=4, intervals=[[20_000, 30_000]])
    assert (answer.status, answer.credited_ms) == ("repeated", 20_000)


def test_last_report_of_a_finished_lesson_may_be_repeated() -> None:
    lease = make_lease()
    report(lease, at=55, intervals=[[0, 55_000]])
    answer = report(lease, at=56, intervals=[[0, 55_000]])
    assert (answer.completed, answer.credited_ms, LedgerEntry.objects.count()) == (True, 55_000, 1)


def test_hidden_page_earns_nothing_and_says_so() -> None:
    lease = make_lease()
    answer = report(lease, at=30, intervals=[[0, 30_000]], visible=False)
    assert (answer.newly_ms, answer.as_json()["not_counted"]) == (0, {"hidden_page": 30_000})
    lease.refresh_from_db()
    assert lease.not_counted == {"hidden_page": 30_000}


def test_watching_again_is_counted_once() -> None:
    lease = make_lease()
    report(lease, at=20, intervals=[[0, 20_000]])
    answer = report(lease, at=40, sequence=1, intervals=[[10_000, 30_000]])
    assert (answer.credited_ms, answer.as_json()["not_counted"]) == (30_000, {"already_counted": 10_000})


def test_progress_goes_on_under_the_next_lease() -> None:
    lease = make_lease()
    report(lease, at=30, intervals=[[0, 30_000]], is_last=True)
    lease.refresh_from_db()
    assert lease.end_reason == LeaseEnd.LEFT
    later = make_lease(enrolment=lease.enrolment, now=NOW + timedelta(hours=1))
    answer = report(later, at=25, intervals=[[30_000, 55_000]])
    assert (answer.credited_ms, answer.completed) == (55_000, True)


def test_farewell_without_news_still_ends_the_lease() -> None:
    lease = make_lease()
    report(lease, at=30, intervals=[[0, 30_000]])
    answer = report(lease, at=31, is_last=True)  # the same number again
    lease.refresh_from_db()
    assert (answer.status, lease.end_reason) == ("repeated", LeaseEnd.LEFT)


def test_report_after_the_lease_ended_says_why_and_earns_nothing() -> None:
    lease = make_lease()
    make_lease(enrolment=lease.enrolment, now=NOW + timedelta(seconds=10), take_over=True)
    answer = report(lease, at=30, intervals=[[0, 30_000]])
    assert (answer.status, answer.end_reason, answer.credited_ms) == ("lease_ended", "taken_over", 0)
    assert answer.as_json()["not_counted"] == {"lease_ended": 30_000}


def test_expired_token_earns_nothing() -> None:
    lease = make_lease()
    answer = report(lease, at=12 * 3600, intervals=[[0, 30_000]])
    assert (answer.status, answer.credited_ms) == ("lease_ended", 0)


def test_midnight_begins_a_new_day() -> None:
    before_midnight = datetime(2026, 3, 2, 15, 59, 50, tzinfo=UTC)
    lease = make_lease(now=before_midnight)
    report(lease, at=5, intervals=[[0, 5_000]])
    report(lease, at=20, sequence=1, intervals=[[5_000, 20_000]])
    days = StudyDay.objects.order_by("on").values_list("on__day", "credited_ms")
    assert list(days) == [(2, 5_000), (3, 15_000)]


def test_reading_is_counted_by_dwelling() -> None:
    enrolment = make_enrolment(course=None, video_ms=None)
    lease = make_lease(enrolment=enrolment)
    answer = report(lease, at=55, intervals=[[0, 55_000]])
    assert (Lesson.objects.get(pk=lease.lesson_id).kind, answer.completed) == ("reading", True)


def test_lesson_without_minutes_is_finished_without_an_entry() -> None:
    year = make_lease().enrolment.ce_year
    PlayLease.objects.update(ended_at=NOW, end_reason=LeaseEnd.LEFT)
    course = make_course(post=year.post, video_ms=60_000, credit_minutes=0)
    lease = make_lease(enrolment=enrol_learner(learner=year.learner, course=course, now=NOW))
    answer = report(lease, at=55, intervals=[[0, 55_000]])
    assert (answer.completed, LedgerEntry.objects.count()) == (True, 0)
