"""The hours rule: from entries, windows and policy to the state of every year and the certificate's standing.

Sources: 建办人函〔2020〕662号 and the provinces' notices cited in the policy rows; what differs by province comes in as
:class:`lms.lib.hour_rules.HourRules`.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from lms.lib.hour_rules import HourRules
from tracking.rules.ce_windows import CeWindow
from tracking.rules.clauses import Clause, in_order
from tracking.rules.credit_entries import BlockMinutes, CreditEntry, counts_for, once_a_lesson
from tracking.rules.rolling_test import RollingVerdict, judge_rolling
from tracking.rules.year_allocation import YearShare, allocate
from tracking.rules.year_state import YearState, base_clauses


@dataclass(frozen=True, slots=True)
class YearsOutcome:
    """The years of one certificate, oldest first, and its rolling groups.

    ``lapsed_after`` is the last day on which it was valid, None while it is.
    """

    years: tuple[YearState, ...]
    rolling: tuple[RollingVerdict, ...]
    lapsed_after: date | None

    @property
    def is_valid(self) -> bool:
        """Whether no rolling group failed."""
        return self.lapsed_after is None


def judge_years(
    *,
    post: str,
    entries: Sequence[CreditEntry],
    years: Sequence[tuple[CeWindow, HourRules]],
    on: date,
    approved_make_up: AbstractSet[int] = frozenset(),
) -> YearsOutcome:
    """Judge one post's consecutive annual windows, each under its own policy, as of the beginning of day ``on``.

    ``years`` holds every window opened by ``on``, oldest first, without gaps (``ce_windows`` gives them); later windows
    and later entries are left out of account. ``approved_make_up`` holds labels of years whose make-up an officer
    approved. 0 minutes in 2021 and 64 学时 in 2022 leave both met where make-up is allowed; else 2021 stays unmet and
    the certificate lapses when 2022 closes.
    """
    opened = [(window, rules) for window, rules in years if window.opens_on <= on]
    known = [entry for entry in entries if entry.earned_on <= on]
    own = [
        once_a_lesson([e for e in known if e.earned_on in window and counts_for(e, post, rules)])
        for window, rules in opened
    ]
    shares = allocate(opened, own, approved_make_up)
    if_approved = allocate(opened, own, {window.label for window, _ in opened})
    states = [
        _state(opened, shares, index, own[index], post, waiting=if_approved[index].made_up - share.made_up)
        for index, share in enumerate(shares)
    ]
    rolling = judge_rolling(opened, states, on)
    lapses = [verdict.lapsed_after for verdict in rolling if verdict.lapsed_after is not None]
    return YearsOutcome(years=tuple(states), rolling=rolling, lapsed_after=min(lapses, default=None))


def _state(
    years: Sequence[tuple[CeWindow, HourRules]],
    shares: Sequence[YearShare],
    index: int,
    entries: Sequence[CreditEntry],
    post: str,
    waiting: BlockMinutes,
) -> YearState:
    window, rules = years[index]
    share = shares[index]
    studied = share.own
    for offered in share.for_earlier.values():
        studied += offered
    clauses = base_clauses(window, share.need, studied, entries, post)
    if share.made_up.total:
        clauses.add(Clause.MAKE_UP)
    if share.carried_in.total:
        clauses.add(Clause.CARRY_OVER)
    if waiting.total > 0:
        clauses.add(Clause.MAKE_UP_NEEDS_APPROVAL)
    if share.unused.total and not rules.carry_over:
        clauses.add(Clause.NO_CARRY_OVER)
    is_short = share.counted.total < share.need.total
    if is_short and index + 1 < len(years) and shares[index + 1].unused.total:
        clauses |= set() if years[index + 1][1].make_up_allowed else {Clause.MAKE_UP_NOT_ALLOWED}
    return YearState(
        window=window,
        need=share.need,
        studied=studied,
        counted=share.counted,
        made_up=share.made_up,
        carried_in=share.carried_in,
        given_minutes=share.given_minutes,
        unused_minutes=share.unused.total,
        waiting_minutes=max(0, waiting.total),
        clauses=in_order(clauses),
    )
