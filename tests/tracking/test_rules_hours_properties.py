"""What holds of the hours rule whatever the policy, the days and the study."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from lms.lib.hour_rules import HourRules
from tests.factories.hour_rules import make_hour_rules
from tracking.rules.ce_windows import CertificateOrigin, CeWindow, ce_windows, following_window
from tracking.rules.ce_years import YearsOutcome, judge_years
from tracking.rules.credit_entries import CreditEntry
from tracking.rules.year_state import year_state

HOUR = 45
ISSUED = date(2020, 2, 29)
WINDOWS = ce_windows(issued_on=ISSUED, origin="new", rules=make_hour_rules(), until=date(2023, 6, 1))
AFTER = WINDOWS[-1].closes_on + timedelta(days=1)
BOUNDED = effort(max_examples=40)

days = st.sampled_from([day for window in WINDOWS for day in (window.opens_on, window.closes_on)]) | st.dates(
    WINDOWS[0].opens_on, WINDOWS[-1].closes_on
)
lesson_keys = st.none() | st.integers(1, 5).map(lambda number: UUID(int=number))
minutes = st.integers(1, 40 * HOUR)
professional = st.builds(
    CreditEntry,
    earned_on=days,
    minutes=minutes,
    block=st.just("professional"),
    post=st.sampled_from(["A", "B"]),
    makes_up_for=st.sampled_from([None, None, None, 2021, 2022]),
    lesson_key=st.none(),
)
common = st.builds(CreditEntry, earned_on=days, minutes=minutes, block=st.just("common"), post=st.none())
ledgers = st.lists(st.one_of(professional, common), max_size=10)
annual_minima = st.integers(1, 60)


@st.composite
def policies(draw: st.DrawFn) -> HourRules:
    """Any policy that does not contradict itself."""
    annual = draw(annual_minima)
    rolling_years = draw(st.integers(0, 3))
    return make_hour_rules(
        annual_min_hours=annual,
        professional_min_hours=draw(st.integers(0, annual)),
        rolling_years=rolling_years,
        rolling_min_hours=draw(st.integers(0, rolling_years * annual)),
        make_up_allowed=draw(st.booleans()),
        make_up_years_back=draw(st.integers(1, 3)),
        make_up_needs_approval=draw(st.booleans()),
        carry_over=draw(st.booleans()),
        share_common_block=draw(st.booleans()),
    )


dated_policies = st.lists(policies(), min_size=len(WINDOWS), max_size=len(WINDOWS))
approvals = st.frozensets(st.sampled_from([window.label for window in WINDOWS]))


def judge(
    ledger: list[CreditEntry], rules: list[HourRules], approved: frozenset[int] = frozenset(), post: str = "A"
) -> YearsOutcome:
    years = list(zip(WINDOWS, rules, strict=True))
    return judge_years(post=post, entries=ledger, years=years, on=AFTER, approved_make_up=approved)


@BOUNDED
@given(ledger=ledgers, rules=dated_policies, approved=approvals)
def test_no_policy_meets_a_year_by_less_than_its_need(
    ledger: list[CreditEntry], rules: list[HourRules], approved: frozenset[int]
) -> None:
    for year, policy in zip(judge(ledger, rules, approved).years, rules, strict=True):
        assert year.need.total == policy.annual_min_minutes
        assert year.is_met == (year.counted.total == year.need.total)
        if year.is_met:
            assert year.counted.professional >= year.need.professional == policy.professional_min_minutes


@BOUNDED
@given(ledger=ledgers, rules=dated_policies, approved=approvals)
def test_what_counts_in_all_is_never_more_than_what_was_studied(
    ledger: list[CreditEntry], rules: list[HourRules], approved: frozenset[int]
) -> None:
    years = judge(ledger, rules, approved).years
    studied = sum(entry.minutes for entry in ledger if entry.post in {None, "A"})
    assert sum(year.counted.total for year in years) <= sum(year.studied.total for year in years) <= studied
    for block in ("common", "professional"):
        counted = sum(getattr(year.counted, block) for year in years)
        assert counted <= sum(entry.minutes for entry in ledger if entry.block == block)


@BOUNDED
@given(ledger=ledgers, rules=dated_policies, approved=approvals, data=st.data())
def test_neither_the_order_of_entries_nor_the_day_inside_a_window_matters(
    ledger: list[CreditEntry], rules: list[HourRules], approved: frozenset[int], data: st.DataObject
) -> None:
    moved = []
    for entry in data.draw(st.permutations(ledger)):
        window = next(window for window in WINDOWS if entry.earned_on in window)
        moved.append(replace(entry, earned_on=data.draw(st.dates(window.opens_on, window.closes_on))))
    assert judge(moved, rules, approved) == judge(ledger, rules, approved)


@BOUNDED
@given(ledger=ledgers, rules=dated_policies, keys=st.lists(lesson_keys, min_size=10, max_size=10), data=st.data())
def test_a_lesson_that_stands_twice_in_a_window_earns_once(
    ledger: list[CreditEntry], rules: list[HourRules], keys: list[UUID | None], data: st.DataObject
) -> None:
    named = [replace(entry, lesson_key=UUID(int=100 + number)) for number, entry in enumerate(ledger)]
    doubled = list(named)
    for entry in data.draw(st.lists(st.sampled_from(named), max_size=5)) if named else []:
        window = next(window for window in WINDOWS if entry.earned_on in window)
        doubled.append(replace(entry, earned_on=data.draw(st.dates(entry.earned_on, window.closes_on))))
    assert judge(doubled, rules) == judge(named, rules)


@BOUNDED
@given(ledger=ledgers, rules=dated_policies, other=st.lists(professional, max_size=5))
def test_study_of_another_post_s_own_block_changes_nothing(
    ledger: list[CreditEntry], rules: list[HourRules], other: list[CreditEntry]
) -> None:
    of_b = [replace(entry, post="B") for entry in other]
    assert judge(ledger + of_b, rules) == judge(ledger, rules)


@BOUNDED
@given(ledger=ledgers, rules=dated_policies)
def test_the_common_block_counts_alike_for_every_post(ledger: list[CreditEntry], rules: list[HourRules]) -> None:
    only_common = [entry for entry in ledger if entry.block == "common"]
    assert judge(only_common, rules, post="A") == judge(only_common, rules, post="B")


@BOUNDED
@given(ledger=ledgers, more=st.lists(st.one_of(professional, common), max_size=4), rules=policies(), approved=approvals)
def test_more_study_never_takes_a_met_year_away(
    ledger: list[CreditEntry], more: list[CreditEntry], rules: HourRules, approved: frozenset[int]
) -> None:
    plain = [replace(entry, makes_up_for=None) for entry in ledger + more]
    policy = [rules] * len(WINDOWS)
    before = judge(plain[: len(ledger)], policy, approved).years
    after = judge(plain, policy, approved).years
    assert [old.is_met for old, new in zip(before, after, strict=True) if old.is_met and not new.is_met] == []


@BOUNDED
@given(ledger=ledgers, rules=dated_policies, approved=approvals)
def test_without_carrying_over_no_year_is_helped_by_an_earlier_one(
    ledger: list[CreditEntry], rules: list[HourRules], approved: frozenset[int]
) -> None:
    policy = [replace(each, carry_over=False) for each in rules]
    plain = [replace(entry, makes_up_for=None) for entry in ledger]
    years = judge(plain, policy, approved).years
    for window, year in zip(WINDOWS, years, strict=True):
        assert year.carried_in.total == 0
        later = [entry for entry in plain if entry.earned_on >= window.opens_on]
        alone = next(each for each in judge(later, policy, approved).years if each.window == window)
        assert year.counted - year.made_up == alone.counted - alone.made_up


@BOUNDED
@given(ledger=ledgers, rules=dated_policies, approved=approvals)
def test_an_approval_never_harms(ledger: list[CreditEntry], rules: list[HourRules], approved: frozenset[int]) -> None:
    plain = [replace(entry, makes_up_for=None) for entry in ledger]
    policy = [replace(each, carry_over=False) for each in rules]
    without, given_leave = judge(plain, policy), judge(plain, policy, approved)
    assert given_leave.years[0].counted.total >= without.years[0].counted.total
    assert sum(year.counted.total for year in given_leave.years) >= sum(year.counted.total for year in without.years)


@BOUNDED
@given(ledger=ledgers, rules=policies())
def test_a_year_by_itself_counts_as_in_a_chain_where_years_do_not_help_each_other(
    ledger: list[CreditEntry], rules: HourRules
) -> None:
    alone = replace(rules, make_up_allowed=False, carry_over=False)
    years = judge(ledger, [alone] * len(WINDOWS)).years
    for window, year in zip(WINDOWS, years, strict=True):
        assert year.counted == year_state(ledger, window, alone, post="A").counted


@BOUNDED
@given(
    anchor=st.dates(date(1990, 1, 1), date(2060, 12, 31)) | st.sampled_from([ISSUED, date(2024, 2, 29)]),
    origin=st.sampled_from(["new", "renewed"]),
    number=st.integers(1, 12),
)
def test_years_opened_one_after_another_are_those_counted_from_the_anchor(
    anchor: date, origin: CertificateOrigin, number: int
) -> None:
    rules = make_hour_rules()
    counted = ce_windows(
        issued_on=anchor, origin=origin, rules=rules, until=anchor.replace(day=1, year=anchor.year + 14)
    )
    windows = [counted[0]]
    for _ in range(min(number, len(counted) - 1)):
        windows.append(following_window(windows[-1], anchor_on=anchor, origin=origin))
    assert tuple(windows) == counted[: len(windows)]


@BOUNDED
@given(
    opens_on=st.dates(date(2015, 1, 1), date(2040, 12, 31)),
    length=st.integers(360, 370),
    drift=st.integers(-3, 3),
    origin=st.sampled_from(["new", "renewed"]),
)
def test_after_a_year_that_closed_beside_its_anniversary_there_is_no_gap_and_no_stub(
    opens_on: date, length: int, drift: int, origin: CertificateOrigin
) -> None:
    window = CeWindow(opens_on.year, opens_on, opens_on + timedelta(days=length))
    chain = [window]
    for _ in range(4):
        chain.append(following_window(chain[-1], anchor_on=opens_on + timedelta(days=drift), origin=origin))
    for earlier, later in pairwise(chain):
        assert later.opens_on == earlier.closes_on + timedelta(days=1)
        assert 350 <= (later.closes_on - later.opens_on).days + 1 <= 380
    assert [later.label - earlier.label for earlier, later in pairwise(chain[1:])] == [1, 1, 1]
