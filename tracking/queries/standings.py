"""How a learner's years stand: minutes had and needed, by block."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.db.models import Q, QuerySet

from accounts.models import Learner
from courses.queries import PolicyBook, policy_book, policy_in_force
from lms.lib.hour_rules import HourRules
from tracking.enums import CeYearKind, RecognitionOutcome
from tracking.models import CeYear, LedgerEntry, MakeUpApproval, Recognition
from tracking.queries.recognition import needs_no_person
from tracking.queries.suspicion import with_holds
from tracking.rules.ce_windows import CeWindow, WindowKind
from tracking.rules.ce_years import judge_years
from tracking.rules.credit_entries import Block, CreditEntry
from tracking.rules.rolling_test import RollingVerdict, judge_rolling
from tracking.rules.year_state import YearState, year_state


@dataclass(frozen=True, slots=True)
class YearStanding:
    """One CE year, judged. All ``*_minutes`` are whole minutes; 学时 are ``rules.hour_minutes`` of them each.

    ``have_*`` is what counts for the year (the common block capped), ``studied_common_minutes`` what was studied of the
    common block in all; ``recognition`` is the newest decision, ``make_up_approval`` an officer's leave to make the
    year up later; each None where there is none.
    """

    ce_year: CeYear
    rules: HourRules
    state: YearState
    recognition: Recognition | None
    make_up_approval: MakeUpApproval | None = None

    @property
    def need_minutes(self) -> int:
        """Minutes the year asks for in all."""
        return self.state.need.total

    @property
    def need_professional_minutes(self) -> int:
        """Minutes of these that must be professional."""
        return self.state.need.professional

    @property
    def common_max_minutes(self) -> int:
        """Most minutes of the common block that count."""
        return self.state.need.common_max

    @property
    def have_minutes(self) -> int:
        """Minutes that count, of both blocks."""
        return self.state.counted.total

    @property
    def have_common_minutes(self) -> int:
        """Minutes of the common block that count, capped."""
        return self.state.counted.common

    @property
    def have_professional_minutes(self) -> int:
        """Minutes of the professional block that count."""
        return self.state.counted.professional

    @property
    def studied_common_minutes(self) -> int:
        """Minutes of the common block studied in the window, whether they count or not."""
        return self.state.studied.common

    @property
    def missing_minutes(self) -> int:
        """Minutes still missing in all."""
        return self.state.missing_minutes

    @property
    def missing_professional_minutes(self) -> int:
        """Minutes of these that must be professional."""
        return self.state.missing_professional_minutes

    @property
    def missing_either_minutes(self) -> int:
        """Minutes still missing that may be of either block."""
        return self.state.missing_either_minutes

    @property
    def waiting_minutes(self) -> int:
        """Minutes of later years that would count once make-up is approved."""
        return self.state.waiting_minutes

    @property
    def missing_if_approved_minutes(self) -> int:
        """Minutes that would still be missing once make-up is approved."""
        return max(0, self.missing_minutes - self.waiting_minutes)

    @property
    def met(self) -> bool:
        """Whether the hours are complete."""
        return self.state.is_met

    @property
    def is_automatic(self) -> bool:
        """Whether the hours are recognised without a person."""
        return needs_no_person(self.rules) and not self.is_held

    @property
    def is_held(self) -> bool:
        """Whether a case of suspicion leaves the year to a person; said where :func:`year_standings` has asked."""
        return bool(getattr(self.ce_year, "is_held", False))


def year_standings(learner: Learner) -> list[YearStanding]:
    """Every CE year of the learner, oldest window first, ready to show. Four statements at most."""
    years = list(with_holds(with_approvals().filter(learner=learner)).order_by("opens_on", "pk"))
    return standings_of_learners(years)


def standing_of_year(ce_year: CeYear) -> YearStanding:
    """How one year stands. At most four statements."""
    return standings_of([ce_year])[0]


def standings_of(years: Sequence[CeYear], *, book: PolicyBook | None = None) -> list[YearStanding]:
    """Judge many years, in the order given, in as many statements as one.

    A year is judged under the rules in force on the day it opens: for a renewal the day of the claim (a later version
    may extend it), for an annual year its first day. A rule that changes in the middle of a year begins with the next
    one. A renewal stands by itself; annual years of one post stand together, because a policy may let one make up
    another. ``book`` takes the place of the dated policies that stand in the database.
    """
    return _judged(years, _with_neighbours(years), book)


def standings_of_learners(years: Sequence[CeYear]) -> list[YearStanding]:
    """Judge ``years``, oldest first: all the years of some learners, read as :func:`with_approvals` reads them.

    Three statements.
    """
    return _judged(years, years, None)


def rolling_verdicts(standings: Iterable[YearStanding], *, on: date) -> tuple[RollingVerdict, ...]:
    """The rolling test of one certificate at the beginning of day ``on``, oldest group first; no statement.

    ``standings`` are its years, oldest first; those that are no annual years, or open later, are left out.
    """
    opened = [each for each in standings if each.ce_year.kind == CeYearKind.ANNUAL and each.ce_year.opens_on <= on]
    years = [(window_of(each.ce_year), each.rules) for each in opened]
    return judge_rolling(years, [each.state for each in opened], on)


def entries_of_year(ce_year: CeYear) -> QuerySet[LedgerEntry]:
    """The ledger entries that can count for a year, oldest first, each with its lesson or training: one statement."""
    return (
        LedgerEntry.objects.filter(
            Q(post__isnull=True) | Q(post_id=ce_year.post_id),
            learner_id=ce_year.learner_id,
            earned_on__range=(ce_year.opens_on, ce_year.closes_on),
        )
        .select_related("lesson", "edition__course", "post", "offline_study")
        .order_by("earned_at", "pk")
    )


def with_approvals() -> QuerySet[CeYear]:
    """Years with learner, post, authority and, where there is one, the approval of their make-up."""
    return CeYear.objects.select_related("post", "authority", "learner", "make_up_approval")


def approval_of(year: CeYear) -> MakeUpApproval | None:
    """The approval of a year's make-up, or None; no statement for a year of :func:`with_approvals`."""
    approval: MakeUpApproval | None = getattr(year, "make_up_approval", None)
    return approval


def _with_neighbours(years: Sequence[CeYear]) -> list[CeYear]:
    """The years and, for annual ones, the other annual years of the same certificate."""
    annual = [year for year in years if year.kind == CeYearKind.ANNUAL]
    found = {year.pk: year for year in years}
    if annual:
        wanted = Q(learner_id__in={y.learner_id for y in annual}, post_id__in={y.post_id for y in annual})
        found.update({year.pk: year for year in with_approvals().filter(wanted, kind=CeYearKind.ANNUAL)})
    return sorted(found.values(), key=lambda year: (year.opens_on, year.pk))


def _judged(years: Sequence[CeYear], family: Sequence[CeYear], book: PolicyBook | None) -> list[YearStanding]:
    """Judge ``years``; ``family`` are they and the years beside them, oldest first, the annual ones with approvals."""
    if not years:
        return []
    rules = _rules_of(family, book or policy_book({year.authority for year in family}))
    entries = credit_entries_of({year.learner_id for year in family})
    approvals = {
        year.pk: approval for year in family if year.kind == CeYearKind.ANNUAL and (approval := approval_of(year))
    }
    recognitions = _recognitions_of(years)
    states = _judge(family, rules, entries, approvals.keys())
    return [
        YearStanding(year, rules[year.pk], states[year.pk], recognitions.get(year.pk), approvals.get(year.pk))
        for year in years
    ]


def _rules_of(years: Iterable[CeYear], book: PolicyBook) -> dict[int, HourRules]:
    return {year.pk: book.in_force(authority=year.authority, on=year.opens_on) for year in years}


def credit_entries_of(learner_ids: set[int]) -> dict[int, list[CreditEntry]]:
    """The ledger of each learner as the rules see it, oldest first; one statement."""
    found: dict[int, list[CreditEntry]] = defaultdict(list)
    entries = LedgerEntry.objects.filter(learner_id__in=learner_ids).order_by("earned_at", "pk")
    columns = ("learner_id", "earned_on", "minutes", "block", "post__code", "lesson_key", "pk", "reverses_id")
    rows = list(entries.values_list(*columns))
    reversed_keys = {row[-1] for row in rows}
    for learner_id, earned_on, minutes, block, post, lesson_key, pk, _ in rows:
        entry = CreditEntry(
            earned_on=earned_on,
            minutes=minutes,
            block=cast(Block, str(block)),
            post=post,
            lesson_key=lesson_key,
            is_reversed=pk in reversed_keys,
        )
        found[learner_id].append(entry)
    return found


def _recognitions_of(years: Sequence[CeYear]) -> dict[int, Recognition]:
    """The recognition of each year, or else its newest refusal."""
    rows = Recognition.objects.filter(ce_year__in=[year.pk for year in years]).order_by("decided_at", "pk")
    found: dict[int, Recognition] = {}
    for row in rows:
        standing = found.get(row.ce_year_id)
        if standing is None or standing.outcome != RecognitionOutcome.RECOGNISED:
            found[row.ce_year_id] = row
    return found


def _judge(
    years: Sequence[CeYear],
    rules: dict[int, HourRules],
    entries: dict[int, list[CreditEntry]],
    approved: AbstractSet[int],
) -> dict[int, YearState]:
    states: dict[int, YearState] = {}
    chains: dict[tuple[int, int, int], list[CeYear]] = defaultdict(list)
    for year in years:
        if year.kind == CeYearKind.ANNUAL:
            chains[year.learner_id, year.post_id, year.authority_id].append(year)
        else:
            own = entries[year.learner_id]
            states[year.pk] = year_state(own, window_of(year), rules[year.pk], post=year.post.code)
    for (learner_id, _, _), chain in chains.items():
        outcome = judge_years(
            post=chain[0].post.code,
            entries=entries[learner_id],
            years=[(window_of(year), rules[year.pk]) for year in chain],
            on=date.max,
            approved_make_up={year.label for year in chain if year.pk in approved},
        )
        states.update({year.pk: state for year, state in zip(chain, outcome.years, strict=True)})
    return states


def rules_of_year(year: CeYear) -> HourRules:
    """The rules a year is judged under: those in force on the day it opens; one statement."""
    return policy_in_force(authority=year.authority, on=year.opens_on)


def window_of(year: CeYear) -> CeWindow:
    """The year's window as the rules know it."""
    kind = cast(WindowKind, str(year.kind))
    return CeWindow(label=year.label, opens_on=year.opens_on, closes_on=year.closes_on, kind=kind)
