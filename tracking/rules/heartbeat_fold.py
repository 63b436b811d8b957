"""Fold one heartbeat into the rows it concerns: the whole of the rule, whoever keeps the rows.

The ordinary view and the fast path load the same rows, call :func:`fold_heartbeat` and store what it leaves behind;
so the same reports earn the same credit whichever way they came. The rows are changed in place: a batch folds several
reports into one row before it is written.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from tracking.enums import NotCountedReason
from tracking.rules.challenge_points import next_challenge_ms
from tracking.rules.heartbeat import Heartbeat, HeartbeatAnswer
from tracking.rules.intervals import Intervals, total
from tracking.rules.lease_token import LeaseClaims, renewed_claims, sign_lease_token
from tracking.rules.play_credit import (
    ANSWER_SLACK_MS,
    LATE_MS,
    CreditOutcome,
    DayState,
    LeaseState,
    PlayLimits,
    credit_report,
)
from tracking.rules.server_clock import ClockReading, elapsed_between

MAX_REASON_MS = 10**9  # a lease lives 12 h: sums beyond are not play, and must not overflow what reads them
TAKEN_LATE_FOR_MS = 24 * 3_600_000
LATE = "late"  # stands for the clock of a lease that has ended: it counts what late reports have taken
FINISHED, LEFT, SILENT = "finished", "left", "silent"  # tracking.enums.LeaseEnd, which rules cannot translate


@dataclass(slots=True)
class LeaseRow:
    """A play lease as stored. ``*_wall_ms`` are milliseconds of the epoch; ``ended_wall_ms`` is None while it lives.

    Once it has ended its clock is :data:`LATE`, and ``clock_ms`` what late reports have taken.
    """

    lease_id: int
    heard_wall_ms: int
    expires_wall_ms: int
    ended_wall_ms: int | None
    end_reason: str
    last_sequence: int
    credited_ms: int
    not_counted: dict[str, int]
    elapsed_ms: int
    clock_ms: int
    clock_boot: str
    challenge_ms: int
    trace: int


@dataclass(slots=True)
class ProgressRow:
    """What of the lesson is credited. ``reached_wall_ms`` is None until enough was."""

    progress_id: int
    coverage: Intervals
    provisional: Intervals
    credited_ms: int
    position_ms: int
    updated_wall_ms: int
    reached_wall_ms: int | None


@dataclass(slots=True)
class DayRow:
    """The learner's day. ``next_challenge_ms`` is None before it was drawn."""

    day_id: int
    on: date
    credited_ms: int
    tolerance_ms: int
    next_challenge_ms: int | None


def day_of(claims: LeaseClaims, clock: ClockReading) -> date:
    """The learner's day at a moment."""
    zone = timezone(timedelta(minutes=claims.day_offset_minutes))
    return datetime.fromtimestamp(clock.wall_ms / 1000, tz=zone).date()


def limits_from(claims: LeaseClaims) -> PlayLimits:
    """The play limits that a token carries."""
    return PlayLimits(
        rate_permille=claims.rate_permille,
        daily_cap_ms=claims.daily_cap_ms,
        provisional_ms=claims.challenge_window_ms + ANSWER_SLACK_MS,
    )


def fold_heartbeat(
    heartbeat: Heartbeat,
    *,
    lease: LeaseRow,
    progress: ProgressRow,
    day: DayRow,
    clock: ClockReading,
    key: bytes,
    is_last: bool = False,
) -> HeartbeatAnswer:
    """Credit what a heartbeat claims as far as the rules allow; the rows hold the new state, the answer says it.

    ``is_last``: the page is being left, so the lease ends with this report. A lesson is reached when
    ``progress.reached_wall_ms`` is set by this call; booking it is the caller's, and so is asking for the judgement of
    a lesson that is judged (:func:`is_to_judge`). ``key`` signs a fresh token where the present one nears its end.
    """
    claims = heartbeat.claims
    ended_at_ms = _ended_at(lease, claims, clock)
    step_ms = elapsed_between(boot=lease.clock_boot, clock_ms=lease.clock_ms, heard_ms=lease.heard_wall_ms, now=clock)
    is_live = ended_at_ms < 0
    is_learnt = progress.reached_wall_ms is not None  # what was booked stays as it was booked
    outcome = credit_report(
        lease=_state_of(lease, ended_at_ms),
        day=DayState(day.credited_ms, day.tolerance_ms, _due_ms(day, claims, key)),
        coverage=((0, claims.duration_ms),) if is_learnt else progress.coverage,
        provisional=() if is_learnt else progress.provisional,
        duration_ms=claims.duration_ms,
        limits=limits_from(claims),
        report=heartbeat.report,
        now_ms=lease.elapsed_ms + step_ms,
    )
    if outcome.ignored is None:
        until_wall_ms = _watched_until(lease, clock, ended_at_ms)
        _keep_lease(outcome, lease, clock, step_ms, is_live=is_live)
        day.credited_ms, day.tolerance_ms = outcome.day.credited_ms, outcome.day.tolerance_spent_ms
        if not is_learnt:
            _keep_progress(outcome, heartbeat, progress, until_wall_ms, is_live=is_live)
    if is_live and progress.reached_wall_ms is not None:
        lease.ended_wall_ms, lease.end_reason = lease.heard_wall_ms, FINISHED
    elif is_live and is_last:
        lease.ended_wall_ms, lease.end_reason = lease.heard_wall_ms, LEFT
    return _answer(heartbeat, lease, progress, outcome, clock, key, is_live=is_live)


def is_to_judge(claims: LeaseClaims, progress: ProgressRow, newly_ms: int) -> bool:
    """Whether a report that added ``newly_ms`` may have made a judged lesson learnt; any other never asks for that."""
    return (
        claims.is_judged
        and newly_ms > 0
        and progress.reached_wall_ms is None
        and progress.credited_ms >= claims.required_ms
    )


def ended_wall_ms(*, boot: str, clock_ms: int, heard_wall_ms: int, now: ClockReading) -> int:
    """When a lease ends that somebody ends ``now``, in milliseconds of the epoch, by the clock that counts it.

    On the machine that heard it last: as long after its last report as that machine's clock counted. On another one: at
    its last report, for two wall clocks may differ, and what they differ by is no time.
    """
    if boot != now.boot:
        return heard_wall_ms
    return heard_wall_ms + elapsed_between(boot=boot, clock_ms=clock_ms, heard_ms=heard_wall_ms, now=now)


def _due_ms(day: DayRow, claims: LeaseClaims, key: bytes) -> int:
    """The day's credit at which a challenge is due, drawn where it was not yet; 0 where this authority asks none."""
    if not claims.challenge_per_hour:
        return 0  # another authority's point may have been drawn
    if day.next_challenge_ms is None:
        day.next_challenge_ms = next_challenge_ms(
            key=key,
            learner_id=claims.learner_id,
            day=day.on,
            per_hour=claims.challenge_per_hour,
            after_ms=day.credited_ms,
        )
    return day.next_challenge_ms


def _state_of(lease: LeaseRow, ended_at_ms: int) -> LeaseState:
    return LeaseState(
        opened_at_ms=0,
        last_heard_at_ms=lease.elapsed_ms,
        last_sequence=lease.last_sequence,
        credited_ms=lease.credited_ms,
        ended_at_ms=ended_at_ms,
        challenge_ms=lease.challenge_ms,
        trace=lease.trace,
        late_ms=lease.clock_ms if lease.clock_boot == LATE else 0,
    )


def _ended_at(lease: LeaseRow, claims: LeaseClaims, clock: ClockReading) -> int:
    """When the lease ended, on its own clock; -1 while it lives. After a day nothing of it is taken any more.

    A token that has expired is no right any more: the lease ends with it, unless it goes on under a fresh one.
    """
    if lease.ended_wall_ms is None:
        expired_wall_ms = claims.expires_at_s * 1000
        if clock.wall_ms < expired_wall_ms:
            return -1
        if lease.heard_wall_ms >= expired_wall_ms:
            return lease.elapsed_ms
        lease.ended_wall_ms, lease.end_reason = expired_wall_ms, SILENT
    if clock.wall_ms > lease.ended_wall_ms + TAKEN_LATE_FOR_MS:
        return lease.elapsed_ms
    return lease.elapsed_ms + max(0, lease.ended_wall_ms - lease.heard_wall_ms)


def _watched_until(lease: LeaseRow, clock: ClockReading, ended_at_ms: int) -> int:
    """Until when what is reported may have been watched, in milliseconds of the epoch: what a late report is dated."""
    if ended_at_ms < 0:
        return clock.wall_ms
    return min(clock.wall_ms, lease.heard_wall_ms + min(LATE_MS, ended_at_ms - lease.elapsed_ms))


def _keep_lease(outcome: CreditOutcome, lease: LeaseRow, clock: ClockReading, step_ms: int, *, is_live: bool) -> None:
    lease.last_sequence = outcome.lease.last_sequence
    lease.credited_ms = outcome.lease.credited_ms
    lease.challenge_ms = outcome.lease.challenge_ms
    lease.trace = outcome.lease.trace
    for reason, ms in outcome.not_counted.items():
        lease.not_counted[reason.value] = min(MAX_REASON_MS, lease.not_counted.get(reason.value, 0) + ms)
    if not is_live and lease.ended_wall_ms is not None:
        lease.clock_boot, lease.clock_ms = LATE, outcome.lease.late_ms
    if is_live:
        lease.elapsed_ms = outcome.lease.last_heard_at_ms
        same = lease.clock_boot == clock.boot
        lease.clock_ms = max(lease.clock_ms, clock.monotonic_ms) if same else clock.monotonic_ms
        lease.clock_boot = clock.boot
        lease.heard_wall_ms = max(lease.heard_wall_ms + step_ms, clock.wall_ms)


def _keep_progress(
    outcome: CreditOutcome, heartbeat: Heartbeat, progress: ProgressRow, until_wall_ms: int, *, is_live: bool
) -> None:
    if is_live:
        progress.position_ms = heartbeat.position_ms
        progress.updated_wall_ms = until_wall_ms
    progress.provisional = outcome.provisional
    if outcome.credited_ms:
        progress.coverage = outcome.coverage
        progress.credited_ms = total(outcome.coverage)
        is_enough = progress.credited_ms >= heartbeat.claims.required_ms
        if progress.reached_wall_ms is None and is_enough and not heartbeat.claims.is_judged:
            progress.reached_wall_ms = until_wall_ms


def _answer(
    heartbeat: Heartbeat,
    lease: LeaseRow,
    progress: ProgressRow,
    outcome: CreditOutcome,
    clock: ClockReading,
    key: bytes,
    *,
    is_live: bool,
) -> HeartbeatAnswer:
    claims = heartbeat.claims
    not_counted = outcome.not_counted
    if outcome.ignored is not None:
        claimed_ms = sum(end - start for start, end in heartbeat.report.intervals)
        not_counted = {NotCountedReason.WRONG_SEQUENCE: claimed_ms} if claimed_ms else {}
    fresh = None
    if is_live and lease.ended_wall_ms is None:
        fresh = renewed_claims(claims, now_s=clock.wall_ms // 1000, lease_expires_at_s=lease.expires_wall_ms // 1000)
    return HeartbeatAnswer(
        status="lease_ended" if not is_live else "counted" if outcome.ignored is None else "repeated",
        sequence=lease.last_sequence,
        credited_ms=progress.credited_ms,
        required_ms=claims.required_ms,
        newly_ms=outcome.credited_ms,
        not_counted=not_counted,
        coverage=progress.coverage,
        completed=progress.reached_wall_ms is not None,
        end_reason=lease.end_reason or ("" if is_live else SILENT),
        provisional_ms=total(progress.provisional),
        challenge=is_live and lease.challenge_ms >= 0 and progress.reached_wall_ms is None,
        token=sign_lease_token(fresh, key=key) if fresh else "",
    )
