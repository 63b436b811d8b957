"""Which days belong to which year of continuing education."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.hour_rules import make_hour_rules
from tracking.rules.ce_windows import (
    CertificateOrigin,
    CeWindow,
    RenewalClosedError,
    add_years,
    ce_windows,
    renewal_window,
)

RULES = make_hour_rules()


@pytest.mark.parametrize(
    ("day", "years", "anniversary"),
    [
        (date(2020, 2, 29), 1, date(2021, 2, 28)),
        (date(2020, 2, 29), 4, date(2024, 2, 29)),
        (date(2020, 3, 1), 1, date(2021, 3, 1)),
        (date(2020, 2, 28), 4, date(2024, 2, 28)),
    ],
)
def test_anniversary_of_a_leap_day_is_28_february(day: date, years: int, anniversary: date) -> None:
    assert add_years(day, years) == anniversary


def test_year_is_named_after_its_anniversary_even_when_it_opens_on_new_years_day() -> None:
    windows = ce_windows(issued_on=date(2021, 12, 31), origin="renewed", rules=RULES, until=date(2022, 6, 1))
    assert windows == (CeWindow(2021, date(2022, 1, 1), date(2022, 12, 31)),)


def test_first_year_is_the_policys_to_say() -> None:
    rules = make_hour_rules(new_starts="same_year", renewed_starts="next_year")
    new = ce_windows(issued_on=date(2020, 3, 10), origin="new", rules=rules, until=date(2020, 3, 10))
    renewed = ce_windows(issued_on=date(2020, 3, 10), origin="renewed", rules=rules, until=date(2021, 3, 11))
    assert new == (CeWindow(2020, date(2020, 3, 10), date(2021, 3, 9)),)
    assert renewed == (CeWindow(2021, date(2021, 3, 11), date(2022, 3, 10)),)


def test_no_window_is_given_before_it_opens() -> None:
    assert ce_windows(issued_on=date(2020, 3, 10), origin="new", rules=RULES, until=date(2021, 3, 9)) == ()


def test_both_days_belong_to_the_window() -> None:
    window = CeWindow(2021, date(2021, 3, 10), date(2022, 3, 9))
    days = (date(2021, 3, 9), date(2021, 3, 10), date(2022, 3, 9), date(2022, 3, 10))
    assert [day in window for day in days] == [False, True, True, False]


def test_renewal_window_runs_from_the_claim_to_the_deadline() -> None:
    assert renewal_window(claimed_on=date(2021, 9, 30), rules=RULES) == CeWindow(
        label=2021, opens_on=date(2021, 9, 30), closes_on=date(2021, 9, 30), kind="renewal"
    )


def test_renewal_window_stays_open_without_a_deadline() -> None:
    rules = make_hour_rules(legacy_deadline=None)
    assert renewal_window(claimed_on=date(2030, 1, 1), rules=rules).closes_on == date.max


def test_claim_after_the_deadline_opens_no_window() -> None:
    with pytest.raises(RenewalClosedError) as caught:
        renewal_window(claimed_on=date(2021, 10, 1), rules=RULES)
    assert str(caught.value) == "claimed on 2021-10-01, after the deadline 2021-09-30"


@given(
    issued_on=st.dates(date(1990, 1, 1), date(2060, 12, 31)),
    origin=st.sampled_from(["new", "renewed"]),
    years=st.integers(0, 12),
)
def test_years_follow_each_other_without_gap_or_overlap(issued_on: date, origin: CertificateOrigin, years: int) -> None:
    windows = ce_windows(issued_on=issued_on, origin=origin, rules=RULES, until=add_years(issued_on, years))
    for window, following in pairwise(windows):
        assert window.closes_on + timedelta(days=1) == following.opens_on
        assert window.label + 1 == following.label
        assert 365 <= (following.opens_on - window.opens_on).days <= 366
