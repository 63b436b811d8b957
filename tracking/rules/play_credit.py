"""How watching becomes credit: the server's clock decides, the player only claims.

**The bound.** A lease earns at most the server time elapsed since it was opened × the policy's highest rate. Beyond
that a learner has a tolerance of :data:`DAILY_TOLERANCE_MS` *a day*, not a lease: what a lease is ahead of the clock
is booked to the day, so a thousand leases opened one after another gain no more than one. Proof: at its last report a
lease's credit is at most ``elapsed × rate + ahead``; ``ahead`` is the sum of its changes from report to report, and
every rise was booked to a day.

**Never twice.** A lesson's credit is the union of the intervals credited; a report whose sequence number is not newer
than the last one changes nothing. Reports are cumulative since the last acknowledged one, so an overtaken report adds
nothing.

**Hidden pages.** What plays while the page is hidden is not counted: the policy's evidence is that the lesson was
watched, and a hidden page cannot show a challenge either. The learner sees it under its own reason and loses nothing
already counted.

Every claimed millisecond is either credited or counted under one reason; the sums agree.
"""

from dataclasses import dataclass, replace

from lms.lib.hour_rules import HourRules
from tracking.enums import NotCountedReason
from tracking.rules.intervals import Interval, Intervals, add_within_budget, subtract, total
from tracking.rules.play_report import PlayReport

DAILY_TOLERANCE_MS = 5_000


@dataclass(frozen=True, slots=True)
class PlayLimits:
    """What the policy allows: rate in thousandths, daily cap in milliseconds (0 = none), tolerance a day."""

    rate_permille: int
    daily_cap_ms: int
    tolerance_ms: int = DAILY_TOLERANCE_MS


@dataclass(frozen=True, slots=True)
class LeaseState:
    """A play lease, in milliseconds of the server's clock. ``last_sequence`` starts at -1."""

    opened_at_ms: int
    last_heard_at_ms: int
    last_sequence: int
    credited_ms: int
    is_ended: bool = False


@dataclass(frozen=True, slots=True)
class DayState:
    """One learner's day: credited in all, and how much of the tolerance is spent."""

    credited_ms: int
    tolerance_spent_ms: int


@dataclass(frozen=True, slots=True)
class CreditOutcome:
    """The states after a report. ``ignored`` says why a whole report changed nothing, None when it was used."""

    lease: LeaseState
    day: DayState
    coverage: Intervals
    credited_ms: int
    not_counted: dict[NotCountedReason, int]
    ignored: NotCountedReason | None = None


def limits_of(rules: HourRules) -> PlayLimits:
    """The play limits of a resolved policy."""
    return PlayLimits(rate_permille=int(rules.max_rate * 1000), daily_cap_ms=rules.daily_cap_minutes * 60_000)


def credit_report(
    *,
    lease: LeaseState,
    day: DayState,
    coverage: Intervals,
    duration_ms: int,
    limits: PlayLimits,
    report: PlayReport,
    now_ms: int,
) -> CreditOutcome:
    """Credit what ``report`` claims, as far as the clock, the lesson and the day allow.

    ``coverage`` is what was credited of this lesson before, ``duration_ms`` its checked length. A report received 30
    s after a lease was opened earns at most 30 s (and what is left of the day's tolerance), whatever it claims. When
    the clock or the cap cuts a claim, its beginning is credited, in playing order. A server clock that stepped back
    counts as standing.
    """
    if report.sequence <= lease.last_sequence:
        return CreditOutcome(lease, day, coverage, 0, {}, ignored=NotCountedReason.WRONG_SEQUENCE)
    now_ms = max(now_ms, lease.last_heard_at_ms)
    heard = replace(lease, last_heard_at_ms=now_ms, last_sequence=report.sequence)
    refusal = _refusal(lease, limits, report)
    if refusal is not None:
        claimed_ms = sum(end - start for start, end in report.intervals)
        return CreditOutcome(heard, day, coverage, 0, {refusal: claimed_ms} if claimed_ms else {})

    clock_left = _clock_left(lease, day, limits, now_ms)
    cap_left = max(0, limits.daily_cap_ms - day.credited_ms) if limits.daily_cap_ms else clock_left
    coverage, credited, not_counted = _fold(
        coverage, report.intervals, duration_ms=duration_ms, clock_left=clock_left, cap_left=cap_left
    )
    folded = replace(heard, credited_ms=lease.credited_ms + credited)
    spent = max(0, _ahead(folded, limits) - _ahead(lease, limits))
    return CreditOutcome(
        lease=folded,
        day=DayState(day.credited_ms + credited, day.tolerance_spent_ms + spent),
        coverage=coverage,
        credited_ms=credited,
        not_counted=not_counted,
    )


def is_complete(coverage: Intervals, required_seconds: int) -> bool:
    """Whether enough of a lesson was watched. 55 s required: 55,000 ms covered is complete, 54,999 ms is not."""
    return total(coverage) >= required_seconds * 1000


def _refusal(lease: LeaseState, limits: PlayLimits, report: PlayReport) -> NotCountedReason | None:
    """The reason for which nothing of a readable, new report counts."""
    if lease.is_ended:
        return NotCountedReason.LEASE_ENDED
    if not report.visible:
        return NotCountedReason.HIDDEN_PAGE
    if report.rate_permille > limits.rate_permille:
        return NotCountedReason.TOO_FAST_PLAYBACK
    return None


def _allowed_by_clock(lease: LeaseState, limits: PlayLimits, now_ms: int) -> int:
    return max(0, now_ms - lease.opened_at_ms) * limits.rate_permille // 1000


def _ahead(lease: LeaseState, limits: PlayLimits) -> int:
    """By how much the lease was ahead of the clock when it was last heard; the day's tolerance has paid for it."""
    return max(0, lease.credited_ms - _allowed_by_clock(lease, limits, lease.last_heard_at_ms))


def _clock_left(lease: LeaseState, day: DayState, limits: PlayLimits, now_ms: int) -> int:
    """What may still be credited now: the clock's allowance, what is already paid for, and the tolerance left."""
    tolerance_left = max(0, limits.tolerance_ms - day.tolerance_spent_ms)
    allowed = _allowed_by_clock(lease, limits, now_ms) + _ahead(lease, limits) + tolerance_left
    return max(0, allowed - lease.credited_ms)


def _fold(
    coverage: Intervals, claims: tuple[Interval, ...], *, duration_ms: int, clock_left: int, cap_left: int
) -> tuple[Intervals, int, dict[NotCountedReason, int]]:
    """Fold the claims into the coverage within the smaller of both budgets; account for every millisecond."""
    budget = min(clock_left, cap_left)
    outside = covered = fresh = credited = 0
    for start, end in claims:
        inside = (min(start, duration_ms), min(end, duration_ms))
        inside_ms = inside[1] - inside[0]
        fresh_ms = total(subtract((inside,), coverage)) if inside_ms else 0
        outside += end - start - inside_ms
        covered += inside_ms - fresh_ms
        fresh += fresh_ms
        coverage, added = add_within_budget(coverage, inside, budget - credited)
        credited += added
    beyond_clock = max(0, fresh - clock_left)
    counts = {
        NotCountedReason.OUTSIDE_LESSON: outside,
        NotCountedReason.ALREADY_COUNTED: covered,
        NotCountedReason.FASTER_THAN_CLOCK: beyond_clock,
        NotCountedReason.DAILY_CAP: fresh - credited - beyond_clock,
    }
    return coverage, credited, {reason: ms for reason, ms in counts.items() if ms}
