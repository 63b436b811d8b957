"""Dated rows with inheritance become one policy with every field set."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from courses.rules.policy_resolution import POLICY_FIELDS, PolicyError, PolicyRow, policy_conflicts, resolve_policy
from tests.factories.hour_rules import NATIONAL, make_hour_rules

NATIONAL_VALUES: dict[str, Any] = {name: getattr(NATIONAL, name) for name in POLICY_FIELDS}
NATIONAL_ROW = PolicyRow("00", date(2019, 1, 1), "测试政策", False, NATIONAL_VALUES, policy_id=1)


def _row(authority_code: str, effective_from: date, policy_id: int = 2, **values: Any) -> PolicyRow:
    return PolicyRow(authority_code, effective_from, f"测试{policy_id}号", True, values, policy_id)


def test_national_row_alone_sets_every_field() -> None:
    assert resolve_policy([NATIONAL_ROW], authority_code="00", on=date(2019, 1, 1)) == NATIONAL


def test_authority_without_a_row_takes_the_national_one_under_its_own_name() -> None:
    resolved = resolve_policy([NATIONAL_ROW], authority_code="42", on=date(2020, 1, 1))
    assert resolved == make_hour_rules(authority_code="42")


def test_authoritys_own_values_lie_over_the_national_ones() -> None:
    row = _row("42", date(2021, 8, 26), make_up_allowed=False, daily_cap_minutes=0, annual_min_hours=None)
    assert resolve_policy([row, NATIONAL_ROW], authority_code="42", on=date(2021, 8, 26)) == make_hour_rules(
        authority_code="42",
        policy_id=2,
        effective_from=date(2021, 8, 26),
        source="测试2号",
        verified=True,
        inherits_unverified=True,
        make_up_allowed=False,
    )


def test_a_row_that_leaves_nothing_open_stands_by_its_own_source() -> None:
    whole = _row("42", date(2021, 8, 26), **NATIONAL_VALUES)
    assert resolve_policy([NATIONAL_ROW, whole], authority_code="42", on=date(2021, 8, 26)).inherits_unverified is False


def test_defaults_of_a_verified_national_row_need_no_mark() -> None:
    rows = [replace(NATIONAL_ROW, verified=True), _row("42", date(2021, 8, 26), make_up_allowed=False)]
    assert resolve_policy(rows, authority_code="42", on=date(2021, 8, 26)).inherits_unverified is False


def test_row_holds_from_its_effective_date_itself() -> None:
    rows = [NATIONAL_ROW, _row("42", date(2021, 8, 26), annual_min_hours=40)]
    before = resolve_policy(rows, authority_code="42", on=date(2021, 8, 25))
    assert (before.annual_min_hours, before.policy_id) == (32, 1)
    assert resolve_policy(rows, authority_code="42", on=date(2021, 8, 26)).annual_min_hours == 40


def test_newer_row_replaces_the_older_one_whole() -> None:
    rows = [
        NATIONAL_ROW,
        _row("42", date(2022, 1, 1), 3, professional_min_hours=24),
        _row("42", date(2021, 1, 1), 2, annual_min_hours=40),
    ]
    resolved = resolve_policy(rows, authority_code="42", on=date(2022, 6, 1))
    assert (resolved.annual_min_hours, resolved.professional_min_hours, resolved.policy_id) == (32, 24, 3)


def test_other_authorities_rows_are_left_aside() -> None:
    rows = [NATIONAL_ROW, _row("33", date(2021, 1, 1), annual_min_hours=40)]
    assert resolve_policy(rows, authority_code="42", on=date(2022, 1, 1)).annual_min_hours == 32


def test_national_extension_reaches_authorities_that_set_no_deadline() -> None:
    extended = _row("00", date(2021, 9, 1), 9, **{**NATIONAL_VALUES, "legacy_deadline": date(2022, 6, 30)})
    rows = [NATIONAL_ROW, extended, _row("42", date(2021, 1, 1), 2, annual_min_hours=40)]
    before = resolve_policy(rows, authority_code="42", on=date(2021, 8, 31))
    after = resolve_policy(rows, authority_code="42", on=date(2021, 9, 1))
    assert (before.legacy_deadline, after.legacy_deadline) == (date(2021, 9, 30), date(2022, 6, 30))
    assert after.annual_min_hours == 40


def test_limits_may_be_set_nowhere() -> None:
    row = replace(NATIONAL_ROW, values={**NATIONAL_VALUES, "legacy_deadline": None})
    assert resolve_policy([row], authority_code="00", on=date(2020, 1, 1)).legacy_deadline is None


def _refusal(*rows: PolicyRow, on: date = date(2020, 1, 1)) -> str:
    with pytest.raises(PolicyError) as caught:
        resolve_policy(rows, authority_code="42", on=on)
    return str(caught.value)


def test_day_without_a_national_row_is_refused() -> None:
    own = _row("42", date(2018, 1, 1), **NATIONAL_VALUES)
    assert _refusal(own, NATIONAL_ROW, on=date(2018, 12, 31)) == "no national policy is in force on 2018-12-31"


def test_fields_set_nowhere_are_named() -> None:
    values = {name: value for name, value in NATIONAL_VALUES.items() if name not in {"max_rate", "hour_minutes"}}
    refusal = _refusal(replace(NATIONAL_ROW, values=values))
    assert refusal == "not set for 42 on 2020-01-01: hour_minutes, max_rate"


def test_unknown_field_is_refused() -> None:
    assert _refusal(NATIONAL_ROW, _row("42", date(2019, 2, 1), anual=1)) == "unknown field anual of 42 from 2019-02-01"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("annual_min_hours", "32"),
        ("annual_min_hours", True),
        ("annual_min_hours", -1),
        ("annual_min_hours", 32.0),
        ("max_age_men", Decimal(60)),
        ("carry_over", 1),
        ("max_rate", 1),
        ("max_rate", Decimal("NaN")),
        ("recognition", "nobody"),
        ("new_starts", None.__class__),
        ("legacy_deadline", "2021-09-30"),
        ("legacy_deadline", datetime.fromisoformat("2021-09-30T00:00:00+08:00")),
        ("challenge_kind", 1),
    ],
)
def test_value_of_the_wrong_kind_is_refused_by_name(name: str, value: object) -> None:
    refusal = _refusal(NATIONAL_ROW, _row("42", date(2019, 2, 1), **{name: value}))
    assert refusal == f"{name} of 42 from 2019-02-01 cannot be {value!r}"


def test_default_policy_has_no_conflicts() -> None:
    assert policy_conflicts(NATIONAL) == ()


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("professional_min_hours", {"professional_min_hours": 33}),
        ("rolling_min_hours", {"rolling_min_hours": 65}),
        ("hour_minutes", {"hour_minutes": 0}),
        ("max_rate", {"max_rate": Decimal(0)}),
        ("exam_local_share_max", {"exam_local_share_max": Decimal("1.01")}),
        ("make_up_years_back", {"make_up_years_back": 0}),
    ],
)
def test_contradictory_policy_is_named_by_its_field(name: str, changes: dict[str, Any]) -> None:
    assert policy_conflicts(make_hour_rules(**changes)) == (name,)
