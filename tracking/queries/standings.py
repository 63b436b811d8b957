"""How a learner's years stand: minutes had and needed, by block."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Learner
from courses.queries import policy_in_force
from lms.lib.hour_rules import HourRules
from tracking.enums import CeYearKind, RecognitionOutcome
from tracking.models import CeYear, LedgerEntry, Recognition
from tracking.rules.ce_windows import CeWindow, WindowKind
from tracking.rules.ce_years import judge_years
from tracking.rules.credit_entries import Block, CreditEntry
from tracking.rules.year_state import YearState, year_state


@dataclass(frozen=True, slots=True)
class YearStanding:
    """One CE year, judged. All ``*_minutes`` are whole minutes; 学时 are ``rules.hour_minutes`` of them each.

    ``have_*`` is what counts for the year (the common block capped), ``studied_common_minutes`` what was studied of the
    common block in all; ``recognition`` is the newest decision, or None.
    """

    ce_year: CeYear
    rules: HourRules
    state: YearState
    recognition: Recognition | None

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
    def met(self) -> bool:
        """Whether the hours are complete."""
        return self.state.is_met

    @property
    def is_automatic(self) -> bool:
        """Whether the hours are recognised without a person; a test that the policy asks for needs a person to look."""
        return self.rules.recognition == "automatic" and not self.rules.exam_required


def year_standings(learner: Learner) -> list[YearStanding]:
    """Every CE year of the learner, oldest window first, ready to show.

    Three statements, and one for each authority and day on which a year was opened.
    """
    years = _years().filter(learner=learner)
    return standings_of(list(years.order_by("opens_on", "pk")))


def standing_of_year(ce_year: CeYear) -> YearStanding:
    """How one year stands. At most five statements."""
    return standings_of([ce_year])[0]


def standings_of(years: Sequence[CeYear]) -> list[YearStanding]:
    """Judge many years, in the order given, in as many statements as one.

    A year is judged under the rules in force on the day it was opened. A renewal stands by itself; annual years of one
    post stand together, because a policy may let one make up another.
    """
    if not years:
        return []
    family = _with_neighbours(years)
    rules = _rules_of(family)
    entries = _entries_of({year.learner_id for year in family})
    recognitions = _recognitions_of(years)
    states = _judge(family, rules, entries)
    return [YearStanding(year, rules[year.pk], states[year.pk], recognitions.get(year.pk)) for year in years]


def entries_of_year(ce_year: CeYear) -> QuerySet[LedgerEntry]:
    """The ledger entries that can count for a year, oldest first, each with its lesson and edition: one statement."""
    return (
        LedgerEntry.objects.filter(
            Q(post__isnull=True) | Q(post_id=ce_year.post_id),
            learner_id=ce_year.learner_id,
            earned_on__range=(ce_year.opens_on, ce_year.closes_on),
        )
        .select_related("lesson", "edition__course", "post")
        .order_by("earned_at", "pk")
    )


def _years() -> QuerySet[CeYear]:
    return CeYear.objects.select_related("post", "authority", "policy", "learner")


def _with_neighbours(years: Sequence[CeYear]) -> list[CeYear]:
    """The years and, for annual ones, the other annual years of the same certificate."""
    annual = [year for year in years if year.kind == CeYearKind.ANNUAL]
    found = {year.pk: year for year in years}
    if annual:
        wanted = Q(learner_id__in={y.learner_id for y in annual}, post_id__in={y.post_id for y in annual})
        for year in _years().filter(wanted, kind=CeYearKind.ANNUAL):
            found.setdefault(year.pk, year)
    return sorted(found.values(), key=lambda year: (year.opens_on, year.pk))


def _rules_of(years: Iterable[CeYear]) -> dict[int, HourRules]:
    known: dict[tuple[int, date], HourRules] = {}
    found: dict[int, HourRules] = {}
    for year in years:
        opened_on = timezone.localdate(year.opened_at)
        key = (year.authority_id, opened_on)
        if key not in known:
            known[key] = policy_in_force(authority=year.authority, on=opened_on)
        found[year.pk] = known[key]
    return found


def _entries_of(learner_ids: set[int]) -> dict[int, list[CreditEntry]]:
    found: dict[int, list[CreditEntry]] = defaultdict(list)
    rows = LedgerEntry.objects.filter(learner_id__in=learner_ids).order_by("earned_at", "pk")
    for learner_id, earned_on, minutes, block, post in rows.values_list(
        "learner_id", "earned_on", "minutes", "block", "post__code"
    ):
        entry = CreditEntry(earned_on=earned_on, minutes=minutes, block=cast(Block, str(block)), post=post)
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
    years: list[CeYear], rules: dict[int, HourRules], entries: dict[int, list[CreditEntry]]
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
        windows = [(window_of(year), rules[year.pk]) for year in chain]
        outcome = judge_years(post=chain[0].post.code, entries=entries[learner_id], years=windows, on=date.max)
        states.update({year.pk: state for year, state in zip(chain, outcome.years, strict=True)})
    return states


def rules_of_year(year: CeYear) -> HourRules:
    """The rules a year is judged under: those in force on the day it was opened; one statement."""
    return policy_in_force(authority=year.authority, on=timezone.localdate(year.opened_at))


def window_of(year: CeYear) -> CeWindow:
    """The year's window as the rules know it."""
    kind = cast(WindowKind, str(year.kind))
    return CeWindow(label=year.label, opens_on=year.opens_on, closes_on=year.closes_on, kind=kind)
