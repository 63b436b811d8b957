"""Hours are recognised once, by the policy or by an officer, and wake what follows."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from celery import current_app

from accounts.models import AuditEntry, Authority
from courses.enums import Block
from tests.factories.accounts import make_user
from tests.factories.courses import make_policy
from tests.factories.tracking import DEMO_RULES, NOW, make_ce_year, make_entry
from tracking.enums import RecognitionOutcome
from tracking.models import CeYear, Recognition
from tracking.operations import (
    AlreadyRecognisedError,
    HoursNotMetError,
    OwnYearError,
    ReasonMissingError,
    recognise_met_years,
    recognise_year,
    refuse_year,
    reverse_entry,
    settle_learner,
)
from tracking.queries import recognition_queue

pytestmark = pytest.mark.django_db
Callbacks = Callable[..., Any]


def met_year(*, authority: Authority | None = None, now: datetime = NOW, **policy: Any) -> CeYear:
    year = make_ce_year(policy=policy, authority=authority, now=now)
    make_entry(ce_year=year, block=Block.COMMON)
    make_entry(ce_year=year, block=Block.PROFESSIONAL, minutes=2)
    CeYear.objects.filter(pk=year.pk).update(met_at=NOW)
    year.refresh_from_db()
    return year


def messages_waiting() -> list[Any]:
    """Take the messages out of the queue on which renewals are announced."""
    with current_app.connection_for_read() as connection:
        queue = connection.SimpleQueue("certificates")
        found = []
        while queue.qsize():
            message = queue.get(block=False)
            message.ack()
            found.append((message.headers["task"], message.payload[0]))
        queue.close()
        return found


def test_recognition_freezes_minutes_and_leaves_a_trail() -> None:
    year, officer = met_year(), make_user()
    recognition = recognise_year(ce_year_id=year.pk, actor=officer, now=NOW)
    assert (recognition.outcome, recognition.decided_by, recognition.decided_at) == ("recognised", officer, NOW)
    assert (recognition.common_minutes, recognition.professional_minutes) == (1, 2)
    trail = AuditEntry.objects.get(action="ce_year.recognise")
    assert (trail.actor, trail.target) == (officer, f"tracking.ceyear:{year.uuid}")


def test_recognition_wakes_the_renewal_after_the_commit(django_capture_on_commit_callbacks: Callbacks) -> None:
    messages_waiting()
    year = met_year()
    with django_capture_on_commit_callbacks(execute=True):
        recognise_year(ce_year_id=year.pk, actor=None, now=NOW)
        assert messages_waiting() == []
    assert messages_waiting() == [("certificates.tasks.renew_recognised_year", [year.pk])]


def test_recognising_twice_recognises_once(django_capture_on_commit_callbacks: Callbacks) -> None:
    year = met_year()
    first = recognise_year(ce_year_id=year.pk, actor=None, now=NOW)
    with django_capture_on_commit_callbacks() as callbacks:
        assert recognise_year(ce_year_id=year.pk, actor=make_user(), now=NOW) == first
    assert (len(callbacks), Recognition.objects.count()) == (0, 1)


def test_short_year_is_not_recognised_and_says_what_is_missing() -> None:
    year = make_ce_year()
    make_entry(ce_year=year, block=Block.COMMON, minutes=5)
    with pytest.raises(HoursNotMetError, match="还差 2 学时，其中专业岗位知识 2 学时") as refusal:
        recognise_year(ce_year_id=year.pk, actor=make_user(), now=NOW)
    assert (refusal.value.missing_minutes, refusal.value.missing_professional_minutes) == (2, 2)


def test_year_that_a_reversal_made_short_is_not_recognised() -> None:
    year, officer = met_year(), make_user()
    entry = year.learner.ledger_entries.get(block=Block.PROFESSIONAL)
    reverse_entry(entry_id=entry.pk, actor=officer, reason="测试冲正", now=NOW)
    with pytest.raises(HoursNotMetError):
        recognise_year(ce_year_id=year.pk, actor=officer, now=NOW)


def test_year_that_a_reversal_made_short_is_no_longer_met_and_has_its_rights_back() -> None:
    year, officer = met_year(recognition="officer"), make_user()
    entry = year.learner.ledger_entries.get(block=Block.PROFESSIONAL)
    reverse_entry(entry_id=entry.pk, actor=officer, reason="测试冲正", now=NOW)
    year.refresh_from_db()
    assert year.met_at is None
    assert list(recognition_queue([year.authority])) == []
    trail = AuditEntry.objects.get(action="ce_year.unmet")
    assert (trail.actor, trail.target) == (None, f"tracking.ceyear:{year.uuid}")
    assert trail.detail == {"met_at": str(NOW), "missing": 2}
    make_entry(ce_year=year, block=Block.PROFESSIONAL, minutes=2)
    settle_learner(learner_id=year.learner_id, now=NOW + timedelta(days=1))
    year.refresh_from_db()
    assert year.met_at == NOW + timedelta(days=1)


def test_recognised_year_stays_met_after_a_reversal() -> None:
    year, officer = met_year(), make_user()
    recognise_year(ce_year_id=year.pk, actor=officer, now=NOW)
    entry = year.learner.ledger_entries.get(block=Block.PROFESSIONAL)
    reverse_entry(entry_id=entry.pk, actor=officer, reason="测试冲正", now=NOW)
    year.refresh_from_db()
    assert (year.met_at, year.decision) == (NOW, "recognised")


def test_refusal_needs_a_reason() -> None:
    with pytest.raises(ReasonMissingError):
        refuse_year(ce_year_id=met_year().pk, actor=make_user(), reason="  ", now=NOW)


def test_nobody_decides_on_a_year_of_one_s_own() -> None:
    year = met_year(recognition="officer")
    own = year.learner.user
    with pytest.raises(OwnYearError):
        recognise_year(ce_year_id=year.pk, actor=own, now=NOW)
    with pytest.raises(OwnYearError):
        refuse_year(ce_year_id=year.pk, actor=own, reason="材料不全", now=NOW)
    assert Recognition.objects.count() == 0


def test_refusing_twice_with_the_same_reason_refuses_once() -> None:
    year, officer = met_year(), make_user()
    first = refuse_year(ce_year_id=year.pk, actor=officer, reason="材料不全", now=NOW)
    assert refuse_year(ce_year_id=year.pk, actor=officer, reason="材料不全", now=NOW) == first
    assert (first.outcome, first.reason) == (RecognitionOutcome.REFUSED, "材料不全")


def test_refused_year_can_still_be_recognised_but_not_the_other_way() -> None:
    year, officer = met_year(), make_user()
    refuse_year(ce_year_id=year.pk, actor=officer, reason="材料不全", now=NOW)
    recognise_year(ce_year_id=year.pk, actor=officer, now=NOW + timedelta(days=1))
    with pytest.raises(AlreadyRecognisedError):
        refuse_year(ce_year_id=year.pk, actor=officer, reason="改主意", now=NOW + timedelta(days=2))


def test_sweep_recognises_what_a_crash_left_and_leaves_officers_their_work() -> None:
    left, waiting = met_year(), met_year(recognition="officer")
    assert recognise_met_years(now=NOW) == 1
    assert Recognition.objects.get().ce_year == left
    assert list(recognition_queue([left.authority, waiting.authority])) == [waiting]


def test_sweep_does_not_even_judge_what_waits_at_an_officer_s_desk(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    waiting = met_year(recognition="officer")
    tested = met_year(exam_required=True)
    with django_assert_num_queries(2):  # whose years wait, and under which policies
        assert recognise_met_years(now=NOW) == 0
    assert set(recognition_queue([waiting.authority, tested.authority])) == {waiting, tested}


def test_sweep_asks_for_the_policy_of_the_day_on_which_the_year_opened() -> None:
    year = met_year()
    later = date(2026, 3, 3)
    make_policy(authority=year.authority, effective_from=later, **{**DEMO_RULES, "recognition": "officer"})
    waiting = met_year(authority=year.authority, now=NOW + timedelta(days=2))
    assert recognise_met_years(now=NOW + timedelta(days=2)) == 1
    assert Recognition.objects.get().ce_year == year
    assert list(recognition_queue([year.authority])) == [waiting]


def test_sweep_looks_at_so_many_years_and_a_year_that_is_short_holds_up_no_other() -> None:
    short = make_ce_year()
    CeYear.objects.filter(pk=short.pk).update(met_at=NOW - timedelta(days=1))
    first, second = met_year(authority=short.authority), met_year(authority=short.authority)
    assert [recognise_met_years(now=NOW, limit=1) for _ in range(4)] == [0, 1, 1, 0]
    assert list(Recognition.objects.order_by("pk").values_list("ce_year_id", flat=True)) == [first.pk, second.pk]
    short.refresh_from_db()
    assert short.met_at is None


def test_queue_lists_the_newest_first_and_only_the_officer_s_authorities(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    older, newer, elsewhere = (met_year(recognition="officer") for _ in range(3))
    CeYear.objects.filter(pk=newer.pk).update(met_at=NOW + timedelta(minutes=1))
    CeYear.objects.filter(pk=elsewhere.pk).update(met_at=NOW + timedelta(minutes=2))
    make_ce_year(authority=older.authority)
    authorities = [older.authority, newer.authority]
    with django_assert_num_queries(2):
        listed = [
            (year.pk, year.learner.full_name, year.post.name, year.authority.name)
            for year in recognition_queue(authorities)
        ]
    assert [row[0] for row in listed] == [newer.pk, older.pk]


def test_decided_year_leaves_the_queue() -> None:
    year = met_year(recognition="officer")
    refuse_year(ce_year_id=year.pk, actor=make_user(), reason="材料不全", now=NOW)
    assert list(recognition_queue([year.authority])) == []
