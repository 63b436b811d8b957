"""Which rules hold."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Authority
from courses.models import HourPolicy
from courses.rules.policy_resolution import POLICY_FIELDS, PolicyError, PolicyRow, resolve_policy
from lms.lib.errors import DomainError
from lms.lib.hour_rules import NATIONAL_AUTHORITY_CODE, HourRules


class NoPolicyError(DomainError):
    """No complete policy was in force on that day, so nothing can be judged."""

    code = "no_policy"


def policy_in_force(*, authority: Authority, on: date) -> HourRules:
    """The rules of ``authority`` on one day, every field set; one statement.

    The authority's own newest row in force decides, and what it leaves empty comes from the national row in force on
    the same day. ``policy_id`` is the own row's key if there is one, else the national row's.

    :raises NoPolicyError: no national row was in force on that day, or a field is set nowhere.
    """
    wanted = Q(authority=authority) | Q(authority__code=NATIONAL_AUTHORITY_CODE)
    rows = HourPolicy.objects.filter(wanted, effective_from__lte=on).select_related("authority")
    try:
        return resolve_policy(
            [_policy_row(row) for row in rows.order_by("effective_from", "pk")], authority_code=authority.code, on=on
        )
    except PolicyError as error:
        text = _("{authority} 在 {on} 没有可用的学时政策")
        raise NoPolicyError(text.format(authority=authority.short_name, on=on.isoformat())) from error


def _policy_row(row: HourPolicy) -> PolicyRow:
    return PolicyRow(
        authority_code=row.authority.code,
        effective_from=row.effective_from,
        source=row.source,
        verified=row.verified,
        values={name: getattr(row, name) for name in POLICY_FIELDS},
        policy_id=row.pk,
    )
