"""Which rules hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    return _resolved([_policy_row(row) for row in rows.order_by("effective_from", "pk")], authority, on)


class PolicyBook:
    """Every dated row of some authorities and the national ones, so that many days can be asked of one statement."""

    def __init__(self, rows: Iterable[PolicyRow]) -> None:
        self._rows = tuple(rows)
        self._known: dict[tuple[str, date], HourRules] = {}

    def with_row(self, row: PolicyRow) -> PolicyBook:
        """The book as it would be with one row more; of two rows of one day the new one decides."""
        return PolicyBook((*self._rows, row))

    def in_force(self, *, authority: Authority, on: date) -> HourRules:
        """The rules of ``authority`` on one day, as :func:`policy_in_force` gives them; no statement.

        :raises NoPolicyError: no national row was in force on that day, or a field is set nowhere.
        """
        key = (authority.code, on)
        if key not in self._known:
            self._known[key] = _resolved(self._rows, authority, on)
        return self._known[key]

    def changed(self, *, authority: Authority, effective_from: date, changes: Mapping[str, object]) -> PolicyBook:
        """The book as it would be if the authority's own rules had ``changes`` from one day on.

        What its own row of that day states is stated again, as a new row would; later rows stay as they are.
        """
        own = [
            row for row in self._rows if row.authority_code == authority.code and row.effective_from <= effective_from
        ]
        newest = max(own, key=lambda row: row.effective_from, default=None)
        stated = newest.values if newest else {}
        row = PolicyRow(
            authority_code=authority.code,
            effective_from=effective_from,
            source=_("（试算：未生效）"),
            verified=False,
            values={**stated, **changes},
            policy_id=newest.policy_id if newest else None,
        )
        return self.with_row(row)

    def versions(self, *, authority: Authority, until: date) -> list[HourRules]:
        """The rules of ``authority`` from each day on which they changed, up to ``until``, oldest first; no statement.

        Days before the first complete policy are left out.
        """
        return [rules for first, _, rules in self.spans(authority=authority) if first <= until]

    def spans(self, *, authority: Authority) -> list[tuple[date, date | None, HourRules]]:
        """The rules of ``authority``, each with the day from which and the day before which they hold (None: from then
        on), oldest first; no statement.

        Days before the first complete policy are left out.
        """
        codes = {authority.code, NATIONAL_AUTHORITY_CODE}
        days = sorted({row.effective_from for row in self._rows if row.authority_code in codes})
        found: list[tuple[date, date | None, HourRules]] = []
        for first, until in zip(days, [*days[1:], None], strict=True):
            try:
                found.append((first, until, self.in_force(authority=authority, on=first)))
            except NoPolicyError:
                continue
        return found


def policy_book(authorities: Iterable[Authority]) -> PolicyBook:
    """The dated rows of ``authorities`` and the national ones, of every day; one statement."""
    wanted = Q(authority__in=list(authorities)) | Q(authority__code=NATIONAL_AUTHORITY_CODE)
    rows = HourPolicy.objects.filter(wanted).select_related("authority").order_by("effective_from", "pk")
    return PolicyBook(_policy_row(row) for row in rows)


def _resolved(rows: Iterable[PolicyRow], authority: Authority, on: date) -> HourRules:
    try:
        return resolve_policy(rows, authority_code=authority.code, on=on)
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
