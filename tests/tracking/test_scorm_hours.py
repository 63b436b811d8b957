"""A package's lesson is learnt by time and by what the package reports, and booked once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from courses.enums import CountedAttempt, ScormGoal
from tests.factories.scorm_study import (
    attempt_of,
    dwell,
    make_package,
    make_package_enrolment,
    make_session,
    report,
)
from tests.factories.tracking import NOW, first_lesson, make_ce_year, make_enrolment, make_lease, report_body
from tracking.enums import NotCountedReason
from tracking.models import LedgerEntry, LessonProgress, PlayLease, ScormAttempt
from tracking.operations import judge_scorm_lesson, move_learners, record_heartbeat, record_heartbeats, sweep_study
from tracking.operations.completion import evidence_digest
from tracking.operations.heartbeat_batches import ReceivedHeartbeat
from tracking.permissions import own_enrolment
from tracking.queries import course_progress, lease_key, lesson_story
from tracking.rules.heartbeat import HeartbeatAnswer
from tracking.rules.lease_token import read_lease_token
from tracking.rules.server_clock import reading_of

pytestmark = pytest.mark.django_db


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def study(lease: PlayLease, *, seconds: int, start: int = 0, offset: int = 0) -> HeartbeatAnswer:
    """Let an item run for so long, honestly reported every 30 s; ``offset`` is when the lease was opened."""
    answer = None
    for number, begun in enumerate(range(start, start + seconds, 30)):
        end = min(begun + 30, start + seconds)
        beat = dwell(lease, sequence=number, start_ms=begun * 1000, end_ms=end * 1000)
        answer = record_heartbeat(heartbeat=beat, now=at(offset + end - start))
    assert answer is not None
    return answer


def judge(lease: PlayLease, *, seconds: int) -> bool:
    return judge_scorm_lesson(enrolment_id=lease.enrolment_id, lesson_id=lease.lesson_id, now=at(seconds))


def progress_of(lease: PlayLease) -> LessonProgress:
    return LessonProgress.objects.get(enrolment_id=lease.enrolment_id, lesson_id=lease.lesson_id)


def started(**overrides: Any) -> PlayLease:
    return make_lease(enrolment=make_package_enrolment(**overrides))


def test_time_alone_does_not_reach_a_package() -> None:
    lease = started()
    answer = study(lease, seconds=330)
    assert (answer.credited_ms, answer.completed, answer.end_reason) == (330_000, False, "")
    assert progress_of(lease).reached_at is None
    assert not LedgerEntry.objects.exists()


def test_report_alone_does_not_reach_a_package() -> None:
    lease = started()
    report(attempt_of(lease), at=at(1), completion="completed", success="passed")
    assert judge(lease, seconds=1) is False
    study(lease, seconds=270)
    assert judge(lease, seconds=270) is False


def test_heartbeat_that_brings_the_time_books_what_was_reported_before() -> None:
    lease = started()
    report(attempt_of(lease), at=at(10), completion="completed")
    answer = study(lease, seconds=300)
    assert (answer.status, answer.completed, answer.end_reason) == ("counted", True, "finished")
    entry = LedgerEntry.objects.get()
    assert (entry.minutes, entry.earned_at, entry.lesson_id) == (1, at(300), lease.lesson_id)
    lease.refresh_from_db()
    assert (lease.end_reason, lease.ended_at) == ("finished", at(300))


def test_batch_names_what_is_to_be_judged_and_nothing_else() -> None:
    package, film = started(), make_lease()
    study(package, seconds=270)
    beats = [
        dwell(package, sequence=50, start_ms=270_000, end_ms=300_000),
        dwell(film, sequence=0, start_ms=0, end_ms=30_000),
    ]
    outcome = record_heartbeats(received=[ReceivedHeartbeat(each) for each in beats], clock=reading_of(at(300)))
    assert outcome.judged == [(package.enrolment_id, package.lesson_id)]
    assert outcome.reached == []


def test_report_that_comes_after_the_time_books_the_lesson_once() -> None:
    lease = started()
    study(lease, seconds=330)
    report(attempt_of(lease), at=at(400), success="passed")
    assert [judge(lease, seconds=400) for _ in range(3)] == [True, True, True]
    entry = LedgerEntry.objects.get()
    assert entry.earned_at == at(400)


def test_hours_are_dated_when_they_were_earned_not_when_the_sweep_found_them() -> None:
    lease = started()
    study(lease, seconds=330)
    report(attempt_of(lease), at=at(340), completion="completed")
    assert sweep_study(now=at(4_000))["packages_judged"] == 1
    assert LedgerEntry.objects.get().earned_at == at(340)
    assert sweep_study(now=at(4_300))["packages_judged"] == 0


def test_sweep_books_what_a_crash_left_between_judging_and_booking() -> None:
    lease = started()
    LessonProgress.objects.update(credited_ms=300_000, reached_at=at(300), scorm_verdict={"attempt": "x"})
    assert judge(lease, seconds=900) is True
    assert LedgerEntry.objects.get().earned_at == at(300)


@pytest.mark.parametrize(
    ("goal", "standing", "booked"),
    [
        (ScormGoal.COMPLETED, {"completion": "completed", "success": "failed"}, True),
        (ScormGoal.COMPLETED, {"success": "passed"}, True),
        (ScormGoal.COMPLETED, {"completion": "incomplete"}, False),
        (ScormGoal.PASSED, {"completion": "completed"}, False),
        (ScormGoal.PASSED, {"completion": "completed", "success": "passed"}, True),
        (ScormGoal.TIME, {}, True),
    ],
)
def test_package_must_report_what_the_lesson_asks(goal: ScormGoal, standing: dict[str, str], booked: bool) -> None:
    lease = started(scorm_goal=goal)
    report(attempt_of(lease), at=at(20), **standing)
    assert study(lease, seconds=300).completed is booked
    assert LedgerEntry.objects.count() == int(booked)


@pytest.mark.parametrize(
    ("counts", "booked"), [(CountedAttempt.BEST, True), (CountedAttempt.FIRST, False), (CountedAttempt.LAST, True)]
)
def test_attempt_that_counts_decides(counts: CountedAttempt, booked: bool) -> None:
    lease = started(scorm_goal=ScormGoal.PASSED, counted_attempt=counts)
    first = report(attempt_of(lease), at=at(10), success="failed", ended_at=at(10), end="finished")
    ScormAttempt.objects.create(
        enrolment=first.enrolment, lesson=first.lesson, video=first.video, number=2,
        began_at=at(11), touched_at=at(200), success="passed",
    )  # fmt: skip
    assert study(lease, seconds=300).completed is booked


def test_package_that_claims_less_holds_the_hours_back_until_it_claims_enough() -> None:
    lease = started()
    report(attempt_of(lease), at=at(10), completion="completed")
    session = make_session(lease, claimed_ms=299_999, heard_at=at(330))
    assert study(lease, seconds=330).completed is False
    session.claimed_ms = 300_000
    session.save()
    assert judge(lease, seconds=331) is True
    verdict = progress_of(lease).scorm_verdict
    assert (verdict["measured_ms"], verdict["claimed_in_all_ms"], verdict["credited_ms"]) == (330_000, 300_000, 300_000)
    assert verdict["cut"] == {"claimed_less": 30_000}


def test_session_that_never_claims_loses_no_time_beside_one_that_does() -> None:
    lease = started()
    report(attempt_of(lease), at=at(10), completion="completed")
    make_session(lease, claimed_ms=60_000, heard_at=at(60))
    make_session(lease, began_at=at(60), heard_at=at(300))
    assert study(lease, seconds=300).completed is True


def test_entry_proves_the_attempt() -> None:
    lease = started()
    report(attempt_of(lease), at=at(10), completion="completed", score_scaled=0.8, claimed_ms=None)
    study(lease, seconds=300)
    progress, attempt = progress_of(lease), attempt_of(lease)
    assert progress.scorm_verdict == {
        "attempt": str(attempt.uuid),
        "number": 1,
        "version": str(attempt.video.uuid),
        "completion": "completed",
        "success": "unknown",
        "score_scaled": "0.8",
        "claimed_ms": None,
        "goal": "completed",
        "counts": "best",
        "measured_ms": 300_000,
        "claimed_in_all_ms": None,
        "declared_ms": 600_000,
        "credited_ms": 300_000,
        "cut": {},
    }
    entry = LedgerEntry.objects.get()
    report(attempt, at=at(900), completion="incomplete")  # what comes later changes no evidence
    assert evidence_digest(lease.enrolment, lease.lesson, progress) == entry.evidence_digest
    progress.scorm_verdict = {**progress.scorm_verdict, "completion": "incomplete"}
    assert evidence_digest(lease.enrolment, lease.lesson, progress) != entry.evidence_digest


def test_year_that_was_over_when_the_report_came_gets_none() -> None:
    year = make_ce_year()
    lease = started(ce_year=year)
    study(lease, seconds=330)
    closed = datetime.combine(year.closes_on, datetime.min.time(), tzinfo=UTC) + timedelta(days=2)
    report(attempt_of(lease), at=closed, completion="completed")
    assert judge_scorm_lesson(enrolment_id=lease.enrolment_id, lesson_id=lease.lesson_id, now=closed) is False
    assert year.closes_on < date.max


def test_time_of_an_older_version_counts_on_the_new_one() -> None:
    enrolment = make_package_enrolment()
    lease = make_lease(enrolment=enrolment)
    study(lease, seconds=270)
    move_learners(lesson_id=lease.lesson_id, video_id=make_package().pk, actor=None, note="", now=at(280))
    again = make_lease(enrolment=enrolment, now=at(300), take_over=True)
    report(attempt_of(again), at=at(310), completion="completed")
    assert study(again, seconds=30, start=270, offset=300).completed is True


def test_film_is_never_judged() -> None:
    lease = make_lease(enrolment=make_enrolment())
    assert judge(lease, seconds=60) is False
    assert read_lease_token(report_body(lease)["token"], key=lease_key()).is_judged is False


def test_little_time_costs_one_statement_whatever_is_reported(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    lease = started()
    with django_assert_num_queries(1):
        assert judge(lease, seconds=30) is False


def test_course_page_says_what_is_measured_claimed_and_reported(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    lease = started(attempts_allowed=3)
    report(attempt_of(lease), at=at(10), completion="incomplete", success="failed", score_raw=55.0)
    make_session(lease, claimed_ms=40_000, heard_at=at(60))
    study(lease, seconds=60)
    with django_assert_num_queries(6):
        standing = course_progress(lease.enrolment).lessons[0]
    package = standing.package
    assert package is not None
    assert (package.measured_ms, package.claimed_ms, package.time.credited_ms) == (60_000, 40_000, 40_000)
    assert (standing.shown_ms, standing.required_ms, package.missing_ms) == (40_000, 300_000, 260_000)
    assert package.counted is not None
    assert package.counted.score_raw == 55.0
    assert (package.used, package.may_begin_another, standing.is_started) == (1, True, True)


def test_why_page_counts_every_cut_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    lease = started()
    study(lease, seconds=60)
    record_heartbeat(heartbeat=dwell(lease, sequence=90, start_ms=60_000, end_ms=90_000, visible=False), now=at(90))
    session = make_session(lease, claimed_ms=100_000, heard_at=at(100))
    enrolment, lesson = own_enrolment(lease.learner, lease.enrolment.uuid), first_lesson(lease.enrolment)
    lesson_story(enrolment, lesson.uuid, now=at(120))  # SQLite is asked once whether it knows JSON
    with django_assert_num_queries(10):
        story = lesson_story(enrolment, lesson.uuid, now=at(120))
    assert story.not_counted == ((NotCountedReason.HIDDEN_PAGE, 30_000), (NotCountedReason.CLAIMED_MORE, 10_000))
    assert story.package is not None
    assert story.as_facts()["package"]["claimed_ms"] == 100_000
    session.claimed_ms = 20_000
    session.save()
    story = lesson_story(enrolment, lesson.uuid, now=at(120))
    assert dict(story.not_counted) == {"hidden_page": 30_000, "claimed_less": 40_000}
    assert story.missing_ms == 280_000


def test_learner_reads_attempts_scores_and_times_on_the_course_page_and_where_time_is_explained(client: Client) -> None:
    lease = started(attempts_allowed=3)
    report(attempt_of(lease), at=at(10), completion="incomplete", success="failed", score_raw=55.0, score_max=100.0)
    make_session(lease, claimed_ms=40_000, heard_at=at(60))
    study(lease, seconds=60)
    client.force_login(lease.learner.user)
    course = client.get(reverse("tracking:course", args=[lease.enrolment.course.uuid])).content.decode()
    why = client.get(reverse("tracking:why", args=[lease.enrolment.uuid, lease.lesson.uuid])).content.decode()
    for page in (course, why):
        assert "未学完 · 未通过" in page
        assert "得分 55 / 100" in page
        assert "可学 3 次，已用 1 次。" in page
        assert "00:40，需要 05:00" in page
    assert "课件自己申报的学习时间少于系统测得的时间" in why
    assert "课件还没有报告“学完或通过”" in why
