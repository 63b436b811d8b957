"""Hours taken back by mistake are restored once, and leave their claim and their lesson as they were."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from accounts.models import AuditEntry, User
from courses.enums import Block
from tests.factories.accounts import make_user
from tests.factories.offline import file_claim
from tests.factories.threads import in_threads
from tests.factories.tracking import NOW, make_ce_year, make_course, make_enrolment, make_entry
from tests.tracking.test_completion import book, study
from tracking.models import Enrolment, LedgerEntry, YearBalance
from tracking.operations import (
    NotRestorableError,
    NotReversibleError,
    OfflineRefusedError,
    decide_offline_study,
    enrol_learner,
    restore_entry,
    reverse_entry,
)
from tracking.queries import course_progress, lesson_story, prove_ledger, standing_of_year, standing_spans

pytestmark = pytest.mark.django_db
REASON = "测试：冲正有误"


@pytest.fixture(autouse=True)
def store(media_folder: Path) -> Path:
    return media_folder / "private"


@pytest.fixture
def officer() -> User:
    return make_user()


def reverse(entry: LedgerEntry, officer: User) -> LedgerEntry:
    return reverse_entry(entry_id=entry.pk, actor=officer, reason="测试冲正", now=NOW)


def restore(entry: LedgerEntry, officer: User, reason: str = REASON) -> LedgerEntry:
    return restore_entry(entry_id=entry.pk, actor=officer, reason=reason, now=NOW + timedelta(hours=1))


def recognised_claim(officer: User) -> LedgerEntry:
    claim = file_claim(policy={"recognition": "officer"})
    decide_offline_study(study=claim, actor=officer, recognised_minutes=1, reason="", now=NOW)
    return claim.ledger_entries.get()


def test_restored_hours_count_on_the_day_on_which_they_were_earned(officer: User) -> None:
    year = make_ce_year()
    entry = make_entry(ce_year=year, block=Block.PROFESSIONAL, minutes=3)
    counter = reverse(entry, officer)
    restored = restore(entry, officer)
    copied = ("post_id", "block", "minutes", "ce_year_id", "earned_on", "lesson_key", "policy_id")
    assert [getattr(restored, name) for name in copied] == [getattr(entry, name) for name in copied]
    assert (restored.source, restored.reverses, restored.entered_by) == ("restored", counter, officer)
    assert standing_of_year(year).have_minutes == 3
    balance = YearBalance.objects.get(ce_year=year)
    assert (balance.counted_minutes, balance.is_met) == (3, True)
    assert prove_ledger(year.authority).flaws == ()
    trail = AuditEntry.objects.get(action="ledger.restore")
    assert (trail.actor, trail.detail) == (officer, {"minutes": 3, "reason": REASON})


def test_restoring_twice_restores_once(officer: User) -> None:
    entry = make_entry(ce_year=make_ce_year(), block=Block.COMMON)
    reverse(entry, officer)
    assert restore(entry, officer) == restore(entry, make_user())
    assert LedgerEntry.objects.count() == 3


def test_restored_hours_may_be_taken_back_and_restored_again(officer: User) -> None:
    year = make_ce_year()
    entry = make_entry(ce_year=year, block=Block.PROFESSIONAL)
    reverse(entry, officer)
    restored = restore(entry, officer)
    reverse(restored, officer)
    assert standing_of_year(year).have_minutes == 0
    again = restore(restored, officer)
    assert (again.pk != restored.pk, standing_of_year(year).have_minutes) == (True, 1)


def test_what_was_not_taken_back_is_not_restored(officer: User) -> None:
    entry = make_entry(ce_year=make_ce_year(), block=Block.COMMON)
    with pytest.raises(NotRestorableError):
        restore(entry, officer)
    counter = reverse(entry, officer)
    with pytest.raises(NotRestorableError):
        restore(counter, officer)
    with pytest.raises(NotReversibleError, match="请恢复原来的学时"):
        reverse(counter, officer)


def test_restoring_needs_a_reason_and_is_never_of_one_s_own(officer: User) -> None:
    entry = make_entry(ce_year=make_ce_year(), block=Block.COMMON)
    reverse(entry, officer)
    with pytest.raises(NotRestorableError) as no_reason:
        restore(entry, officer, "  ")
    with pytest.raises(NotRestorableError) as own:
        restore(entry, entry.learner.user)
    assert (no_reason.value.code, own.value.code) == ("no_reason", "own_entry")


def test_lesson_that_counts_anew_for_another_post_is_not_restored(officer: User) -> None:
    year = make_ce_year()
    other = make_ce_year(learner=year.learner, authority=year.authority)
    entry = make_entry(ce_year=year, block=Block.COMMON)
    reverse(entry, officer)
    make_entry(ce_year=other, block=Block.COMMON, lesson_key=entry.lesson_key)
    with pytest.raises(NotRestorableError) as refusal:
        restore(entry, officer)
    assert refusal.value.code == "counted_again"


def test_restored_lesson_is_known_to_the_window_of_every_post(officer: User) -> None:
    year = make_ce_year()
    other = make_ce_year(learner=year.learner, authority=year.authority)
    entry = make_entry(ce_year=year, block=Block.COMMON)
    reverse(entry, officer)
    restored = restore(entry, officer)
    assert make_entry(ce_year=other, block=Block.COMMON, lesson_key=entry.lesson_key) == restored


def test_lesson_taken_back_is_shown_as_counted_only_while_it_is(officer: User) -> None:
    first = make_ce_year()
    second = make_ce_year(learner=first.learner, authority=first.authority)
    course = make_course(video_ms=60_000)
    enrolled = enrol_learner(learner=first.learner, course=course, now=NOW)
    elsewhere = Enrolment.objects.create(
        learner=first.learner,
        course=course,
        edition=enrolled.edition,
        enrolled_at=NOW,
        ce_year=second if enrolled.ce_year_id == first.pk else first,
    )
    book(study(enrolled))
    entry = LedgerEntry.objects.get()

    def counted_before() -> bool:
        return course_progress(elsewhere).lessons[0].counted_before

    assert counted_before() is True
    reverse(entry, officer)
    assert counted_before() is False
    restore(entry, officer)
    assert counted_before() is True


def test_learner_reads_what_stands_of_a_lesson_restored(officer: User) -> None:
    enrolment = make_enrolment()
    progress = book(study(enrolment))
    entry = LedgerEntry.objects.get()
    reverse(entry, officer)
    assert lesson_story(enrolment, progress.lesson.uuid, now=NOW).entry == entry
    restored = restore(entry, officer)
    assert lesson_story(enrolment, progress.lesson.uuid, now=NOW).entry == restored


def test_training_taken_back_may_be_claimed_anew_and_then_is_not_restored(officer: User) -> None:
    entry = recognised_claim(officer)
    with pytest.raises(OfflineRefusedError):
        file_claim(ce_year=entry.ce_year, minutes=2)
    reverse(entry, officer)
    assert standing_spans(entry.learner) == []
    anew = file_claim(ce_year=entry.ce_year)
    assert anew.pk != entry.offline_study_id
    with pytest.raises(NotRestorableError) as refusal:
        restore(entry, officer)
    assert refusal.value.code == "claimed_again"


def test_training_restored_takes_up_its_days_again(officer: User) -> None:
    entry = recognised_claim(officer)
    reverse(entry, officer)
    restored = restore(entry, officer)
    assert restored.offline_study == entry.offline_study
    assert [span.minutes for span in standing_spans(entry.learner)] == [1]
    assert file_claim(ce_year=entry.ce_year) == entry.offline_study
    with pytest.raises(OfflineRefusedError):
        file_claim(ce_year=entry.ce_year, minutes=2)


@pytest.mark.django_db(transaction=True)
def test_officers_restoring_at_once_restore_once() -> None:
    year = make_ce_year()
    entry = make_entry(ce_year=year, block=Block.PROFESSIONAL, minutes=3)
    reverse(entry, make_user())
    officers = [make_user() for _ in range(4)]
    results = in_threads(*[lambda who=who: restore(entry, who) for who in officers])
    assert len({result.pk for result in results}) == 1
    assert standing_of_year(year).have_minutes == 3
    assert prove_ledger(year.authority).flaws == ()
