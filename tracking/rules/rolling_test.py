"""The rolling test: so many years together ask for so many hours, else the certificate is no longer valid.

Each year brings what counted for it, so surplus of one year does not hide the lack of another unless the policy lets it
make up or carry over. A group is judged when its last year has closed. A shortfall that may still be made up in a later
year keeps the group *open* until that year has closed too: making up would otherwise come too late by definition.

A group never asks for more than its years together: where the minimum rose from 24 to 32 学时 between them, 64 would be
out of everybody's reach, and whoever met both years keeps the certificate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from lms.lib.hour_rules import HourRules
from tracking.rules.ce_windows import CeWindow
from tracking.rules.clauses import Clause, in_order
from tracking.rules.year_allocation import permits_make_up
from tracking.rules.year_state import YearState

RollingStatus: TypeAlias = Literal["met", "open", "failed"]


@dataclass(frozen=True, slots=True)
class RollingVerdict:
    """One group of consecutive years. ``lapsed_after`` is the last day of validity where the group failed."""

    labels: tuple[int, ...]
    counted_minutes: int
    needed_minutes: int
    status: RollingStatus
    lapsed_after: date | None
    clauses: tuple[Clause, ...]


def judge_rolling(
    years: Sequence[tuple[CeWindow, HourRules]], states: Sequence[YearState], on: date
) -> tuple[RollingVerdict, ...]:
    """Every group of consecutive years as it stands at the beginning of day ``on``, oldest first.

    The size of a group and its hours are those of its last year's policy; a policy of 0 years has no such test.
    """
    verdicts: list[RollingVerdict] = []
    for last, (_, rules) in enumerate(years):
        first = last - rules.rolling_years + 1
        if rules.rolling_years > 0 and first >= 0:
            verdicts.append(_judge_group(years, states, range(first, last + 1), on))
    return tuple(verdicts)


def _judge_group(
    years: Sequence[tuple[CeWindow, HourRules]], states: Sequence[YearState], group: range, on: date
) -> RollingVerdict:
    last_window, rules = years[group[-1]]
    needed = min(rules.rolling_min_minutes, sum(states[index].need.total for index in group))
    counted = sum(states[index].counted.total for index in group)
    clauses = {Clause.ROLLING_MIN}
    status: RollingStatus = "met"
    lapsed_after = None
    if counted < needed:
        final_days = {index: _final_day(years, index) for index in group}
        for day in sorted({max(day, last_window.closes_on) for day in final_days.values()}):
            at_best = sum(_at_best(states[index], is_final=final_days[index] <= day) for index in group)
            if day < on and at_best < needed:
                lapsed_after = day
                break
        status = "open" if lapsed_after is None else "failed"
        clauses |= {clause for index in group for clause in states[index].clauses if clause in _EXPLAINING}
    return RollingVerdict(
        labels=tuple(years[index][0].label for index in group),
        counted_minutes=counted,
        needed_minutes=needed,
        status=status,
        lapsed_after=lapsed_after,
        clauses=in_order(clauses),
    )


_EXPLAINING = frozenset({Clause.NO_CARRY_OVER, Clause.MAKE_UP_NOT_ALLOWED, Clause.MAKE_UP_NEEDS_APPROVAL})


def _at_best(state: YearState, *, is_final: bool) -> int:
    """The most that a year can still bring: all that it needs, or, once final, what counts or waits for approval."""
    return state.counted.total + state.waiting_minutes if is_final else state.need.total


def _final_day(years: Sequence[tuple[CeWindow, HourRules]], index: int) -> date:
    """The last day on which study can still count for a year: its own, or that of the last year that may make it up."""
    if permits_make_up(years[-1][1], len(years) - index):
        return date.max
    day = years[index][0].closes_on
    for later in range(index + 1, len(years)):
        if permits_make_up(years[later][1], later - index):
            day = years[later][0].closes_on
    return day
