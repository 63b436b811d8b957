"""Serials are held for a cause while its page is set, used up by the certificate, or let go.

No number is lost: a held serial waits for the next attempt at the same cause, and one that was let go is the next that
is taken. Two takers wait for each other only while a new handful is laid out. Lock order: series last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from certificates.models import FreeSerial, NumberSeries
from certificates.rules.number_schemes import SCHEMES, NumberScheme

HANDFUL = 50
STATUS_SERIES = "status"


class UnknownSchemeError(LookupError):
    """No numbering scheme has this name."""


def number_scheme(name: str) -> NumberScheme:
    """Find a scheme by the name in an issuer profile: one of ours, or of ``XUESHI_NUMBER_SCHEMES`` in the settings.

    :raises UnknownSchemeError: there is none.
    """
    brought = getattr(settings, "XUESHI_NUMBER_SCHEMES", {})
    if name in brought:
        scheme: NumberScheme = import_string(brought[name])
        return scheme
    try:
        return SCHEMES[name]
    except KeyError:
        raise UnknownSchemeError(name) from None


def held_serials(causes: Iterable[UUID]) -> dict[UUID, tuple[str, int]]:
    """Series and serial that are held for causes already; one statement."""
    held = FreeSerial.objects.filter(held_for__in=list(causes)).select_related("series")
    return {row.held_for: (row.series.name, row.serial) for row in held if row.held_for}


@transaction.atomic
def hold_serials(wanted: Mapping[UUID, str]) -> dict[UUID, int]:
    """Hold a serial of the named series for each cause; call it last in a short transaction.

    The lowest free ones are taken, in the order of ``wanted``; causes that hold one must not ask again.
    """
    by_series: dict[str, list[UUID]] = {}
    for cause, name in wanted.items():
        by_series.setdefault(name, []).append(cause)
    given: dict[UUID, int] = {}
    for name in sorted(by_series):  # everybody in the same order: nobody waits in a circle
        causes = by_series[name]
        rows = _take(name, len(causes))
        for row, cause in zip(rows, causes, strict=True):
            row.held_for = cause
            given[cause] = row.serial
        FreeSerial.objects.bulk_update(rows, ["held_for"])
    return given


def let_go_serials(causes: Iterable[UUID]) -> int:
    """Let the next taker have what was held for causes that get no certificate now; returns how many."""
    return FreeSerial.objects.filter(held_for__in=list(causes)).update(held_for=None)


def use_serials(causes: Iterable[UUID]) -> int:
    """Forget the serials that certificates bear now, in the transaction that writes these; returns how many."""
    return FreeSerial.objects.filter(held_for__in=list(causes)).delete()[0]


@transaction.atomic
def take_status_serials(count: int) -> list[int]:
    """Serials for places in the status lists, from 1; one that is never used leaves a place that says nothing."""
    NumberSeries.objects.get_or_create(name=STATUS_SERIES)
    series = NumberSeries.objects.select_for_update().get(name=STATUS_SERIES)
    first = series.last_serial + 1
    series.last_serial += count
    series.save(update_fields=["last_serial"])
    return list(range(first, first + count))


def _take(name: str, count: int) -> list[FreeSerial]:
    series, _created = NumberSeries.objects.get_or_create(name=name)
    rows = _free_rows(series, count)
    if len(rows) == count:
        return rows
    series = NumberSeries.objects.select_for_update().get(pk=series.pk)
    rows = _free_rows(series, count)  # another may have laid out while we waited
    missing = count - len(rows)
    if missing > 0:
        handful = max(HANDFUL, missing)
        fresh = [FreeSerial(series=series, serial=series.last_serial + step) for step in range(1, handful + 1)]
        rows += FreeSerial.objects.bulk_create(fresh)[:missing]
        series.last_serial += handful
        series.save(update_fields=["last_serial"])
    return rows


def _free_rows(series: NumberSeries, count: int) -> list[FreeSerial]:
    free = FreeSerial.objects.select_for_update(skip_locked=True).filter(series=series, held_for=None)
    return list(free.order_by("serial")[:count])
