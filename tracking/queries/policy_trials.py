"""What a changed policy would do to the years that are not recognised yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

from django.db.models import Q, QuerySet

from accounts.models import Authority
from courses.queries import PolicyBook, policy_book
from lms.lib.hour_rules import HourRules
from tracking.enums import CeYearKind, RecognitionOutcome
from tracking.models import CeYear
from tracking.queries.standings import YearStanding, standings_of
from tracking.rules.ce_windows import last_renewal_day

Effect: TypeAlias = Literal["gained", "lost", "reopened", "extended", "eased", "tightened", "unchanged"]
BATCH = 500


@dataclass(frozen=True, slots=True)
class PolicyTrial:
    """The policies as they stand and as they would be, of one authority, seen on the day ``today``."""

    authority: Authority
    effective_from: date
    today: date
    before: PolicyBook
    after: PolicyBook

    @property
    def rules(self) -> HourRules:
        """The changed rules on the day from which they would hold."""
        return self.after.in_force(authority=self.authority, on=self.effective_from)

    @property
    def last_renewal_day(self) -> date:
        """The last day of legacy renewals, with its grace, once the change holds."""
        on = max(self.today, self.effective_from)
        return last_renewal_day(self.after.in_force(authority=self.authority, on=on))


@dataclass(frozen=True, slots=True)
class TrialLine:
    """One year before and after."""

    before: YearStanding
    after: YearStanding
    effect: Effect


def policy_trial(*, authority: Authority, effective_from: date, changes: Mapping[str, Any], today: date) -> PolicyTrial:
    """Prepare a trial: the authority's rules with ``changes`` from one day on; one statement.

    :raises courses.queries.NoPolicyError: no complete policy is in force on that day.
    """
    before = policy_book([authority])
    before.in_force(authority=authority, on=effective_from)
    after = before.changed(authority=authority, effective_from=effective_from, changes=changes)
    return PolicyTrial(authority, effective_from, today, before, after)


def years_on_trial(authority: Authority, *, today: date) -> QuerySet[CeYear]:
    """The years that a policy may still touch: not over or, of renewals, not met; without the recognised ones."""
    years = CeYear.objects.filter(
        Q(closes_on__gte=today) | Q(kind=CeYearKind.RENEWAL, met_at__isnull=True), authority=authority
    )
    return years.exclude(decision=RecognitionOutcome.RECOGNISED)


def trial_lines(trial: PolicyTrial, years: Sequence[CeYear]) -> list[TrialLine]:
    """Judge ``years`` under both policies, in the order given; six statements, however many."""
    before = standings_of(years, book=trial.before)
    after = standings_of([_extended(year, trial) for year in years], book=trial.after)
    return [
        TrialLine(before=old, after=new, effect=_effect(old, new, trial))
        for old, new in zip(before, after, strict=True)
    ]


def trial_batches(trial: PolicyTrial) -> Iterator[list[TrialLine]]:
    """Every year on trial, judged 500 at a time, oldest row first: memory does not grow with their number."""
    years = years_on_trial(trial.authority, today=trial.today).select_related("learner", "post", "authority")
    last = 0
    while batch := list(years.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield trial_lines(trial, batch)
        last = batch[-1].pk


def _extended(year: CeYear, trial: PolicyTrial) -> CeYear:
    """The renewal's window as it would grow; a window never shrinks, and a met one stays."""
    if year.kind != CeYearKind.RENEWAL or year.met_at is not None or trial.last_renewal_day <= year.closes_on:
        return year
    grown = copy(year)
    grown.closes_on = trial.last_renewal_day
    return grown


def _effect(before: YearStanding, after: YearStanding, trial: PolicyTrial) -> Effect:
    if before.met != after.met:
        return "gained" if after.met else "lost"
    if after.ce_year.closes_on > before.ce_year.closes_on:
        return "reopened" if before.ce_year.closes_on < trial.today else "extended"
    old = (before.missing_minutes, before.missing_professional_minutes)
    new = (after.missing_minutes, after.missing_professional_minutes)
    if new == old:
        return "unchanged"
    return "eased" if new < old else "tightened"
