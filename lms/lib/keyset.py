"""Pages of a long list by where the last one ended: the thousandth costs what the first does.

A page number makes the database count off every row before it; a key leads it straight to the place, through an index
on the same columns. A place is written as ``older-<microseconds>-<uuid>``: no row's number leaves the house.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, F, Func, Model, QuerySet, Value

_PLACE = re.compile(r"(older|newer)-(\d{1,17}|none)-([0-9a-f]{32})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class KeysetPage:
    """One page of a list, newest first: the rows' keys, and the places before and after it, empty where none is."""

    ids: tuple[int, ...]
    newer: str
    older: str


def keyset_page(rows: QuerySet[Any], *, by: str, place: str, size: int) -> KeysetPage:
    """Give the page of ``rows`` at ``place``, the first where the place is empty or unknown; two statements at most.

    Newest first by the moment ``by``, rows without one by their key alone; of the same moment the higher key first.
    ``rows`` must all have the moment, or none of them.
    """
    found = _read_place(rows.model, place)
    if found is None:
        return _first(rows, by=by, size=size)
    direction, at, pk = found
    if direction == "older":
        taken = _take(rows.filter(_beyond("<", by, at, pk)), by=by, size=size)
        return (
            _page(taken[:size], newer=bool(taken), older=len(taken) > size) if taken else _first(rows, by=by, size=size)
        )
    nearer = rows.filter(_beyond(">", by, at, pk)).order_by(by, "pk").values_list("pk", "uuid", by)
    taken = list(nearer[: size + 1])
    if len(taken) <= size:  # the front has been reached: show it whole
        return _first(rows, by=by, size=size)
    return _page(taken[:size][::-1], newer=True, older=True)


def _beyond(sign: str, by: str, at: datetime | None, pk: int) -> Func:
    """``(a, b) < (x, y)``: one comparison of rows, which an index on both columns answers."""
    columns = _row(F("pk")) if at is None else _row(F(by), F("pk"))
    values = _row(Value(pk)) if at is None else _row(Value(at), Value(pk))
    return Func(columns, values, template="%(expressions)s", arg_joiner=f" {sign} ", output_field=BooleanField())


def _row(*expressions: F | Value) -> Func:
    return Func(*expressions, function="", output_field=BooleanField())


def _first(rows: QuerySet[Any], *, by: str, size: int) -> KeysetPage:
    taken = _take(rows, by=by, size=size)
    return _page(taken[:size], newer=False, older=len(taken) > size)


def _take(rows: QuerySet[Any], *, by: str, size: int) -> list[tuple[int, UUID, datetime | None]]:
    return list(rows.order_by(f"-{by}", "-pk").values_list("pk", "uuid", by)[: size + 1])


def _page(taken: list[tuple[int, UUID, datetime | None]], *, newer: bool, older: bool) -> KeysetPage:
    return KeysetPage(
        ids=tuple(pk for pk, _, _ in taken),
        newer=_write_place("newer", taken[0]) if newer and taken else "",
        older=_write_place("older", taken[-1]) if older and taken else "",
    )


def _write_place(direction: str, row: tuple[int, UUID, datetime | None]) -> str:
    _pk, uuid, at = row
    moment = "none" if at is None else str((at - _EPOCH) // timedelta(microseconds=1))
    return f"{direction}-{moment}-{uuid.hex}"


def _read_place(model: type[Model], place: str) -> tuple[str, datetime | None, int] | None:
    match = _PLACE.fullmatch(place)
    if match is None:
        return None
    pk = model._default_manager.filter(uuid=UUID(match[3])).values_list("pk", flat=True).first()
    if pk is None:
        return None
    try:
        at = None if match[2] == "none" else _EPOCH + timedelta(microseconds=int(match[2]))
    except OverflowError:
        return None
    return match[1], at, pk
