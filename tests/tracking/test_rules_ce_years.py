"""The hours rule: first the eight test vectors in order, then its parts, then its properties."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.lib.hour_rules import HourRules
from tests.factories.hour_rules import make_hour_rules
from tracking.rules.ce_windows import CeWindow, ce_windows
from tracking.rules.ce_years import YearsOutcome, judge_years
from tracking.rules.clauses import Clause
from tracking.rules.credit_entries import Block, BlockMinutes, CreditEntry
from tracking.rules.legacy_renewal import judge_legacy_renewal
from tracking.rules.year_state import year_state

HOUR = 45
ISSUED = date(2020, 3, 10)
IN_2021, IN_2022, IN_2023 = date(2021, 6, 1), date(2022, 6, 1), date(2023, 6, 1)
YEAR_2021 = CeWindow(2021, date(2021, 3, 10), date(2022, 3, 9))
YEAR_2022 = CeWindow(2022, date(2022, 3, 10), date(2023, 3, 9))
YEAR_2023 = CeWindow(2023, date(2023, 3, 10), date(2024, 3, 9))
MAKE_UP = make_hour_rules()
NO_MAKE_UP = make_hour_rules(make_up_allowed=False)


def _study(
    on: date, hours: int, block: Block = "professional", post: str | None = "A", makes_up_for: int | None = None
) -> CreditEntry:
    return CreditEntry(earned_on=on, minutes=hours * HOUR, block=block, post=post, makes_up_for=makes_up_for)


def _common(on: date, hours: int) -> CreditEntry:
    return _study(on, hours, "common", None)


def _judge(entries: list[CreditEntry], rules: HourRules, on: date, **more: frozenset[int]) -> YearsOutcome:
    windows = ce_windows(issued_on=ISSUED, origin="new", rules=rules, until=on)
    return judge_years(post="A", entries=entries, years=[(window, rules) for window in windows], on=on, **more)


# The eight vectors


def test_vector_1_new_certificate_starts_the_year_after() -> None:
    windows = ce_windows(issued_on=ISSUED, origin="new", rules=MAKE_UP, until=date(2022, 12, 31))
    assert windows == (YEAR_2021, YEAR_2022)


def test_vector_2_renewed_certificate_starts_the_same_year_the_day_after() -> None:
    windows = ce_windows(issued_on=date(2021, 2, 5), origin="renewed", rules=MAKE_UP, until=date(2022, 12, 31))
    assert windows == (
        CeWindow(2021, date(2021, 2, 6), date(2022, 2, 5)),
        CeWindow(2022, date(2022, 2, 6), date(2023, 2, 5)),
    )


def test_vector_3_surplus_of_one_year_is_not_carried_to_the_next() -> None:
    outcome = _judge([_common(IN_2021, 10), _study(IN_2021, 50)], NO_MAKE_UP, on=date(2023, 3, 10))
    met, unmet, _ = outcome.years
    assert (met.is_met, met.counted, met.unused_minutes) == (True, BlockMinutes(450, 990), 28 * HOUR)
    assert Clause.NO_CARRY_OVER in met.clauses
    assert (unmet.is_met, unmet.counted.total, unmet.missing_minutes) == (False, 0, 1440)


def test_vector_4_make_up_saves_the_year_before_where_it_is_allowed() -> None:
    entries = [_common(IN_2022, 20), _study(IN_2022, 44)]
    outcome = _judge(entries, MAKE_UP, on=date(2023, 3, 10))
    assert [year.is_met for year in outcome.years] == [True, True, False]
    assert [year.counted for year in outcome.years[:2]] == [BlockMinutes(450, 990), BlockMinutes(450, 990)]
    assert outcome.years[0].made_up.total == 32 * HOUR
    assert outcome.years[1].given_minutes == 32 * HOUR
    assert Clause.MAKE_UP in outcome.years[0].clauses
    assert outcome.is_valid


def test_vector_4_certificate_lapses_after_2022_where_make_up_is_not_allowed() -> None:
    entries = [_common(IN_2022, 20), _study(IN_2022, 44)]
    outcome = _judge(entries, NO_MAKE_UP, on=date(2023, 3, 10))
    assert [year.is_met for year in outcome.years] == [False, True, False]
    assert Clause.MAKE_UP_NOT_ALLOWED in outcome.years[0].clauses
    assert outcome.lapsed_after == date(2023, 3, 9)
    assert outcome.rolling[0].clauses == (Clause.NO_CARRY_OVER, Clause.MAKE_UP_NOT_ALLOWED, Clause.ROLLING_MIN)
    assert _judge(entries, NO_MAKE_UP, on=date(2023, 3, 9)).is_valid


def test_vector_5_thirty_two_hours_of_which_twenty_professional_are_not_enough() -> None:
    state = year_state([_common(IN_2021, 12), _study(IN_2021, 20)], YEAR_2021, MAKE_UP, post="A")
    assert state.studied == BlockMinutes(12 * HOUR, 20 * HOUR)
    assert state.counted == BlockMinutes(10 * HOUR, 20 * HOUR)
    assert not state.is_met
    assert (state.missing_minutes, state.missing_professional_minutes, state.missing_either_minutes) == (90, 90, 0)
    assert state.clauses == (
        Clause.ANNUAL_MIN,
        Clause.PROFESSIONAL_MIN,
        Clause.COMMON_MAX,
        Clause.SHARED_COMMON_BLOCK,
    )


def test_vector_6_common_block_studied_once_counts_for_both_posts() -> None:
    entries = [_common(IN_2021, 10), _study(IN_2021, 22, post="A"), _study(IN_2021, 22, post="B")]
    assert sum(entry.minutes for entry in entries) == 54 * HOUR
    assert [year_state(entries, YEAR_2021, MAKE_UP, post=post).is_met for post in ("A", "B")] == [True, True]


def test_vector_7_leap_day_certificate_has_its_anniversary_on_28_february() -> None:
    windows = ce_windows(issued_on=date(2020, 2, 29), origin="new", rules=MAKE_UP, until=date(2024, 12, 31))
    assert windows == (
        CeWindow(2021, date(2021, 2, 28), date(2022, 2, 27)),
        CeWindow(2022, date(2022, 2, 28), date(2023, 2, 27)),
        CeWindow(2023, date(2023, 2, 28), date(2024, 2, 28)),
        CeWindow(2024, date(2024, 2, 29), date(2025, 2, 27)),
    )


def test_vector_8_extended_deadline_reopens_who_was_closed() -> None:
    entries = [_common(date(2021, 9, 1), 10), _study(date(2021, 10, 15), 20)]
    first = make_hour_rules(policy_id=1)
    second = make_hour_rules(policy_id=2, effective_from=date(2021, 11, 20), legacy_deadline=date(2022, 6, 30))
    holder = {"issued_on": date(2015, 5, 1), "claimed_on": date(2021, 8, 1), "post": "A"}

    before = judge_legacy_renewal(**holder, on=date(2021, 11, 19), entries=entries, rules=first)  # type: ignore[arg-type]
    after = judge_legacy_renewal(**holder, on=date(2021, 11, 20), entries=entries, rules=second)  # type: ignore[arg-type]
    entries.append(_study(date(2021, 12, 1), 2))
    done = judge_legacy_renewal(**holder, on=date(2021, 12, 1), entries=entries, rules=second)  # type: ignore[arg-type]

    assert (before.status, before.policy_id, before.deadline) == ("closed", 1, date(2021, 9, 30))
    assert Clause.LEGACY_DEADLINE in before.clauses
    assert (after.status, after.policy_id, after.deadline) == ("open", 2, date(2022, 6, 30))
    assert after.state is not None
    assert after.state.missing_minutes == 2 * HOUR
    assert done.status == "met"


# One year by itself


def test_state_of_an_untouched_year_is_all_missing() -> None:
    state = year_state([], YEAR_2021, MAKE_UP, post="A")
    assert (state.missing_minutes, state.missing_professional_minutes, state.missing_either_minutes) == (1440, 990, 450)


def test_professional_study_alone_meets_the_year() -> None:
    assert year_state([_study(IN_2021, 32)], YEAR_2021, MAKE_UP, post="A").is_met


def test_one_missing_minute_leaves_the_year_unmet() -> None:
    entries = [_common(IN_2021, 10), CreditEntry(IN_2021, 989, "professional", "A")]
    state = year_state(entries, YEAR_2021, MAKE_UP, post="A")
    assert (state.is_met, state.missing_minutes) == (False, 1)


@pytest.mark.parametrize(
    ("on", "counts"),
    [(date(2021, 3, 9), 0), (date(2021, 3, 10), 45), (date(2022, 3, 9), 45), (date(2022, 3, 10), 0)],
)
def test_only_study_inside_the_window_counts(on: date, counts: int) -> None:
    assert year_state([_study(on, 1)], YEAR_2021, MAKE_UP, post="A").counted.total == counts


def test_counter_entry_takes_credit_back() -> None:
    entries = [_study(IN_2021, 32), _study(IN_2021, -1)]
    state = year_state(entries, YEAR_2021, MAKE_UP, post="A")
    assert (state.is_met, state.missing_minutes) == (False, 45)


def test_block_never_falls_below_nothing() -> None:
    entries = [_common(IN_2021, -5), _study(IN_2021, 1)]
    assert year_state(entries, YEAR_2021, MAKE_UP, post="A").studied == BlockMinutes(0, 45)


def test_common_block_of_another_post_counts_only_where_the_policy_shares_it() -> None:
    entries = [_study(IN_2021, 4, "common", "B"), _common(IN_2021, 3)]
    apart = make_hour_rules(share_common_block=False)
    assert year_state(entries, YEAR_2021, MAKE_UP, post="A").counted.common == 7 * HOUR
    assert year_state(entries, YEAR_2021, apart, post="A").counted.common == 3 * HOUR


def test_professional_credit_without_a_post_is_refused() -> None:
    with pytest.raises(ValueError, match="professional credit belongs to one post"):
        CreditEntry(IN_2021, 45, "professional")


def test_demonstration_policy_of_three_minutes_is_met_by_three_lessons() -> None:
    rules = make_hour_rules(hour_minutes=1, annual_min_hours=3, professional_min_hours=2, renewal_min_hours=3)
    window = CeWindow(2021, date(2021, 3, 10), date(2099, 12, 31), kind="renewal")
    lessons = [CreditEntry(IN_2021, 1, "common"), *[CreditEntry(IN_2021, 1, "professional", "A")] * 2]
    assert [year_state(lessons[:done], window, rules, post="A").missing_minutes for done in range(4)] == [3, 2, 1, 0]


# Make-up and carrying over


def test_make_up_waits_for_its_approval() -> None:
    rules = make_hour_rules(make_up_needs_approval=True)
    entries = [_study(IN_2022, 64)]
    waiting = _judge(entries, rules, on=date(2023, 3, 10))
    approved = _judge(entries, rules, on=date(2023, 3, 10), approved_make_up=frozenset({2021}))
    assert (waiting.years[0].is_met, waiting.years[0].waiting_minutes) == (False, 1440)
    assert Clause.MAKE_UP_NEEDS_APPROVAL in waiting.years[0].clauses
    assert (waiting.rolling[0].status, waiting.is_valid) == ("open", True)
    assert (approved.years[0].is_met, approved.years[0].waiting_minutes) == (True, 0)
    assert approved.rolling[0].status == "met"


def test_study_meant_for_the_earlier_year_goes_there_first() -> None:
    outcome = _judge([_study(IN_2022, 32, makes_up_for=2021)], MAKE_UP, on=date(2023, 3, 9))
    assert [year.is_met for year in outcome.years] == [True, False]


def test_study_meant_for_an_earlier_year_counts_where_it_was_earned_if_not_allowed() -> None:
    outcome = _judge([_study(IN_2022, 32, makes_up_for=2021)], NO_MAKE_UP, on=date(2023, 3, 9))
    assert [year.is_met for year in outcome.years] == [False, True]


def test_what_the_earlier_year_cannot_use_counts_where_it_was_earned() -> None:
    entries = [_study(IN_2021, 30), _study(IN_2022, 32, makes_up_for=2021)]
    first, second = _judge(entries, MAKE_UP, on=date(2023, 3, 9)).years
    assert (first.is_met, first.made_up.total) == (True, 2 * HOUR)
    assert (second.counted.total, second.studied.total) == (30 * HOUR, 32 * HOUR)


def test_make_up_reaches_only_as_far_back_as_allowed() -> None:
    outcome = _judge([_study(IN_2023, 96)], MAKE_UP, on=date(2024, 3, 9))
    assert [year.is_met for year in outcome.years] == [False, True, True]
    assert outcome.years[2].unused_minutes == 32 * HOUR


def test_oldest_year_is_made_up_first() -> None:
    outcome = _judge([_study(IN_2023, 64)], make_hour_rules(make_up_years_back=2), on=date(2024, 3, 9))
    assert [year.is_met for year in outcome.years] == [True, False, True]


def test_surplus_is_carried_where_the_policy_allows_it() -> None:
    rules = make_hour_rules(carry_over=True, make_up_allowed=False)
    first, second = _judge([_study(IN_2021, 60), _study(IN_2022, 10)], rules, on=date(2023, 3, 9)).years
    assert (first.given_minutes, first.unused_minutes) == (22 * HOUR, 6 * HOUR)
    assert (second.is_met, second.carried_in.total) == (True, 22 * HOUR)
    assert Clause.CARRY_OVER in second.clauses


def test_study_after_the_day_of_judgement_is_left_out_of_account() -> None:
    (year,) = _judge([_study(IN_2021, 32)], MAKE_UP, on=date(2021, 5, 31)).years
    assert year.studied.total == 0


def test_each_year_is_judged_by_its_own_policy() -> None:
    stricter = make_hour_rules(annual_min_hours=40)
    years = [(YEAR_2021, NO_MAKE_UP), (YEAR_2022, stricter)]
    entries = [_study(IN_2021, 32), _study(IN_2022, 32)]
    outcome = judge_years(post="A", entries=entries, years=years, on=IN_2022)
    assert [year.missing_minutes for year in outcome.years] == [0, 8 * HOUR]


# The rolling test


def test_shortfall_that_may_still_be_made_up_keeps_the_certificate_valid() -> None:
    entries = [_study(IN_2021, 32)]
    last_day, day_after = date(2024, 3, 9), date(2024, 3, 10)
    assert _judge(entries, MAKE_UP, on=last_day).rolling[0].status == "open"
    assert _judge(entries, MAKE_UP, on=day_after).lapsed_after == last_day


def test_two_empty_years_end_the_certificate_though_make_up_is_allowed() -> None:
    outcome = _judge([], MAKE_UP, on=date(2023, 3, 10))
    assert (outcome.rolling[0].status, outcome.lapsed_after) == ("failed", date(2023, 3, 9))
    assert outcome.rolling[0].labels == (2021, 2022)
    assert (outcome.rolling[0].counted_minutes, outcome.rolling[0].needed_minutes) == (0, 2880)


def test_a_group_asks_for_no_more_than_its_years_together() -> None:
    years = [(YEAR_2021, make_hour_rules(annual_min_hours=24, make_up_allowed=False)), (YEAR_2022, NO_MAKE_UP)]
    entries = [_study(IN_2021, 24), _study(IN_2022, 32)]
    (group,) = judge_years(post="A", entries=entries, years=years, on=date(2023, 3, 10)).rolling
    assert (group.status, group.counted_minutes, group.needed_minutes) == ("met", 56 * HOUR, 56 * HOUR)


def test_policy_without_rolling_years_has_no_rolling_test() -> None:
    outcome = _judge([], make_hour_rules(rolling_years=0), on=date(2025, 3, 10))
    assert (outcome.rolling, outcome.is_valid) == ((), True)


# Properties

posts = st.sampled_from(["A", "B"])
professional = st.builds(
    CreditEntry,
    earned_on=st.dates(YEAR_2021.opens_on, YEAR_2023.closes_on),
    minutes=st.integers(-200, 1500),
    block=st.just("professional"),
    post=posts,
    makes_up_for=st.sampled_from([None, None, 2021, 2022]),
)
common = st.builds(
    CreditEntry,
    earned_on=st.dates(YEAR_2021.opens_on, YEAR_2023.closes_on),
    minutes=st.integers(0, 600),
    block=st.just("common"),
    post=st.none(),
)
ledgers = st.lists(st.one_of(professional, common), max_size=8)
policies = st.builds(
    make_hour_rules,
    make_up_allowed=st.booleans(),
    make_up_years_back=st.integers(0, 2),
    make_up_needs_approval=st.booleans(),
    carry_over=st.booleans(),
)
THREE_YEARS = (YEAR_2021, YEAR_2022, YEAR_2023)
AFTER = date(2024, 3, 10)


def _outcome(entries: list[CreditEntry], rules: HourRules, post: str = "A") -> YearsOutcome:
    return judge_years(post=post, entries=entries, years=[(window, rules) for window in THREE_YEARS], on=AFTER)


@given(ledger=ledgers, rules=policies, data=st.data())
def test_order_of_crediting_is_irrelevant(ledger: list[CreditEntry], rules: HourRules, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(ledger))
    assert _outcome(list(shuffled), rules) == _outcome(ledger, rules)


@given(ledger=ledgers, rules=policies, data=st.data())
def test_moving_study_inside_its_window_changes_nothing(
    ledger: list[CreditEntry], rules: HourRules, data: st.DataObject
) -> None:
    moved = []
    for entry in ledger:
        window = next(window for window in THREE_YEARS if entry.earned_on in window)
        moved.append(replace(entry, earned_on=data.draw(st.dates(window.opens_on, window.closes_on))))
    assert _outcome(moved, rules) == _outcome(ledger, rules)


@given(ledger=ledgers, rules=policies)
def test_posts_are_independent_but_for_the_common_block(ledger: list[CreditEntry], rules: HourRules) -> None:
    without_b = [entry for entry in ledger if entry.block == "common" or entry.post == "A"]
    assert _outcome(without_b, rules) == _outcome(ledger, rules)


@given(ledger=ledgers, rules=policies)
def test_no_minute_counts_twice_and_none_is_lost(ledger: list[CreditEntry], rules: HourRules) -> None:
    years = _outcome(ledger, rules).years
    for year in years:
        own = year.counted.total - year.made_up.total - year.carried_in.total
        assert year.studied.total == own + year.given_minutes + year.unused_minutes
        assert 0 <= year.counted.total <= year.need.total
        assert year.counted.common <= year.need.common_max
        assert year.missing_minutes >= year.missing_professional_minutes >= 0
    assert sum(year.given_minutes for year in years) == sum(
        year.made_up.total + year.carried_in.total for year in years
    )


@given(ledger=st.lists(st.one_of(professional.filter(lambda e: e.minutes > 0), common), max_size=8), rules=policies)
def test_a_year_met_by_itself_stays_met_beside_others(ledger: list[CreditEntry], rules: HourRules) -> None:
    plain = [replace(entry, makes_up_for=None) for entry in ledger]
    for window, year in zip(THREE_YEARS, _outcome(plain, rules).years, strict=True):
        if year_state(plain, window, rules, post="A").is_met:
            assert year.is_met


@given(ledger=ledgers, rules=policies, days=st.integers(0, 900))
def test_a_certificate_that_lapsed_stays_lapsed(ledger: list[CreditEntry], rules: HourRules, days: int) -> None:
    rules = replace(rules, make_up_needs_approval=False)
    years = [(window, rules) for window in THREE_YEARS]
    day = date(2023, 3, 1) + timedelta(days=days)
    earlier = judge_years(post="A", entries=ledger, years=years, on=min(day, AFTER))
    if earlier.lapsed_after is not None:
        later = judge_years(post="A", entries=ledger, years=years, on=AFTER + timedelta(days=1))
        assert later.lapsed_after == earlier.lapsed_after
