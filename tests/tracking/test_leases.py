"""One place at a time earns credit."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import AuditEntry
from tests.factories.accounts import make_learner, make_user
from tests.factories.tracking import NOW, first_lesson, make_course, make_enrolment, make_lease
from tracking.enums import LeaseEnd
from tracking.models import CeYear, LedgerEntry, LessonProgress, PlayLease, StudyDay
from tracking.operations import (
    LeaseHeldError,
    LessonNotPlayableError,
    TooManyLeasesError,
    complete_lesson,
    end_lease,
    end_silent_leases,
    enrol_learner,
    lease_limit,
    open_lease,
    record_heartbeat,
    reverse_entry,
)
from tracking.queries import lease_key, lease_token
from tracking.rules.heartbeat import Heartbeat
from tracking.rules.lease_token import read_lease_token
from tracking.rules.play_report import PlayReport

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def test_open_lease_prepares_progress_and_day() -> None:
    lease = make_lease()
    assert lease.expires_at == NOW + timedelta(hours=12)
    progress = LessonProgress.objects.get()
    assert (progress.enrolment_id, progress.lesson_id, progress.credited_ms) == (lease.enrolment_id, lease.lesson_id, 0)
    assert StudyDay.objects.get().on.isoformat() == "2026-03-02"


def test_second_lease_is_refused_and_says_where_the_first_is() -> None:
    lease = make_lease()
    with pytest.raises(LeaseHeldError) as refusal:
        make_lease(enrolment=lease.enrolment, now=NOW + MINUTE)
    assert refusal.value.device == "Chrome · Windows"
    assert refusal.value.lesson_title == lease.lesson.title
    assert str(refusal.value) == (
        f"您正在另一处学习《{lease.lesson.title}》（Chrome · Windows，最近一次上报 10:00）。同一时间只能在一处计学时。"
    )


def test_lease_of_another_course_bars_too() -> None:
    lease = make_lease()
    other = enrol_learner(learner=lease.learner, course=make_course(video_ms=60_000), now=NOW)
    with pytest.raises(LeaseHeldError):
        make_lease(enrolment=other)


def test_another_learner_s_lease_bars_nobody() -> None:
    make_lease()
    assert make_lease().ended_at is None


def test_take_over_ends_the_older_lease_with_its_reason() -> None:
    older = make_lease()
    newer = make_lease(enrolment=older.enrolment, now=NOW + MINUTE, take_over=True)
    older.refresh_from_db()
    assert (older.ended_at, older.end_reason) == (NOW + MINUTE, LeaseEnd.TAKEN_OVER)
    assert newer.ended_at is None
    assert AuditEntry.objects.get(action="lease.take_over").target == f"tracking.playlease:{older.uuid}"


def test_reloaded_page_replaces_its_own_lease() -> None:
    older = make_lease()
    make_lease(enrolment=older.enrolment, now=NOW + MINUTE, replaces=older.uuid)
    older.refresh_from_db()
    assert older.end_reason == LeaseEnd.LEFT


def test_lease_silent_for_fifteen_minutes_bars_nobody() -> None:
    older = make_lease()
    with pytest.raises(LeaseHeldError):
        make_lease(enrolment=older.enrolment, now=NOW + 15 * MINUTE)
    make_lease(enrolment=older.enrolment, now=NOW + 16 * MINUTE)
    older.refresh_from_db()
    assert older.end_reason == LeaseEnd.SILENT


def test_end_lease_keeps_the_first_reason() -> None:
    lease = make_lease()
    end_lease(lease_id=lease.pk, now=NOW, reason=LeaseEnd.SILENT)
    again = end_lease(lease_id=lease.pk, now=NOW + MINUTE)
    assert (again.ended_at, again.end_reason) == (NOW, LeaseEnd.SILENT)


def test_sweep_ends_only_silent_leases() -> None:
    silent, live = make_lease(), make_lease(now=NOW + 10 * MINUTE)
    assert end_silent_leases(now=NOW + 16 * MINUTE) == 1
    assert set(PlayLease.objects.filter(ended_at__isnull=True)) == {live}
    assert PlayLease.objects.get(pk=silent.pk).end_reason == LeaseEnd.SILENT
    assert end_silent_leases(now=NOW + 16 * MINUTE) == 0


def test_lesson_of_another_edition_is_refused() -> None:
    enrolment, other = make_enrolment(), make_enrolment()
    with pytest.raises(LessonNotPlayableError) as refusal:
        open_lease(enrolment=enrolment, lesson=first_lesson(other), device="", now=NOW)
    assert refusal.value.code == "other_edition"


def test_closed_year_earns_nothing() -> None:
    enrolment = make_enrolment(policy={"legacy_deadline": NOW.date()})
    with pytest.raises(LessonNotPlayableError, match="2026-03-02 截止"):
        make_lease(enrolment=enrolment, now=datetime(2026, 3, 2, 16, 0, tzinfo=UTC))  # midnight in Shanghai


def test_lease_ends_with_the_last_day_of_its_year() -> None:
    enrolment = make_enrolment()
    CeYear.objects.update(closes_on=date(2026, 3, 2))
    enrolment.refresh_from_db()
    shortly_before_midnight = datetime(2026, 3, 2, 15, 50, tzinfo=UTC)

    lease = make_lease(enrolment=enrolment, now=shortly_before_midnight)
    claims = read_lease_token(lease_token(lease), key=lease_key())
    report = PlayReport(sequence=0, intervals=((0, 60_000),), rate_permille=1000, visible=True)
    beat = Heartbeat(claims=claims, report=report, position_ms=60_000)
    answer = record_heartbeat(heartbeat=beat, now=shortly_before_midnight + 10 * MINUTE)

    assert lease.expires_at == datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
    assert (answer.status, answer.newly_ms) == ("lease_ended", 60_000)  # a minute of it was before midnight
    assert LedgerEntry.objects.get().earned_on == date(2026, 3, 2)


def test_learnt_lesson_earns_nothing_again() -> None:
    lease = make_lease()
    LessonProgress.objects.update(reached_at=NOW)
    end_lease(lease_id=lease.pk, now=NOW)
    with pytest.raises(LessonNotPlayableError, match="重看不再计学时"):
        make_lease(enrolment=lease.enrolment)


def test_learner_is_told_that_hours_were_taken_back() -> None:
    lease = make_lease()
    LessonProgress.objects.update(reached_at=NOW)
    complete_lesson(enrolment_id=lease.enrolment_id, lesson_id=lease.lesson_id, now=NOW)
    end_lease(lease_id=lease.pk, now=NOW)
    reverse_entry(entry_id=LedgerEntry.objects.get().pk, actor=make_user(), reason="测试", now=NOW)
    with pytest.raises(LessonNotPlayableError, match="已被冲正"):
        make_lease(enrolment=lease.enrolment)


def test_learners_are_kept_apart() -> None:
    lease = make_lease()
    assert not PlayLease.objects.filter(learner=make_learner()).exists()
    assert lease.learner_id == lease.enrolment.learner_id


def test_learner_begins_so_often_and_no_more_within_any_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease_limit, "MOST_LEASES_AN_HOUR", 60)
    lease = make_lease()
    for each in range(1, 60):
        make_lease(enrolment=lease.enrolment, now=NOW + timedelta(seconds=50 * each), take_over=True)
    with pytest.raises(TooManyLeasesError) as refusal:
        make_lease(enrolment=lease.enrolment, now=NOW + 59 * MINUTE, take_over=True)
    assert refusal.value.retry_after == MINUTE
    assert str(refusal.value) == "一小时内开始学习的次数过多，请在 1 分钟后再按播放。已计入的时间不受影响。"
    make_lease(enrolment=lease.enrolment, now=NOW + 60 * MINUTE, take_over=True)
    with pytest.raises(TooManyLeasesError):
        make_lease(enrolment=lease.enrolment, now=NOW + 60 * MINUTE, take_over=True)
    make_lease(now=NOW + 60 * MINUTE)  # somebody else
