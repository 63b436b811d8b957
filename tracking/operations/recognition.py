"""Recognise hours: by itself where the policy says so, else by an officer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import record_audit
from lms.lib.credit_hours import format_credit_hours
from lms.lib.errors import DomainError
from tracking.enums import RecognitionOutcome
from tracking.gateways import announce_recognition
from tracking.models import CeYear, Recognition
from tracking.operations.balances import keep_balances
from tracking.operations.healing import heal_each
from tracking.operations.locks import lock_learner, lock_learners
from tracking.queries import (
    YearStanding,
    held_year_ids,
    policy_key,
    standing_of_year,
    standings_of,
    standings_of_learners,
    unrecognised_years,
    with_approvals,
)


class HoursNotMetError(DomainError):
    """The year is short by ``missing_minutes``, of which ``missing_professional_minutes`` must be professional."""

    code = "hours_not_met"

    def __init__(self, standing: YearStanding) -> None:
        self.missing_minutes = standing.missing_minutes
        self.missing_professional_minutes = standing.missing_professional_minutes
        hour_minutes = standing.rules.hour_minutes
        super().__init__(
            _("学时尚未达标：还差 {missing} 学时，其中专业岗位知识 {professional} 学时。").format(
                missing=format_credit_hours(self.missing_minutes, hour_minutes=hour_minutes),
                professional=format_credit_hours(self.missing_professional_minutes, hour_minutes=hour_minutes),
            )
        )


class AlreadyRecognisedError(DomainError):
    """The year's hours are recognised; a recognition is not taken back by refusing."""

    code = "already_recognised"


class OwnYearError(DomainError):
    """Nobody decides on hours of one's own."""

    code = "own_year"


class ReasonMissingError(DomainError):
    """A refusal without a reason helps nobody."""

    code = "reason_missing"


@transaction.atomic(savepoint=False)
def settle_learner(*, learner_id: int, now: datetime) -> list[CeYear]:
    """Judge all years of a learner and keep their balances; mark those that became met, recognise those whose policy
    needs no person. Returns the years that became met now (safe to repeat).

    A year that is short again, because hours were taken back, is unmarked: it can be extended and made up as any other.
    Not so where its hours are recognised: a recognition already given stays. All years,
    because an entry may count for several posts, and for earlier and later years.
    """
    lock_learner(learner_id)
    return _settled([learner_id], now=now)


@transaction.atomic(savepoint=False)
def settle_learners(*, learner_ids: Collection[int], now: datetime) -> list[CeYear]:
    """:func:`settle_learner` for several, in as many statements as for one, but for the years that become met."""
    lock_learners(learner_ids)
    return _settled(learner_ids, now=now)


def _settled(learner_ids: Collection[int], *, now: datetime) -> list[CeYear]:
    """Judge the years of learners who are locked."""
    years = with_approvals().filter(learner_id__in=learner_ids).order_by("opens_on", "pk")
    standings = standings_of_learners(list(years.select_for_update(of=("self",), no_key=True)))
    keep_balances(standings, now=now)
    asked = [each.ce_year.pk for each in standings if _was_asked_in_vain(each.ce_year)]
    if asked:  # lapsed perhaps, and to be asked anew
        CeYear.objects.filter(pk__in=asked).update(unfollowed_since=F("closes_on"))
    met: list[CeYear] = []
    for standing in standings:
        year = standing.ce_year
        if standing.met and year.met_at is None and year.opens_on <= timezone.localdate(now):
            _mark_met(year, standing, now=now)
            met.append(year)
        elif not standing.met and year.met_at is not None and year.decision != RecognitionOutcome.RECOGNISED:
            _mark_unmet(year, standing, now=now)
    return met


@transaction.atomic
def recognise_year(*, ce_year_id: int, actor: User | None, now: datetime) -> Recognition:
    """Recognise a year's hours, or return the recognition that stands (safe to retry). ``actor`` None: by the policy.

    The counted minutes are frozen with the decision. What follows (the renewal) is woken after the commit.

    :raises HoursNotMetError: the year is short, perhaps because an entry was reversed since.
    :raises OwnYearError: the officer's own year.
    """
    year = _locked(ce_year_id, actor=actor)
    known: Recognition | None = Recognition.objects.filter(ce_year=year, outcome=RecognitionOutcome.RECOGNISED).first()
    if known is not None:
        return known
    standing = standing_of_year(year)
    if not standing.met:
        raise HoursNotMetError(standing)
    if year.met_at is None:
        year.met_at = now
        year.save(update_fields=["met_at"])
    recognition = _decide(year, standing, RecognitionOutcome.RECOGNISED, actor=actor, reason="", now=now)
    transaction.on_commit(partial(announce_recognition, year.pk), robust=True)
    return recognition


@transaction.atomic
def refuse_year(*, ce_year_id: int, actor: User, reason: str, now: datetime) -> Recognition:
    """Refuse a year's hours with a reason that the learner reads; the same refusal again returns the first.

    :raises ReasonMissingError: no reason.
    :raises AlreadyRecognisedError: the hours are recognised.
    :raises OwnYearError: the officer's own year.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissingError(_("请写明不予认定的理由，学员会看到这段文字。"))
    year = _locked(ce_year_id, actor=actor)
    standing = standing_of_year(year)
    newest = standing.recognition
    if newest is not None and newest.outcome == RecognitionOutcome.RECOGNISED:
        raise AlreadyRecognisedError(_("该年度学时已经认定，不能再改为不予认定。"))
    if newest is not None and newest.reason == reason[:300] and newest.decided_by_id == actor.pk:
        return newest
    return _decide(year, standing, RecognitionOutcome.REFUSED, actor=actor, reason=reason[:300], now=now)


def recognise_met_years(*, now: datetime, learner_id: int | None = None, limit: int = 500) -> int:
    """Recognise every year (of one learner) that is met, undecided and needs no person; returns how many.

    At most ``limit`` years are looked at, the longest waiting first. One that is short by now, because a policy or the
    ledger changed, is unmarked, so that it holds up no other.
    """
    years = unrecognised_years().select_related("learner", "post", "authority")
    if learner_id is not None:
        years = years.filter(learner_id=learner_id)
    standings = standings_of(list(years[:limit]))
    short = {each.ce_year.learner_id for each in standings if not each.met}
    heal_each(sorted(short), lambda pk: settle_learner(learner_id=pk, now=now))
    met = [each.ce_year.pk for each in standings if each.met]
    return heal_each(met, lambda pk: recognise_year(ce_year_id=pk, actor=None, now=now))


def _was_asked_in_vain(year: CeYear) -> bool:
    return year.unfollowed_since is not None and year.unfollowed_since > year.closes_on


def _mark_met(year: CeYear, standing: YearStanding, *, now: datetime) -> None:
    year.met_at = now
    year.save(update_fields=["met_at"])
    detail = {"common": standing.have_common_minutes, "professional": standing.have_professional_minutes}
    record_audit(actor=None, action="ce_year.met", target=year, detail=detail, now=now)
    if standing.is_automatic and not held_year_ids([year.pk]):
        recognise_year(ce_year_id=year.pk, actor=None, now=now)


def _mark_unmet(year: CeYear, standing: YearStanding, *, now: datetime) -> None:
    detail = {"met_at": str(year.met_at), "missing": standing.missing_minutes}
    year.met_at = None
    year.save(update_fields=["met_at"])
    record_audit(actor=None, action="ce_year.unmet", target=year, detail=detail, now=now)


def _decide(
    year: CeYear,
    standing: YearStanding,
    outcome: RecognitionOutcome,
    *,
    actor: User | None,
    reason: str,
    now: datetime,
) -> Recognition:
    recognition = Recognition.objects.create(
        ce_year=year,
        outcome=outcome,
        common_minutes=standing.have_common_minutes,
        professional_minutes=standing.have_professional_minutes,
        policy_id=policy_key(standing.rules),
        decided_at=now,
        decided_by=actor,
        reason=reason,
    )
    detail = {"common": recognition.common_minutes, "professional": recognition.professional_minutes, "reason": reason}
    year.decision = outcome
    year.save(update_fields=["decision"])
    action = "ce_year.recognise" if outcome == RecognitionOutcome.RECOGNISED else "ce_year.refuse"
    record_audit(actor=actor, action=action, target=year, detail=detail, now=now)
    return recognition


def _locked(ce_year_id: int, *, actor: User | None) -> CeYear:
    """The year, locked after its learner: what concerns one learner's hours happens one after another."""
    lock_learner(CeYear.objects.values_list("learner_id", flat=True).get(pk=ce_year_id))
    years = CeYear.objects.select_for_update(of=("self",), no_key=True).select_related("authority", "post", "learner")
    year = years.get(pk=ce_year_id)
    if actor is not None and year.learner.user_id == actor.pk:
        raise OwnYearError(_("不能认定本人的学时，请交由其他工作人员。"))
    return year
