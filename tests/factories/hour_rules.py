"""Resolved policies for the tests of the rules: the national defaults, changed field by field."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from lms.lib.hour_rules import HourRules

NATIONAL = HourRules(
    authority_code="00", policy_id=1, effective_from=date(2019, 1, 1), source="测试政策", verified=False,
    ce_year_anchor="issue_date", new_starts="next_year", renewed_starts="same_year",
    annual_min_hours=32, professional_min_hours=22, rolling_years=2, rolling_min_hours=64,
    carry_over=False, make_up_allowed=True, make_up_years_back=1, make_up_needs_approval=False,
    share_common_block=True, renewal_min_hours=32, exam_required=False,
    legacy_issued_before=date(2018, 12, 13), legacy_deadline=date(2021, 9, 30), recognition="automatic",
    daily_cap_minutes=0, seek_first_view=False, max_rate=Decimal("1.0"), concurrent_plays=1,
    challenge_kind="quiz", challenge_per_hour=2, challenge_window_seconds=60, hour_minutes=45,
    exam_pass_mark=60, exam_attempts=3, exam_cool_down_hours=24, exam_local_share_max=Decimal("0.20"),
    max_age_men=None, max_age_women=None,
)  # fmt: skip


def make_hour_rules(**overrides: Any) -> HourRules:
    """The national defaults (32 of which 22, make-up of one year without approval), with any field replaced."""
    return replace(NATIONAL, **overrides)
