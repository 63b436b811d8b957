"""The resolved policy speaks in 学时 and answers in minutes."""

from tests.factories.hour_rules import make_hour_rules


def test_hours_are_answered_in_minutes() -> None:
    rules = make_hour_rules()
    assert rules.annual_min_minutes == 1440
    assert rules.professional_min_minutes == 990
    assert rules.common_max_minutes == 450
    assert rules.rolling_min_minutes == 2880
    assert rules.renewal_min_minutes == 1440


def test_common_block_may_be_left_no_room() -> None:
    assert make_hour_rules(professional_min_hours=40).common_max_minutes == 0
