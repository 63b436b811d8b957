"""Which rules hold for an authority on a day, from its dated rows and the national ones.

The authority's newest row in force decides; a field it leaves unset comes from the national row in force on the same
day, so an extension of the national deadline reaches every authority that set none of its own. Rows are never edited:
a change is a new row with its own effective date (DOMAIN, the hours rule).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from lms.lib.hour_rules import NATIONAL_AUTHORITY_CODE, HourRules

ROW_FIELDS = frozenset({"authority_code", "policy_id", "effective_from", "source", "verified", "inherits_unverified"})
POLICY_FIELDS = frozenset(field.name for field in fields(HourRules)) - ROW_FIELDS
NULLABLE = frozenset({"legacy_deadline", "max_age_men", "max_age_women"})
# fields younger than rows that were written before them: what those rows, which are never edited, meant
DEFAULTS: Mapping[str, object] = {"grace_days": 0}
MOST_GRACE_DAYS = 366
CHOICES: Mapping[str, frozenset[str]] = {
    "ce_year_anchor": frozenset({"issue_date"}),
    "new_starts": frozenset({"next_year", "same_year"}),
    "renewed_starts": frozenset({"next_year", "same_year"}),
    "recognition": frozenset({"automatic", "officer"}),
}
KINDS = {
    field.name: field.type if isinstance(field.type, type) else None
    for field in fields(HourRules)
    if field.name in POLICY_FIELDS
}


class PolicyError(ValueError):
    """The rows say nothing that could be applied; the message names authority, day and field."""


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One row as it is stored: ``values`` by field name of :class:`HourRules`; absent or None inherits."""

    authority_code: str
    effective_from: date
    source: str
    verified: bool
    values: Mapping[str, object]
    policy_id: int | None = None


def resolve_policy(rows: Iterable[PolicyRow], *, authority_code: str, on: date) -> HourRules:
    """The rules of ``authority_code`` on day ``on``, every field set. A row counts from its effective date itself.

    ``policy_id``, ``effective_from``, ``source`` and ``verified`` are those of the authority's own row, or of the
    national one where it has none yet. Of two rows of one day the later given decides.

    :raises PolicyError: no national row is in force, a field is set nowhere, unknown or of the wrong kind.
    """
    in_force = sorted((row for row in rows if row.effective_from <= on), key=lambda row: row.effective_from)
    newest = {row.authority_code: row for row in in_force}
    national = newest.get(NATIONAL_AUTHORITY_CODE)
    if national is None:
        raise PolicyError(f"no national policy is in force on {on}")
    row = newest.get(authority_code, national)
    stated = _set_values(row)
    inherited = {**DEFAULTS, **_set_values(national), **stated}
    missing = POLICY_FIELDS - NULLABLE - inherited.keys()
    if missing:
        raise PolicyError(f"not set for {authority_code} on {on}: {', '.join(sorted(missing))}")
    values: dict[str, Any] = {name: inherited.get(name) for name in POLICY_FIELDS}
    return HourRules(
        authority_code=authority_code,
        policy_id=row.policy_id,
        effective_from=row.effective_from,
        source=row.source,
        verified=row.verified,
        inherits_unverified=row is not national
        and not national.verified
        and bool(inherited.keys() - DEFAULTS.keys() - stated.keys()),
        **values,
    )


def policy_conflicts(rules: HourRules) -> tuple[str, ...]:
    """Fields of a resolved policy that contradict each other, by the name of the field to look at.

    ``rolling_min_hours``: more than its years can bring, since each year counts up to its minimum: nobody could pass.
    """
    conflicts = {
        "professional_min_hours": rules.professional_min_hours > rules.annual_min_hours,
        "rolling_min_hours": rules.rolling_min_hours > rules.rolling_years * rules.annual_min_hours > 0,
        "hour_minutes": rules.hour_minutes <= 0,
        "grace_days": rules.grace_days > MOST_GRACE_DAYS,
        "max_rate": rules.max_rate <= 0,
        "exam_local_share_max": not 0 <= rules.exam_local_share_max <= 1,
        "make_up_years_back": rules.make_up_allowed and rules.make_up_years_back < 1,
    }
    return tuple(name for name, is_wrong in conflicts.items() if is_wrong)


def _set_values(row: PolicyRow) -> dict[str, object]:
    for name, value in row.values.items():
        if name not in POLICY_FIELDS:
            raise PolicyError(f"unknown field {name} of {row.authority_code} from {row.effective_from}")
        if value is not None and not _fits(name, value):
            raise PolicyError(f"{name} of {row.authority_code} from {row.effective_from} cannot be {value!r}")
    return {name: value for name, value in row.values.items() if value is not None}


def _fits(name: str, value: object) -> bool:
    """Whether a value is of the field's kind: whole numbers are not negative and no booleans, dates have no time."""
    if name in CHOICES:
        return value in CHOICES[name]
    if name in {"legacy_issued_before", "legacy_deadline"}:
        return type(value) is date
    kind = KINDS[name] or int
    if kind is int:
        return type(value) is int and value >= 0
    if kind is Decimal:
        return isinstance(value, Decimal) and value.is_finite()
    return type(value) is kind
