"""How watching becomes credit: the server's clock decides, the player only claims.

**The bound.** A lease earns at most the server time elapsed since it was opened × the policy's highest rate. Beyond
that a learner has a tolerance of :data:`DAILY_TOLERANCE_MS` *a day*, not a lease: what a lease is ahead of the clock
is booked to the day, so a thousand leases opened one after another gain no more than one. Proof: at its last report a
lease's credit is at most ``elapsed × rate + ahead``; ``ahead`` is the sum of its changes from report to report, and
every rise was booked to a day.

**Never twice.** A lesson's credit is the union of the intervals credited; a report whose sequence number is not newer
than the last one changes nothing. Reports are cumulative since the last acknowledged one, so an overtaken report adds
nothing.

**Challenges gate crediting, not the page.** When the day's credit reaches the point that was drawn for it, a challenge
stands. What is watched from then on is provisional, at most ``provisional_ms`` a lesson: an answer makes it credit, and
without one nothing more is counted. Hiding the prompt therefore gains nothing.

**Reports that come late.** A lease that ended (the network was gone, the browser crashed) still takes what was watched
after its last report and while it was held: all late reports together at most :data:`LATE_MS`, without any tolerance.
What the lease was held for before its last report and did not use is lost: time does not pile up for later.

**Hidden pages.** What plays while the page is hidden is not counted: the policy's evidence is that the lesson was
watched, and a hidden page cannot show a challenge either. The learner sees it under its own reason and loses nothing
already counted.

Every claimed millisecond is either credited, provisional or counted under one reason; the sums agree.
"""

from dataclasses import dataclass
from typing import NamedTuple

from lms.lib.hour_rules import HourRules
from tracking.enums import NotCountedReason
from tracking.rules.intervals import Interval, Intervals, add_within_budget, subtract, total, union
from tracking.rules.play_report import PlayReport
from tracking.rules.trace import extend_trace

DAILY_TOLERANCE_MS = 5_000
LATE_MS = 60_000
ANSWER_SLACK_MS = 60_000  # watched provisionally beyond the window: a report is half a minute apart
MAX_PIECES = 400  # of a lesson's coverage: watching leaves a few, a script that draws combs leaves thousands


@dataclass(frozen=True, slots=True)
class PlayLimits:
    """What the policy allows: rate in thousandths, daily cap in milliseconds (0 = none), tolerance a day.

    ``provisional_ms`` is how much of a lesson may be provisional at a time.
    """

    rate_permille: int
    daily_cap_ms: int
    tolerance_ms: int = DAILY_TOLERANCE_MS
    provisional_ms: int = 0


@dataclass(frozen=True, slots=True)
class LeaseState:
    """A play lease, in milliseconds of one clock that never steps. ``last_sequence`` starts at -1.

    ``challenge_ms`` is when the challenge that stands was asked, ``ended_at_ms`` when the lease ended; -1: neither.
    ``late_ms`` is what late reports have taken since it ended.
    """

    opened_at_ms: int
    last_heard_at_ms: int
    last_sequence: int
    credited_ms: int
    ended_at_ms: int = -1
    challenge_ms: int = -1
    trace: int = 0
    late_ms: int = 0

    @property
    def is_ended(self) -> bool:
        """Whether the lease is over."""
        return self.ended_at_ms >= 0


@dataclass(frozen=True, slots=True)
class DayState:
    """One learner's day: credited in all (provisionally too), and how much of the tolerance is spent.

    ``next_challenge_ms`` is the day's credit at which a challenge is asked, 0 where none is.
    """

    credited_ms: int
    tolerance_spent_ms: int
    next_challenge_ms: int = 0


@dataclass(frozen=True, slots=True)
class CreditOutcome:
    """The states after a report. ``ignored`` says why a whole report changed nothing, None when it was used.

    ``coverage`` is credit, ``provisional`` waits for an answer; ``credited_ms`` and ``provisional_ms`` are what this
    report added to either.
    """

    lease: LeaseState
    day: DayState
    coverage: Intervals
    credited_ms: int
    not_counted: dict[NotCountedReason, int]
    ignored: NotCountedReason | None = None
    provisional: Intervals = ()
    provisional_ms: int = 0


def limits_of(rules: HourRules) -> PlayLimits:
    """The play limits of a resolved policy."""
    return PlayLimits(
        rate_permille=int(rules.max_rate * 1000),
        daily_cap_ms=rules.daily_cap_minutes * 60_000,
        provisional_ms=rules.challenge_window_seconds * 1000 + ANSWER_SLACK_MS,
    )


def credit_report(
    *,
    lease: LeaseState,
    day: DayState,
    coverage: Intervals,
    duration_ms: int,
    limits: PlayLimits,
    report: PlayReport,
    now_ms: int,
    provisional: Intervals = (),
) -> CreditOutcome:
    """Credit what ``report`` claims, as far as the clock, the lesson, the day and the challenges allow.

    ``coverage`` is what was credited of this lesson before, ``duration_ms`` its checked length. A report received 30
    s after a lease was opened earns at most 30 s (and what is left of the day's tolerance), whatever it claims. When
    the clock or the cap cuts a claim, its beginning is credited, in playing order.
    """
    if report.sequence <= lease.last_sequence:
        return CreditOutcome(lease, day, coverage, 0, {}, NotCountedReason.WRONG_SEQUENCE, provisional)
    now_ms = _end_of_claim(lease, now_ms)
    trace = extend_trace(lease.trace, report.intervals)
    heard_ms = lease.last_heard_at_ms if lease.ended_at_ms >= 0 else now_ms
    refusal = _refusal(limits, report)
    if refusal is None:
        budgets = _budgets(lease, day, limits, total(provisional), now_ms)
        fold = _fold(coverage, provisional, report.intervals, duration_ms=duration_ms, budgets=budgets)
        pieces = len(fold.coverage) + len(fold.provisional)
        if pieces > MAX_PIECES and pieces > len(coverage) + len(provisional):
            refusal = NotCountedReason.TOO_FRAGMENTED
    if refusal is not None:
        heard = _heard(lease, heard_ms, report.sequence, lease.credited_ms, lease.challenge_ms, trace)
        return CreditOutcome(heard, day, coverage, 0, _all_for(refusal, report), provisional=provisional)

    added_ms = fold.credited_ms + fold.provisional_ms
    challenge_ms = now_ms if _is_asked(lease, budgets, fold) else lease.challenge_ms
    folded = _heard(lease, heard_ms, report.sequence, lease.credited_ms + added_ms, challenge_ms, trace)
    spent = max(0, _ahead(folded, limits, now_ms) - _ahead(lease, limits, lease.last_heard_at_ms))
    return CreditOutcome(
        lease=folded,
        day=DayState(day.credited_ms + added_ms, day.tolerance_spent_ms + spent, day.next_challenge_ms),
        coverage=fold.coverage,
        credited_ms=fold.credited_ms,
        not_counted=_reasons(fold, budgets, is_ended=lease.is_ended),
        provisional=fold.provisional,
        provisional_ms=fold.provisional_ms,
    )


def is_complete(coverage: Intervals, required_seconds: int) -> bool:
    """Whether enough of a lesson was watched. 55 s required: 55,000 ms covered is complete, 54,999 ms is not."""
    return total(coverage) >= required_seconds * 1000


def _is_asked(lease: LeaseState, budgets: "_Budgets", fold: "_Fold") -> bool:
    """Whether this report reaches the point at which a challenge is asked."""
    is_due = budgets.gate >= 0 and fold.credited_ms >= budgets.gate
    return lease.challenge_ms < 0 and is_due and fold.credited_ms + fold.provisional_ms > 0


def _all_for(refusal: NotCountedReason, report: PlayReport) -> dict[NotCountedReason, int]:
    claimed_ms = sum(end - start for start, end in report.intervals)
    return {refusal: claimed_ms} if claimed_ms else {}


def _heard(
    lease: LeaseState, heard_ms: int, sequence: int, credited_ms: int, challenge_ms: int, trace: int
) -> LeaseState:
    """The lease after a report; built at once, because this runs for every report of a nation."""
    late_ms = lease.late_ms + (credited_ms - lease.credited_ms if lease.is_ended else 0)
    return LeaseState(
        lease.opened_at_ms, heard_ms, sequence, credited_ms, lease.ended_at_ms, challenge_ms, trace, late_ms
    )


class _Budgets(NamedTuple):
    """Milliseconds that may still be taken: by the clock, by the day's cap, as credit before a challenge is due (-1:
    none ever is), and provisionally after it."""

    clock: int
    cap: int
    gate: int
    provisional: int


class _Fold(NamedTuple):
    """The coverage after a report, and what became of every claimed millisecond."""

    coverage: Intervals
    provisional: Intervals
    credited_ms: int
    provisional_ms: int
    outside_ms: int
    covered_ms: int
    fresh_ms: int


def _end_of_claim(lease: LeaseState, now_ms: int) -> int:
    """Until when a lease may have been watched: until now, or a little beyond its last report if it ended since."""
    if lease.is_ended:
        now_ms = min(now_ms, lease.ended_at_ms, lease.last_heard_at_ms + LATE_MS)
    return max(now_ms, lease.last_heard_at_ms)


def _refusal(limits: PlayLimits, report: PlayReport) -> NotCountedReason | None:
    """The reason for which nothing of a readable, new report counts."""
    if not report.visible:
        return NotCountedReason.HIDDEN_PAGE
    if report.rate_permille > limits.rate_permille:
        return NotCountedReason.TOO_FAST_PLAYBACK
    return None


def _allowed_by_clock(lease: LeaseState, limits: PlayLimits, at_ms: int) -> int:
    return max(0, at_ms - lease.opened_at_ms) * limits.rate_permille // 1000


def _ahead(lease: LeaseState, limits: PlayLimits, at_ms: int) -> int:
    """By how much the lease was ahead of the clock at a moment; the day's tolerance has paid for it."""
    return max(0, lease.credited_ms - _allowed_by_clock(lease, limits, at_ms))


def _budgets(lease: LeaseState, day: DayState, limits: PlayLimits, provisional_ms: int, now_ms: int) -> _Budgets:
    """What may still be taken now: the clock's allowance, what is already paid for, and the tolerance left."""
    tolerance_left = 0 if lease.is_ended else max(0, limits.tolerance_ms - day.tolerance_spent_ms)
    ahead = 0 if lease.is_ended else _ahead(lease, limits, lease.last_heard_at_ms)  # late credit is no paid lead
    clock = max(0, _allowed_by_clock(lease, limits, now_ms) + ahead + tolerance_left - lease.credited_ms)
    if lease.is_ended:
        since_ms = (now_ms - lease.last_heard_at_ms) * limits.rate_permille // 1000
        clock = min(clock, max(0, since_ms - lease.late_ms))
    cap = max(0, limits.daily_cap_ms - day.credited_ms) if limits.daily_cap_ms else clock
    if not day.next_challenge_ms:
        return _Budgets(clock, cap, -1, 0)
    is_due = lease.challenge_ms >= 0 or provisional_ms > 0  # part of the lesson waits: another lease has been asked
    gate = 0 if is_due else max(0, day.next_challenge_ms - day.credited_ms)
    return _Budgets(clock, cap, gate, max(0, limits.provisional_ms - provisional_ms))


def _fold(
    coverage: Intervals,
    provisional: Intervals,
    claims: tuple[Interval, ...],
    *,
    duration_ms: int,
    budgets: _Budgets,
) -> _Fold:
    """Fold the claims into the coverage, then into what is provisional; account for every millisecond."""
    allowed = min(budgets.clock, budgets.cap)
    for_credit = allowed if budgets.gate < 0 else min(allowed, budgets.gate)
    outside = covered = fresh = credited = waiting = 0
    for start, end in claims:
        inside = (min(start, duration_ms), min(end, duration_ms))
        inside_ms = inside[1] - inside[0]
        known = union(coverage, provisional) if provisional else coverage
        new = subtract((inside,), known) if inside_ms else ()
        fresh_ms = total(new)
        outside += end - start - inside_ms
        covered += inside_ms - fresh_ms
        fresh += fresh_ms
        for piece in new:
            coverage, added = add_within_budget(coverage, piece, for_credit - credited)
            credited += added
            left = min(allowed - credited, budgets.provisional) - waiting if budgets.gate >= 0 else 0
            if added < piece[1] - piece[0] and left > 0:
                provisional, added = add_within_budget(provisional, (piece[0] + added, piece[1]), left)
                waiting += added
    return _Fold(coverage, provisional, credited, waiting, outside, covered, fresh)


def _reasons(fold: _Fold, budgets: _Budgets, *, is_ended: bool) -> dict[NotCountedReason, int]:
    """Why the rest was not taken: first what the clock forbids, then the cap, then the challenge."""
    beyond_clock = max(0, fold.fresh_ms - budgets.clock)
    beyond_cap = max(0, min(fold.fresh_ms, budgets.clock) - budgets.cap)
    unanswered = fold.fresh_ms - fold.credited_ms - fold.provisional_ms - beyond_clock - beyond_cap
    counts = {
        NotCountedReason.OUTSIDE_LESSON: fold.outside_ms,
        NotCountedReason.ALREADY_COUNTED: fold.covered_ms,
        NotCountedReason.LEASE_ENDED if is_ended else NotCountedReason.FASTER_THAN_CLOCK: beyond_clock,
        NotCountedReason.DAILY_CAP: beyond_cap,
        NotCountedReason.CHALLENGE_UNANSWERED: unanswered,
    }
    return {reason: ms for reason, ms in counts.items() if ms}
