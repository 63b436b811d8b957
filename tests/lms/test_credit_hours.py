"""Minutes are shown as 学时 exactly, never more than was earned."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.lib.credit_hours import format_credit_hours


@pytest.mark.parametrize(
    ("minutes", "hour_minutes", "shown"),
    [
        (1440, 45, "32"),
        (50, 45, "1.1"),
        (1439, 45, "31.9"),
        (0, 45, "0"),
        (4, 45, "0"),
        (5, 45, "0.1"),
        (3, 1, "3"),
        (-1440, 45, "-32"),
        (-50, 45, "-1.1"),
        (-4, 45, "0"),
    ],
)
def test_minutes_are_floored_to_a_tenth_of_a_credit_hour(minutes: int, hour_minutes: int, shown: str) -> None:
    assert format_credit_hours(minutes, hour_minutes=hour_minutes) == shown


def test_credit_hour_of_no_length_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one minute, not 0"):
        format_credit_hours(45, hour_minutes=0)


@given(hours=st.integers(0, 10_000), hour_minutes=st.integers(1, 120))
def test_whole_credit_hours_print_without_decimals(hours: int, hour_minutes: int) -> None:
    assert format_credit_hours(hours * hour_minutes, hour_minutes=hour_minutes) == str(hours)
