"""What the most favourable client can gain in a day is a number."""

from datetime import date

from tracking.rules.challenge_points import next_challenge_ms
from tracking.rules.intervals import Intervals, total
from tracking.rules.play_credit import (
    DAILY_TOLERANCE_MS,
    CreditOutcome,
    DayState,
    LeaseState,
    PlayLimits,
    credit_report,
)
from tracking.rules.play_report import PlayReport

TOLERANT = PlayLimits(rate_permille=1000, daily_cap_ms=0)
FRESH_DAY = DayState(credited_ms=0, tolerance_spent_ms=0)
LEASE = LeaseState(opened_at_ms=0, last_heard_at_ms=0, last_sequence=-1, credited_ms=0)


def _report(*intervals: tuple[int, int], sequence: int = 0) -> PlayReport:
    return PlayReport(sequence=sequence, intervals=intervals, rate_permille=1000, visible=True)


def _credit(
    report: PlayReport,
    *,
    now_ms: int,
    lease: LeaseState = LEASE,
    day: DayState = FRESH_DAY,
    coverage: Intervals = (),
    limits: PlayLimits = TOLERANT,
    duration_ms: int,
) -> CreditOutcome:
    return credit_report(
        lease=lease, day=day, coverage=coverage, duration_ms=duration_ms, limits=limits, report=report, now_ms=now_ms
    )


def test_most_favourable_client_gains_five_seconds_in_a_day() -> None:
    """A script that reports every half minute from midnight to midnight, always a second more than has passed."""
    day, lease, coverage = FRESH_DAY, LEASE, ()
    played = 0
    for beat in range(1, 2_881):
        claim = (played, played + 31_000)
        outcome = _credit(
            _report(claim, sequence=beat),
            now_ms=beat * 30_000,
            lease=lease,
            day=day,
            coverage=coverage,
            limits=TOLERANT,
            duration_ms=2 * 86_400_000,
        )
        lease, day, coverage = outcome.lease, outcome.day, outcome.coverage
        played = coverage[-1][1]
    assert total(coverage) == 86_400_000 + DAILY_TOLERANCE_MS == 86_405_000


def test_most_favourable_client_that_answers_nothing_stops_at_the_first_challenge_of_the_day() -> None:
    """Half an hour of credit at most where the policy asks twice an hour, whatever is left running for a day."""
    key = b"k" * 32
    points = [
        next_challenge_ms(key=key, learner_id=learner, day=date(2026, 3, 2), per_hour=2, after_ms=0)
        for learner in range(200)
    ]
    assert 0 < min(points) < max(points) < 30 * 60_000
    limits = PlayLimits(rate_permille=1000, daily_cap_ms=0, provisional_ms=120_000)
    for point in (min(points), max(points)):
        day = DayState(credited_ms=0, tolerance_spent_ms=0, next_challenge_ms=point)
        outcome = _credit(_report((0, 86_400_000)), now_ms=86_400_000, day=day, limits=limits, duration_ms=86_400_000)
        assert (outcome.credited_ms, outcome.provisional_ms) == (point, 120_000)
