"""Age limits that some authorities set."""

from datetime import date

import pytest

from tests.factories.hour_rules import make_hour_rules
from tracking.rules.age_limits import exceeds_age_limit

LIMITED = make_hour_rules(max_age_men=60, max_age_women=55)


@pytest.mark.parametrize(
    ("born_on", "sex", "exceeds"),
    [
        (date(1960, 6, 1), "male", True),
        (date(1960, 6, 2), "male", False),
        (date(1965, 6, 1), "female", True),
        (date(1965, 6, 2), "female", False),
        (date(1900, 1, 1), "", False),
        (None, "male", False),
    ],
)
def test_limit_ends_the_day_before_the_next_birthday(born_on: date | None, sex: str, exceeds: bool) -> None:
    assert exceeds_age_limit(born_on=born_on, sex=sex, on=date(2021, 6, 1), rules=LIMITED) is exceeds


def test_policy_without_a_limit_excludes_nobody() -> None:
    born_on = date(1900, 1, 1)
    assert not exceeds_age_limit(born_on=born_on, sex="male", on=date(2021, 6, 1), rules=make_hour_rules())
