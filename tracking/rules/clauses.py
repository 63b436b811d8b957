"""The clauses of a policy that can decide an outcome; each code is the path of its field in a policy row."""

from collections.abc import Iterable
from enum import StrEnum


class Clause(StrEnum):
    """Codes stored with outcomes and shown, with their meaning, to whoever asks why."""

    ANNUAL_MIN = "hours.annual_min"
    PROFESSIONAL_MIN = "hours.professional_min"
    COMMON_MAX = "hours.common_max"  # annual less professional minimum: more of the common block does not count
    NO_CARRY_OVER = "carry_over.none"
    CARRY_OVER = "carry_over.allowed"
    MAKE_UP = "make_up.allowed"
    MAKE_UP_NOT_ALLOWED = "make_up.not_allowed"
    MAKE_UP_NEEDS_APPROVAL = "make_up.needs_approval"
    SHARED_COMMON_BLOCK = "share_common_block"
    ROLLING_MIN = "hours.rolling_min"
    RENEWAL_MIN = "renewal.min_hours"
    RENEWAL_EXAM = "renewal.exam_required"
    LEGACY_ISSUED_BEFORE = "renewal.legacy_issued_before"
    LEGACY_DEADLINE = "renewal.legacy_deadline"


def in_order(clauses: Iterable[Clause]) -> tuple[Clause, ...]:
    """Each clause once, in the order of the list above."""
    given = set(clauses)
    return tuple(clause for clause in Clause if clause in given)
