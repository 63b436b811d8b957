"""What one year asks for, and how far it is met."""

from collections.abc import Sequence
from dataclasses import dataclass

from lms.lib.hour_rules import HourRules
from tracking.rules.ce_windows import CeWindow
from tracking.rules.clauses import Clause, in_order
from tracking.rules.credit_entries import BlockMinutes, CreditEntry, counts_for, once_a_lesson, sum_minutes

NOTHING = BlockMinutes()


@dataclass(frozen=True, slots=True)
class YearNeed:
    """Minutes asked for: in all, of the professional block at least, of the common block at most."""

    total: int
    professional: int
    common_max: int


@dataclass(frozen=True, slots=True)
class YearState:
    """One post's year. ``studied`` is what was earned in the window, ``counted`` what counts for the year.

    ``counted`` includes ``made_up`` (studied in a later year) and ``carried_in`` (from the year before), never more
    than the year needs. ``given_minutes`` went to other years, ``unused_minutes`` count nowhere, ``waiting_minutes``
    would count once make-up is approved.
    """

    window: CeWindow
    need: YearNeed
    studied: BlockMinutes
    counted: BlockMinutes
    made_up: BlockMinutes = NOTHING
    carried_in: BlockMinutes = NOTHING
    given_minutes: int = 0
    unused_minutes: int = 0
    waiting_minutes: int = 0
    clauses: tuple[Clause, ...] = ()

    @property
    def missing_minutes(self) -> int:
        """Minutes still missing in all."""
        return self.need.total - self.counted.total

    @property
    def missing_professional_minutes(self) -> int:
        """How many of the missing minutes must be professional."""
        return max(0, self.need.professional - self.counted.professional)

    @property
    def missing_either_minutes(self) -> int:
        """How many of the missing minutes may be of either block."""
        return self.missing_minutes - self.missing_professional_minutes

    @property
    def is_met(self) -> bool:
        """Whether nothing is missing. 32 学时 of which 20 professional: only 10 common count, so it is not met."""
        return self.missing_minutes == 0


def need_of(window: CeWindow, rules: HourRules) -> YearNeed:
    """A year's need; a legacy renewal asks for its own minutes, under the same cap of the common block."""
    if window.kind == "renewal":
        total = rules.renewal_min_minutes
        professional = max(0, total - rules.common_max_minutes)
    else:
        total = rules.annual_min_minutes
        professional = min(total, rules.professional_min_minutes)
    return YearNeed(total=total, professional=professional, common_max=total - professional)


def take(need: YearNeed, counted: BlockMinutes, offered: BlockMinutes) -> BlockMinutes:
    """What of ``offered`` a year can still use beside ``counted``.

    Common minutes first, up to their cap: whatever is left over is then professional, which other years can use best.
    """
    missing = need.total - counted.total
    missing_professional = max(0, need.professional - counted.professional)
    common_room = max(0, min(need.common_max - counted.common, missing - missing_professional))
    common = min(offered.common, common_room)
    return BlockMinutes(common, min(offered.professional, missing - common))


def year_state(entries: Sequence[CreditEntry], window: CeWindow, rules: HourRules, *, post: str) -> YearState:
    """One year by itself: have and need per block, from the entries earned inside the window.

    Make-up and carrying over need the neighbouring years: see ``ce_years.judge_years``.
    """
    own = once_a_lesson([entry for entry in entries if entry.earned_on in window and counts_for(entry, post, rules)])
    studied = sum_minutes(own)
    need = need_of(window, rules)
    counted = take(need, NOTHING, studied)
    return YearState(
        window=window,
        need=need,
        studied=studied,
        counted=counted,
        unused_minutes=(studied - counted).total,
        clauses=in_order(base_clauses(window, need, studied, own, post)),
    )


def base_clauses(
    window: CeWindow, need: YearNeed, studied: BlockMinutes, entries: Sequence[CreditEntry], post: str
) -> set[Clause]:
    """The clauses that decide a year by itself."""
    clauses = {Clause.PROFESSIONAL_MIN, Clause.RENEWAL_MIN if window.kind == "renewal" else Clause.ANNUAL_MIN}
    if studied.common > need.common_max:
        clauses.add(Clause.COMMON_MAX)
    if any(entry.block == "common" and entry.post != post for entry in entries):
        clauses.add(Clause.SHARED_COMMON_BLOCK)
    return clauses
