"""Reports become credit by the server's clock, once."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from courses.models import Lesson
from tests.factories.tracking import NOW, make_course, make_enrolment, make_lease, report_body
from tracking.enums import LeaseEnd
from tracking.models import LedgerEntry, LessonProgress, PlayLease, StudyDay
from tracking.operations import end_silent_leases, enrol_learner, open_lease, record_heartbeat
from tracking.queries import lease_key
from tracking.rules.heartbeat import HeartbeatAnswer, read_heartbeat
from tracking.rules.lease_token import TOKEN_LIFETIME_S, read_lease_token
from tracking.rules.play_credit import DAILY_TOLERANCE_MS
from tracking.rules.server_clock import ClockReading, reading_of

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
        "coverage": ((0, 30_000),),
        "completed": False,
        "end_reason": "",
        "next_due_ms": 13_750,
        "provisional_ms": 0,
        "challenge": False,
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


def test_report_after_a_take_over_earns_what_was_watched_before_it() -> None:
    lease = make_lease()
    make_lease(enrolment=lease.enrolment, now=NOW + timedelta(seconds=10), take_over=True)
    answer = report(lease, at=30, intervals=[[0, 30_000]])
    assert (answer.status, answer.end_reason, answer.credited_ms) == ("lease_ended", "taken_over", 10_000)
    assert answer.as_json()["not_counted"] == {"lease_ended": 20_000}
    again = report(lease, at=60, sequence=1, intervals=[[30_000, 60_000]])
    assert (again.newly_ms, again.as_json()["not_counted"]) == (0, {"lease_ended": 30_000})


def test_report_under_an_expired_token_comes_late() -> None:
    lease = make_lease(enrolment=make_enrolment(video_ms=3_600_000, required_seconds=3_500))
    report(lease, at=30, intervals=[[0, 30_000]])
    answer = report(lease, at=3 * 3600, sequence=1, intervals=[[30_000, 600_000]])
    assert (answer.status, answer.newly_ms) == ("lease_ended", 60_000)


def test_report_a_day_after_the_end_earns_nothing() -> None:
    lease = make_lease()
    report(lease, at=3_000)
    answer = report(lease, at=27 * 3600, sequence=1, intervals=[[0, 30_000]])
    assert (answer.status, answer.newly_ms, answer.as_json()["not_counted"]) == (
        "lease_ended",
        0,
        {"lease_ended": 30_000},
    )


def test_late_report_is_dated_when_it_was_watched() -> None:
    lease = make_lease()
    report(lease, at=30, intervals=[[0, 30_000]])
    end_silent_leases(now=NOW + timedelta(hours=1))
    report(lease, at=7200, sequence=1, intervals=[[30_000, 55_000]])
    assert LedgerEntry.objects.get().earned_at == NOW + timedelta(seconds=90)


def test_token_is_renewed_in_its_last_hour_and_the_old_one_stays_good() -> None:
    lease = make_lease(enrolment=make_enrolment(video_ms=3_600_000, required_seconds=3_500))
    early = report(lease, at=3_599, intervals=[[0, 1_000]])
    late = report(lease, at=3_601, sequence=1, intervals=[[1_000, 2_000]])
    assert (early.token, "token" in early.as_json()) == ("", False)
    fresh = read_lease_token(late.token, key=lease_key())
    assert fresh.expires_at_s == int(NOW.timestamp()) + 3_601 + TOKEN_LIFETIME_S
    assert report(lease, at=3_700, sequence=2, intervals=[[2_000, 3_000]]).status == "counted"
    under_fresh = report(lease, at=9_000, sequence=3, token=late.token, intervals=[[3_000, 4_000]])
    assert under_fresh.status == "counted"


def test_challenge_stands_when_the_days_credit_reaches_its_point() -> None:
    lease = make_lease(enrolment=make_enrolment(policy={"challenge_kind": "quiz", "challenge_per_hour": 120}))
    answer = report(lease, at=30, intervals=[[0, 30_000]])
    point = StudyDay.objects.get().next_challenge_ms
    assert point is not None
    assert 4_500 <= point < 28_500
    assert (answer.credited_ms, answer.provisional_ms, answer.challenge) == (point, 30_000 - point, True)
    progress = LessonProgress.objects.get()
    assert (progress.coverage, progress.provisional) == ([[0, point]], [[point, 30_000]])
    lease.refresh_from_db()
    assert lease.challenge_ms == 30_000
    again = make_lease(enrolment=lease.enrolment, now=NOW + timedelta(seconds=40), take_over=True)
    assert again.challenge_ms == 0


def test_clock_that_was_set_forward_mints_nothing() -> None:
    lease = make_lease(enrolment=make_enrolment(video_ms=3_600_000, required_seconds=3_500))
    opened = reading_of(NOW)
    PlayLease.objects.update(clock_boot="this start", clock_ms=1_000)
    beat = read_heartbeat(json.dumps(report_body(lease, intervals=[[0, 600_000]])).encode(), key=lease_key())
    stepped = ClockReading(boot="this start", monotonic_ms=31_000, wall_ms=opened.wall_ms + 3_600_000)
    answer = record_heartbeat(heartbeat=beat, now=NOW, clock=stepped)
    assert answer.newly_ms == 30_000 + DAILY_TOLERANCE_MS


def test_other_machines_clock_is_trusted_for_a_minute() -> None:
    lease = make_lease(enrolment=make_enrolment(video_ms=3_600_000, required_seconds=3_500))
    beat = read_heartbeat(json.dumps(report_body(lease, intervals=[[0, 600_000]])).encode(), key=lease_key())
    elsewhere = ClockReading(boot="another start", monotonic_ms=5, wall_ms=reading_of(NOW).wall_ms + 3_600_000)
    assert record_heartbeat(heartbeat=beat, now=NOW, clock=elsewhere).newly_ms == 60_000 + DAILY_TOLERANCE_MS


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


def test_lease_that_was_held_and_not_used_earns_a_minute_afterwards_and_no_more() -> None:
    lease = make_lease(enrolment=make_enrolment(video_ms=3_600_000, required_seconds=3_500))
    report(lease, at=2_700)
    end_silent_leases(now=NOW + timedelta(hours=2))
    first = report(lease, at=7_300, sequence=1, intervals=[[0, 2_700_000]])
    second = report(lease, at=7_310, sequence=2, intervals=[[100_000, 2_700_000]])
    assert (first.newly_ms, second.newly_ms) == (60_000, 0)
    assert second.as_json()["not_counted"] == {"lease_ended": 2_600_000}


def test_late_reports_share_their_minute() -> None:
    lease = make_lease(enrolment=make_enrolment(video_ms=3_600_000, required_seconds=3_500))
    report(lease, at=30, intervals=[[0, 30_000]])
    end_silent_leases(now=NOW + timedelta(hours=1))
    answers = [
        report(lease, at=3_700 + n, sequence=n, intervals=[[n * 30_000, n * 30_000 + 30_000]]) for n in range(1, 5)
    ]
    assert [answer.newly_ms for answer in answers] == [30_000, 30_000, 0, 0]


def test_ended_lease_does_not_get_past_a_challenge_that_another_one_was_asked() -> None:
    lease = make_lease(enrolment=make_enrolment(policy={"challenge_kind": "quiz", "challenge_per_hour": 120}))
    LessonProgress.objects.update(provisional=[[0, 5_000]])
    make_lease(enrolment=lease.enrolment, now=NOW + timedelta(seconds=20), take_over=True)
    answer = report(lease, at=24, intervals=[[5_000, 10_000]])
    assert (answer.newly_ms, answer.provisional_ms) == (0, 10_000)


def test_midnight_moves_no_challenge_away() -> None:
    policy = {"challenge_kind": "quiz", "challenge_per_hour": 2}
    enrolment = make_enrolment(video_ms=7_200_000, required_seconds=7_000, policy=policy)
    credited = 0
    for day in range(12):
        opened_at = NOW + timedelta(days=day)
        lease = make_lease(enrolment=enrolment, now=opened_at, take_over=True)
        if lease.challenge_ms >= 0:
            break
        answer = report(lease, at=260, intervals=[[credited, credited + 260_000]])
        credited = answer.credited_ms
        if answer.challenge:
            break
    assert credited < 1_800_000 * 95 // 100, "a script that plays a little every day was never asked"


def test_challenge_that_stood_at_midnight_stands_in_the_morning() -> None:
    policy = {"challenge_kind": "quiz", "challenge_per_hour": 120}
    enrolment = make_enrolment(policy=policy)
    report(make_lease(enrolment=enrolment), at=30, intervals=[[0, 30_000]])
    course = make_course(post=enrolment.ce_year.post, video_ms=60_000)
    tomorrow = NOW + timedelta(days=1)
    other = enrol_learner(learner=enrolment.learner, course=course, now=tomorrow)
    answer = report(make_lease(enrolment=other, now=tomorrow, take_over=True), at=30, intervals=[[0, 30_000]])
    assert (answer.credited_ms, answer.challenge) == (1, True)


def test_two_machines_whose_clocks_differ_mint_nothing() -> None:
    lease = make_lease(enrolment=make_enrolment(video_ms=3_600_000, required_seconds=3_500))
    wall_ms = reading_of(NOW).wall_ms
    PlayLease.objects.update(clock_boot="a", clock_ms=0)
    sequence = 0
    for second in range(0, 200, 10):
        for boot, skew_ms in (("a", 0), ("b", 2_000), ("a", 0)):
            clock = ClockReading(boot=boot, monotonic_ms=second * 1_000, wall_ms=wall_ms + second * 1_000 + skew_ms)
            body = report_body(lease, sequence=sequence, intervals=[[0, 3_600_000]])
            beat = read_heartbeat(json.dumps(body).encode(), key=lease_key())
            answer = record_heartbeat(heartbeat=beat, now=NOW, clock=clock)
            sequence += 1
    assert answer.credited_ms <= 190_000 + 2_000 + DAILY_TOLERANCE_MS


def test_take_over_by_another_machine_gives_the_old_lease_no_time() -> None:
    lease = make_lease(enrolment=make_enrolment(video_ms=3_600_000, required_seconds=3_500))
    elsewhere = ClockReading(boot="b", monotonic_ms=5, wall_ms=reading_of(NOW).wall_ms + 30_000)
    open_lease(enrolment=lease.enrolment, lesson=lease.lesson, device="", now=NOW, clock=elsewhere, take_over=True)
    assert report(lease, at=60, intervals=[[0, 60_000]]).newly_ms == 0


def test_what_was_booked_stays_as_it_was_booked() -> None:
    enrolment = make_enrolment(video_ms=120_000)
    first = make_lease(enrolment=enrolment)
    second = make_lease(enrolment=enrolment, now=NOW + timedelta(seconds=40), take_over=True)
    report(second, at=60, intervals=[[0, 55_000]])
    before = LessonProgress.objects.values().get(), StudyDay.objects.values().get()
    answer = report(first, at=110, intervals=[[60_000, 90_000]])
    assert (answer.newly_ms, answer.as_json()["not_counted"]) == (0, {"already_counted": 30_000})
    assert (LessonProgress.objects.values().get(), StudyDay.objects.values().get()) == before
    first.refresh_from_db()
    assert first.credited_ms == 0
