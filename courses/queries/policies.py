"""Which rules hold."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Authority
from courses.models import HourPolicy
from lms.lib.errors import DomainError
from lms.lib.hour_rules import NATIONAL_AUTHORITY_CODE, HourRules


class NoPolicyError(DomainError):
    """No national policy was in force on that day, so nothing can be judged."""

    code = "no_policy"


def policy_in_force(*, authority: Authority, on: date) -> HourRules:
    """The rules of ``authority`` on one day, every field set; one statement.

    The authority's own newest row in force decides, and what it leaves empty comes from the national row in force on
    the same day. ``policy_id`` is the own row's key if there is one, else the national row's.

    :raises NoPolicyError: no national row was in force on that day.
    """
    wanted = Q(authority=authority) | Q(authority__code=NATIONAL_AUTHORITY_CODE)
    rows = HourPolicy.objects.filter(wanted, effective_from__lte=on).order_by("effective_from", "pk")
    own = national = None
    for row in rows:
        if row.authority_id == authority.pk:
            own = row
        if row.authority_id != authority.pk or authority.code == NATIONAL_AUTHORITY_CODE:
            national = row
    if national is None:
        raise NoPolicyError(_("{on} 没有生效的全国学时政策").format(on=on.isoformat()))
    return _resolve(authority, own or national, national)


def _resolve(authority: Authority, row: HourPolicy, national: HourPolicy) -> HourRules:
    values: dict[str, Any] = {}
    for field in fields(HourRules):
        if field.name not in {"authority_code", "policy_id"}:
            own = getattr(row, field.name)
            values[field.name] = getattr(national, field.name) if own is None else own
    return HourRules(authority_code=authority.code, policy_id=row.pk, **values)
