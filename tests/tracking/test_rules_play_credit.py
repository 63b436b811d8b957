"""The server's clock decides what watching earns."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.hour_rules import make_hour_rules
from tracking.enums import NotCountedReason
from tracking.rules.intervals import Intervals, merge, total, union
from tracking.rules.play_credit import (
    DAILY_TOLERANCE_MS,
    LATE_MS,
    CreditOutcome,
    DayState,
    LeaseState,
    PlayLimits,
    credit_report,
    is_complete,
    limits_of,
)
from tracking.rules.play_report import PlayReport
from tracking.rules.trace import extend_trace

STRICT = PlayLimits(rate_permille=1000, daily_cap_ms=0, tolerance_ms=0)
TOLERANT = PlayLimits(rate_permille=1000, daily_cap_ms=0)
FRESH_DAY = DayState(credited_ms=0, tolerance_spent_ms=0)
LEASE = LeaseState(opened_at_ms=0, last_heard_at_ms=0, last_sequence=-1, credited_ms=0)


def _report(*intervals: tuple[int, int], sequence: int = 0, rate: int = 1000, visible: bool = True) -> PlayReport:
    return PlayReport(sequence=sequence, intervals=intervals, rate_permille=rate, visible=visible)


def _credit(
    report: PlayReport,
    *,
    now_ms: int,
    lease: LeaseState = LEASE,
    day: DayState = FRESH_DAY,
    coverage: Intervals = (),
    provisional: Intervals = (),
    limits: PlayLimits = STRICT,
    duration_ms: int = 3_600_000,
) -> CreditOutcome:
    return credit_report(
        lease=lease,
        day=day,
        coverage=coverage,
        provisional=provisional,
        duration_ms=duration_ms,
        limits=limits,
        report=report,
        now_ms=now_ms,
    )


def test_honest_heartbeat_is_credited_whole() -> None:
    assert _credit(_report((0, 30_000)), now_ms=30_200) == CreditOutcome(
        lease=LeaseState(
            opened_at_ms=0,
            last_heard_at_ms=30_200,
            last_sequence=0,
            credited_ms=30_000,
            trace=extend_trace(0, ((0, 30_000),)),
        ),
        day=DayState(credited_ms=30_000, tolerance_spent_ms=0),
        coverage=((0, 30_000),),
        credited_ms=30_000,
        not_counted={},
    )


def test_watched_everything_at_once_earns_only_the_elapsed_second() -> None:
    outcome = _credit(_report((0, 3_600_000)), now_ms=1_000)
    assert outcome.coverage == ((0, 1_000),)
    assert outcome.not_counted == {NotCountedReason.FASTER_THAN_CLOCK: 3_599_000}


def test_replayed_report_changes_nothing() -> None:
    first = _credit(_report((0, 30_000)), now_ms=30_000)
    again = _credit(_report((0, 30_000)), now_ms=99_000, lease=first.lease, day=first.day, coverage=first.coverage)
    assert again == CreditOutcome(
        first.lease, first.day, first.coverage, 0, {}, ignored=NotCountedReason.WRONG_SEQUENCE
    )


def test_overtaken_report_changes_nothing_even_with_other_intervals() -> None:
    newer = _credit(_report((0, 60_000), sequence=5), now_ms=60_000)
    older = _credit(
        _report((90_000, 95_000), sequence=4), now_ms=99_000, lease=newer.lease, day=newer.day, coverage=newer.coverage
    )
    assert (older.lease, older.day, older.coverage) == (newer.lease, newer.day, newer.coverage)


def test_report_after_a_tunnel_is_credited_whole() -> None:
    outcome = _credit(_report((0, 600_000), sequence=7), now_ms=601_000)
    assert outcome.credited_ms == 600_000


def test_late_report_followed_by_a_prompt_one_loses_nothing() -> None:
    late = _credit(_report((0, 30_000)), now_ms=35_000)
    prompt = _credit(
        _report((30_000, 60_000), sequence=1), now_ms=60_100, lease=late.lease, day=late.day, coverage=late.coverage
    )
    assert prompt.coverage == ((0, 60_000),)
    assert prompt.not_counted == {}


def test_watching_again_earns_nothing_and_says_so() -> None:
    outcome = _credit(_report((0, 30_000)), now_ms=30_000, coverage=((0, 20_000),))
    assert outcome.credited_ms == 10_000
    assert outcome.not_counted == {NotCountedReason.ALREADY_COUNTED: 20_000}


def test_interval_claimed_twice_in_one_report_counts_once() -> None:
    outcome = _credit(_report((0, 10_000), (0, 10_000)), now_ms=30_000)
    assert outcome.credited_ms == 10_000
    assert outcome.not_counted == {NotCountedReason.ALREADY_COUNTED: 10_000}


def test_time_beyond_the_end_of_the_lesson_is_outside() -> None:
    outcome = _credit(_report((50_000, 70_000), (80_000, 90_000)), now_ms=99_000, duration_ms=60_000)
    assert outcome.coverage == ((50_000, 60_000),)
    assert outcome.not_counted == {NotCountedReason.OUTSIDE_LESSON: 20_000}


@pytest.mark.parametrize(
    ("report", "lease", "reason"),
    [
        (_report((0, 5_000), visible=False), LEASE, NotCountedReason.HIDDEN_PAGE),
        (_report((0, 5_000), rate=1001), LEASE, NotCountedReason.TOO_FAST_PLAYBACK),
    ],
)
def test_report_that_may_not_count_is_counted_under_its_reason(
    report: PlayReport, lease: LeaseState, reason: NotCountedReason
) -> None:
    outcome = _credit(report, now_ms=30_000, lease=lease)
    assert (outcome.credited_ms, outcome.coverage, outcome.day) == (0, (), FRESH_DAY)
    assert outcome.not_counted == {reason: 5_000}
    assert outcome.lease == replace(
        lease, last_sequence=0, last_heard_at_ms=30_000, trace=extend_trace(0, ((0, 5_000),))
    )


def test_ended_lease_takes_what_was_watched_while_it_was_held() -> None:
    lease = replace(LEASE, last_heard_at_ms=30_000, credited_ms=30_000, last_sequence=0, ended_at_ms=50_000)
    outcome = _credit(_report((30_000, 90_000), sequence=1), now_ms=500_000, lease=lease, limits=TOLERANT)
    assert outcome.credited_ms == 20_000
    assert outcome.not_counted == {NotCountedReason.LEASE_ENDED: 40_000}
    assert outcome.lease.last_heard_at_ms == 30_000
    again = _credit(
        _report((90_000, 150_000), sequence=2), now_ms=900_000, lease=outcome.lease, coverage=outcome.coverage
    )
    assert again.credited_ms == 0


def test_ended_lease_takes_a_minute_beyond_its_last_report_at_most() -> None:
    lease = replace(LEASE, ended_at_ms=900_000)
    assert _credit(_report((0, 600_000)), now_ms=900_000, lease=lease).credited_ms == LATE_MS


def test_empty_hidden_report_is_only_a_sign_of_life() -> None:
    assert _credit(_report(visible=False), now_ms=30_000).not_counted == {}


def test_higher_rate_of_the_policy_widens_the_clock() -> None:
    limits = PlayLimits(rate_permille=1500, daily_cap_ms=0, tolerance_ms=0)
    outcome = _credit(_report((0, 60_000), rate=1500), now_ms=30_000, limits=limits)
    assert outcome.credited_ms == 45_000
    assert outcome.not_counted == {NotCountedReason.FASTER_THAN_CLOCK: 15_000}


def test_daily_cap_cuts_after_the_clock() -> None:
    limits = PlayLimits(rate_permille=1000, daily_cap_ms=60_000, tolerance_ms=0)
    outcome = _credit(_report((0, 40_000)), now_ms=30_000, limits=limits, day=DayState(40_000, 0))
    assert outcome.credited_ms == 20_000
    assert outcome.not_counted == {
        NotCountedReason.FASTER_THAN_CLOCK: 10_000,
        NotCountedReason.DAILY_CAP: 10_000,
    }
    assert outcome.day == DayState(60_000, 0)


def test_day_beyond_its_cap_earns_nothing() -> None:
    limits = PlayLimits(rate_permille=1000, daily_cap_ms=60_000)
    outcome = _credit(_report((0, 10_000)), now_ms=30_000, limits=limits, day=DayState(61_000, 0))
    assert outcome.not_counted == {NotCountedReason.DAILY_CAP: 10_000}


def test_being_ahead_of_the_clock_spends_the_days_tolerance() -> None:
    outcome = _credit(_report((0, 32_000)), now_ms=30_000, limits=TOLERANT)
    assert outcome.credited_ms == 32_000
    assert outcome.day == DayState(credited_ms=32_000, tolerance_spent_ms=2_000)


def test_staying_ahead_of_the_clock_spends_the_tolerance_once() -> None:
    first = _credit(_report((0, 32_000)), now_ms=30_000, limits=TOLERANT)
    second = _credit(
        _report((32_000, 62_000), sequence=1),
        now_ms=60_000, lease=first.lease, day=first.day, coverage=first.coverage, limits=TOLERANT,
    )  # fmt: skip
    assert second.day == DayState(credited_ms=62_000, tolerance_spent_ms=2_000)


def test_a_thousand_leases_gain_no_more_than_one_tolerance() -> None:
    day, coverage = FRESH_DAY, ()
    for turn in range(1_000):
        lease = LeaseState(opened_at_ms=turn, last_heard_at_ms=turn, last_sequence=-1, credited_ms=0)
        outcome = _credit(
            _report((0, 3_600_000)), now_ms=turn, lease=lease, day=day, coverage=coverage, limits=TOLERANT
        )
        day, coverage = outcome.day, outcome.coverage
    assert total(coverage) == DAILY_TOLERANCE_MS
    assert day == DayState(credited_ms=DAILY_TOLERANCE_MS, tolerance_spent_ms=DAILY_TOLERANCE_MS)


def test_server_clock_that_stepped_back_counts_as_standing() -> None:
    lease = LeaseState(opened_at_ms=0, last_heard_at_ms=30_000, last_sequence=0, credited_ms=30_000)
    outcome = _credit(_report((30_000, 31_000), sequence=1), now_ms=10_000, lease=lease, coverage=((0, 30_000),))
    assert outcome.lease.last_heard_at_ms == 30_000
    assert outcome.not_counted == {NotCountedReason.FASTER_THAN_CLOCK: 1_000}


ends = st.lists(
    st.tuples(
        st.sampled_from(["play", "idle", "end", "late", "open"]),
        st.integers(0, 120_000),  # server milliseconds that pass
        st.tuples(st.integers(0, 400_000), st.integers(0, 400_000)),
    ),
    max_size=20,
)


@given(steps=ends)
def test_no_order_of_ends_and_late_reports_gains_more_than_was_held(
    steps: list[tuple[str, int, tuple[int, int]]],
) -> None:
    """Every late report of an ended lease goes on from where it was; time passes, and another lease may be opened."""
    now, lease, day, coverage = 0, LEASE, FRESH_DAY, ()
    over: list[LeaseState] = []
    for what, passed, pair in steps:
        now += passed
        claim = (min(pair), max(pair))
        if what == "open" and lease.is_ended:
            lease = LeaseState(opened_at_ms=now, last_heard_at_ms=now, last_sequence=-1, credited_ms=0)
        elif what == "end" and not lease.is_ended:
            lease = replace(lease, ended_at_ms=now)
            over.append(lease)
        elif what == "late" and over:
            outcome = _credit(_report(claim, sequence=over[0].last_sequence + 1), now_ms=now, lease=over[0], day=day,
                              coverage=coverage)  # fmt: skip
            assert outcome.lease.late_ms <= LATE_MS
            over[0], day, coverage = outcome.lease, outcome.day, outcome.coverage
        elif not lease.is_ended:
            claims = (claim,) if what == "play" else ()
            outcome = _credit(_report(*claims, sequence=lease.last_sequence + 1), now_ms=now, lease=lease, day=day,
                              coverage=coverage)  # fmt: skip
            lease, day, coverage = outcome.lease, outcome.day, outcome.coverage
    assert total(coverage) == day.credited_ms <= now


@pytest.mark.parametrize(("covered_ms", "complete"), [(55_000, True), (54_999, False)])
def test_lesson_is_complete_at_its_required_seconds(covered_ms: int, complete: bool) -> None:
    assert is_complete(((0, covered_ms),), 55) is complete


def test_limits_are_those_of_the_policy() -> None:
    rules = make_hour_rules(daily_cap_minutes=360)
    assert limits_of(rules) == PlayLimits(
        rate_permille=1000, daily_cap_ms=21_600_000, tolerance_ms=5_000, provisional_ms=120_000
    )


ASKING = DayState(credited_ms=0, tolerance_spent_ms=0, next_challenge_ms=20_000)
WITH_WINDOW = PlayLimits(rate_permille=1000, daily_cap_ms=0, tolerance_ms=0, provisional_ms=15_000)


def test_report_beyond_the_challenges_point_is_provisional_and_asks() -> None:
    outcome = _credit(_report((0, 30_000)), now_ms=30_000, day=ASKING, limits=WITH_WINDOW)
    assert (outcome.coverage, outcome.provisional) == (((0, 20_000),), ((20_000, 30_000),))
    assert (outcome.credited_ms, outcome.provisional_ms, outcome.not_counted) == (20_000, 10_000, {})
    assert (outcome.lease.challenge_ms, outcome.day.credited_ms) == (30_000, 30_000)


def test_report_up_to_the_point_itself_asks() -> None:
    assert _credit(_report((0, 19_999)), now_ms=19_999, day=ASKING, limits=WITH_WINDOW).lease.challenge_ms == -1
    assert _credit(_report((0, 20_000)), now_ms=20_000, day=ASKING, limits=WITH_WINDOW).lease.challenge_ms == 20_000


def test_challenge_that_stands_leaves_the_window_and_nothing_more() -> None:
    lease = replace(LEASE, challenge_ms=0)
    outcome = _credit(_report((0, 60_000)), now_ms=60_000, lease=lease, day=ASKING, limits=WITH_WINDOW)
    assert (outcome.coverage, outcome.provisional) == ((), ((0, 15_000),))
    assert outcome.not_counted == {NotCountedReason.CHALLENGE_UNANSWERED: 45_000}
    again = _credit(
        _report((60_000, 90_000), sequence=1), now_ms=90_000, lease=outcome.lease, day=outcome.day,
        provisional=outcome.provisional, limits=WITH_WINDOW,
    )  # fmt: skip
    assert (again.provisional, again.credited_ms, again.provisional_ms) == (((0, 15_000),), 0, 0)


def test_what_waits_for_an_answer_counts_neither_twice_nor_again() -> None:
    lease = replace(LEASE, challenge_ms=0)
    outcome = _credit(
        _report((0, 10_000)), now_ms=30_000, lease=lease, day=ASKING, provisional=((0, 4_000),), limits=WITH_WINDOW
    )
    assert outcome.not_counted == {NotCountedReason.ALREADY_COUNTED: 4_000}
    assert outcome.provisional == ((0, 10_000),)


def test_one_report_of_an_hour_gets_no_further_than_the_first_challenge() -> None:
    outcome = _credit(_report((0, 3_600_000)), now_ms=3_600_000, day=ASKING, limits=WITH_WINDOW)
    assert (outcome.credited_ms, outcome.provisional_ms) == (20_000, 15_000)
    assert outcome.not_counted == {NotCountedReason.CHALLENGE_UNANSWERED: 3_565_000}


def test_comb_of_a_thousand_teeth_is_refused_whole() -> None:
    coverage = tuple((n * 20, n * 20 + 10) for n in range(400))
    report = _report(*((n * 20, n * 20 + 10) for n in range(500, 510)))
    outcome = _credit(report, now_ms=99_000, coverage=coverage)
    assert (outcome.coverage, outcome.not_counted) == (coverage, {NotCountedReason.TOO_FRAGMENTED: 100})
    assert _credit(_report((0, 8_000)), now_ms=99_000, coverage=coverage).coverage == ((0, 8_000),)


moves = st.lists(
    st.tuples(
        st.booleans(),  # whether a new lease is opened first
        st.integers(0, 40_000),  # server milliseconds that pass
        st.lists(st.tuples(st.integers(0, 90_000), st.integers(0, 90_000)), max_size=3),
        st.booleans(),
        st.sampled_from([500, 1000, 2000]),
    ),
    max_size=25,
)


@given(moves=moves, cap_ms=st.sampled_from([0, 50_000]), challenge_ms=st.sampled_from([0, 30_000]))
def test_no_client_gains_more_than_the_clock_and_one_tolerance(
    moves: list[tuple[bool, int, list[tuple[int, int]], bool, int]], cap_ms: int, challenge_ms: int
) -> None:
    limits = PlayLimits(rate_permille=1000, daily_cap_ms=cap_ms, tolerance_ms=3_000, provisional_ms=10_000)
    now, lease, coverage, provisional = 0, LEASE, (), ()
    day = DayState(credited_ms=0, tolerance_spent_ms=0, next_challenge_ms=challenge_ms)
    for opens, passed, pairs, visible, rate in moves:
        if opens:
            lease = LeaseState(opened_at_ms=now, last_heard_at_ms=now, last_sequence=-1, credited_ms=0)
        now += passed
        claims = tuple((min(pair), max(pair)) for pair in pairs)
        report = _report(*claims, sequence=lease.last_sequence + 1, rate=rate, visible=visible)
        outcome = _credit(
            report, now_ms=now, lease=lease, day=day, coverage=coverage, provisional=provisional, limits=limits,
            duration_ms=80_000,
        )  # fmt: skip
        claimed = sum(end - start for start, end in claims)
        assert outcome.credited_ms + outcome.provisional_ms + sum(outcome.not_counted.values()) == claimed
        assert all(ms > 0 for ms in outcome.not_counted.values())
        assert total(outcome.coverage) == total(coverage) + outcome.credited_ms
        assert total(outcome.provisional) == total(provisional) + outcome.provisional_ms <= 10_000
        assert union(outcome.coverage, outcome.provisional) == merge((*outcome.coverage, *outcome.provisional))
        lease, day, coverage, provisional = outcome.lease, outcome.day, outcome.coverage, outcome.provisional
    assert total(union(coverage, provisional)) == total(coverage) + total(provisional) == day.credited_ms
    assert challenge_ms == 0 or total(coverage) <= challenge_ms
    assert day.credited_ms <= now + 3_000
    assert day.tolerance_spent_ms <= 3_000
    assert cap_ms == 0 or day.credited_ms <= cap_ms
