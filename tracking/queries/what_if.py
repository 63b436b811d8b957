"""What the hours rule would say of a made-up certificate: nothing is read but policies, nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from django.utils.translation import gettext as _

from accounts.models import Authority
from courses.queries import NoPolicyError, policy_book
from lms.lib.hour_rules import HourRules
from tracking.queries.clause_texts import ClauseText, clause_texts
from tracking.rules.ce_windows import CeWindow, ce_windows
from tracking.rules.ce_years import judge_years
from tracking.rules.credit_entries import Block, CreditEntry
from tracking.rules.legacy_renewal import LegacyVerdict, judge_legacy_renewal
from tracking.rules.rolling_test import RollingVerdict
from tracking.rules.year_state import YearState

Certificate: TypeAlias = Literal["new", "renewed", "legacy"]
POST = "what-if"


@dataclass(frozen=True, slots=True)
class SupposedStudy:
    """So many 学时 of one block on one day."""

    on: date
    hours: Decimal
    block: Block


@dataclass(frozen=True, slots=True)
class Supposition:
    """A certificate and what was studied for it, judged at the beginning of day ``on``.

    ``claimed_on`` is asked of an old certificate (``legacy``) alone. ``policy_on``: the rules of that day hold for
    everything; without it each year is judged by the rules of its first day. ``changes`` replaces fields of the rules
    by hand. ``approved`` are labels of years whose make-up is approved.
    """

    authority: Authority
    certificate: Certificate
    issued_on: date
    on: date
    claimed_on: date | None = None
    policy_on: date | None = None
    changes: Mapping[str, Any] | None = None
    study: Sequence[SupposedStudy] = ()
    approved: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class SupposedYear:
    """One annual window, judged; ``is_running`` says that it is not over."""

    window: CeWindow
    rules: HourRules
    state: YearState
    clauses: tuple[ClauseText, ...]
    is_running: bool


@dataclass(frozen=True, slots=True)
class SupposedGroup:
    """One group of the rolling test, judged under ``rules``."""

    verdict: RollingVerdict
    rules: HourRules
    clauses: tuple[ClauseText, ...]


@dataclass(frozen=True, slots=True)
class SupposedOutcome:
    """What the rule says. ``legacy`` is set for an old certificate, the rest for the others.

    ``unjudged`` are windows before the first policy.
    """

    years: tuple[SupposedYear, ...] = ()
    groups: tuple[SupposedGroup, ...] = ()
    lapsed_after: date | None = None
    unjudged: tuple[CeWindow, ...] = ()
    legacy: LegacyVerdict | None = None
    legacy_rules: HourRules | None = None
    legacy_clauses: tuple[ClauseText, ...] = ()


def suppose(supposition: Supposition) -> SupposedOutcome:
    """Judge a supposition by the very rules that judge certificates; one statement, for the policies.

    :raises NoPolicyError: the authority has no complete policy on a day that must be judged.
    """
    book = policy_book([supposition.authority])
    changes = dict(supposition.changes or {})

    def rules_on(day: date) -> HourRules:
        rules = book.in_force(authority=supposition.authority, on=supposition.policy_on or day)
        if not changes:
            return rules
        return replace(rules, **changes, source=_("{source}（含手工改动）").format(source=rules.source), verified=False)

    entries = [_entry(study, rules_on) for study in supposition.study]
    if supposition.certificate == "legacy":
        return _legacy(supposition, entries, rules_on)
    return _years(supposition, supposition.certificate, entries, rules_on)


def _years(
    supposition: Supposition,
    origin: Literal["new", "renewed"],
    entries: Sequence[CreditEntry],
    rules_on: Callable[[date], HourRules],
) -> SupposedOutcome:
    """Judge the annual windows of a certificate that is not old; those of before the first policy are named."""
    first = _first_rules(supposition.issued_on, supposition.on, rules_on)
    windows = ce_windows(issued_on=supposition.issued_on, origin=origin, rules=first, until=supposition.on)
    years: list[tuple[CeWindow, HourRules]] = []
    unjudged: list[CeWindow] = []
    for window in windows:
        try:
            years.append((window, rules_on(window.opens_on)))
        except NoPolicyError:
            unjudged.append(window)
    outcome = judge_years(
        post=POST, entries=entries, years=years, on=supposition.on, approved_make_up=supposition.approved
    )
    rules_of = {window.label: rules for window, rules in years}
    return SupposedOutcome(
        years=tuple(
            SupposedYear(
                window=state.window,
                rules=rules_of[state.window.label],
                state=state,
                clauses=clause_texts(state.clauses, rules_of[state.window.label]),
                is_running=supposition.on <= state.window.closes_on,
            )
            for state in outcome.years
        ),
        groups=tuple(_group(verdict, rules_of[verdict.labels[-1]]) for verdict in outcome.rolling),
        lapsed_after=outcome.lapsed_after,
        unjudged=tuple(unjudged),
    )


def _group(verdict: RollingVerdict, rules: HourRules) -> SupposedGroup:
    return SupposedGroup(verdict=verdict, rules=rules, clauses=clause_texts(verdict.clauses, rules))


def _first_rules(issued_on: date, on: date, rules_on: Callable[[date], HourRules]) -> HourRules:
    """The rules of the day of issue, which say with which year a certificate begins; before all policies, of ``on``."""
    try:
        return rules_on(issued_on)
    except NoPolicyError:
        return rules_on(on)


def _entry(study: SupposedStudy, rules_on: Callable[[date], HourRules]) -> CreditEntry:
    """The entry of a study; minutes are cut to whole ones."""
    minutes = int(study.hours * rules_on(study.on).hour_minutes)
    post = None if study.block == "common" else POST
    return CreditEntry(earned_on=study.on, minutes=minutes, block=study.block, post=post)


def _legacy(
    supposition: Supposition, entries: Sequence[CreditEntry], rules_on: Callable[[date], HourRules]
) -> SupposedOutcome:
    claimed_on = supposition.claimed_on or supposition.on
    rules = rules_on(supposition.on)
    verdict = judge_legacy_renewal(
        issued_on=supposition.issued_on,
        claimed_on=claimed_on,
        on=supposition.on,
        entries=entries,
        post=POST,
        rules=rules,
    )
    clauses = clause_texts(verdict.clauses, rules)
    return SupposedOutcome(legacy=verdict, legacy_rules=rules, legacy_clauses=clauses)
