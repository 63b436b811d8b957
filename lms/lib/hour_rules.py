"""The resolved hour policy: one authority's rules on one day, every field set.

Shared vocabulary of courses (which resolves it from dated rows), tracking (which judges by it) and certificates.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

CeYearAnchor: TypeAlias = Literal["issue_date"]
FirstYear: TypeAlias = Literal["next_year", "same_year"]
Recognition: TypeAlias = Literal["automatic", "officer"]

NATIONAL_AUTHORITY_CODE = "00"


@dataclass(frozen=True, slots=True)
class HourRules:
    """What one authority asks on one day.

    ``*_hours`` are 学时 of ``hour_minutes`` minutes each; ledger and rules work in whole minutes, through the
    ``*_minutes`` properties. ``policy_id``, ``effective_from``, ``source`` and ``verified`` are those of the most
    specific row; ``inherits_unverified`` says that it left fields to a national row that nobody has confirmed.
    ``daily_cap_minutes`` 0 means no cap; ``legacy_deadline`` and the ages None mean no limit.
    ``grace_days`` follow the legacy deadline: whoever claimed in time may finish in them.
    """

    authority_code: str
    policy_id: int | None
    effective_from: date
    source: str
    verified: bool
    ce_year_anchor: CeYearAnchor
    new_starts: FirstYear
    renewed_starts: FirstYear
    annual_min_hours: int
    professional_min_hours: int
    rolling_years: int
    rolling_min_hours: int
    carry_over: bool
    make_up_allowed: bool
    make_up_years_back: int
    make_up_needs_approval: bool
    share_common_block: bool
    renewal_min_hours: int
    exam_required: bool
    legacy_issued_before: date
    legacy_deadline: date | None
    recognition: Recognition
    daily_cap_minutes: int
    seek_first_view: bool
    max_rate: Decimal
    concurrent_plays: int
    challenge_kind: str
    challenge_per_hour: int
    challenge_window_seconds: int
    hour_minutes: int
    exam_pass_mark: int
    exam_attempts: int
    exam_cool_down_hours: int
    exam_local_share_max: Decimal
    max_age_men: int | None
    max_age_women: int | None
    grace_days: int = 0
    inherits_unverified: bool = False

    @property
    def annual_min_minutes(self) -> int:
        """Minutes that a CE year asks for in all."""
        return self.annual_min_hours * self.hour_minutes

    @property
    def professional_min_minutes(self) -> int:
        """Minutes of these that must be of the post's professional block."""
        return self.professional_min_hours * self.hour_minutes

    @property
    def common_max_minutes(self) -> int:
        """Most minutes of the common block that count in one CE year: the annual less the professional minimum."""
        return max(0, self.annual_min_minutes - self.professional_min_minutes)

    @property
    def rolling_min_minutes(self) -> int:
        """Minutes that ``rolling_years`` consecutive CE years ask for together."""
        return self.rolling_min_hours * self.hour_minutes

    @property
    def renewal_min_minutes(self) -> int:
        """Minutes that the renewal of a legacy certificate asks for."""
        return self.renewal_min_hours * self.hour_minutes
