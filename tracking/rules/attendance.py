"""How a row of an institution's attendance list is read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from lms.lib.list_cells import ListRowError, cell_text, find_columns, has_lost_digits, normalise_name, read_id_kind

HEADINGS = {
    "full_name": ("姓名", "学员姓名", "name", "full_name"),
    "id_kind": ("证件类型", "id_kind"),
    "id_number": ("证件号码", "身份证号", "身份证号码", "身份证件号码", "id_number"),
    "hours": ("学时", "学时数", "培训学时", "hours"),
}
REQUIRED = ("full_name", "id_number", "hours")
LONGEST = {"full_name": 80, "id_number": 32}
HOURS_MAX = Decimal(1000)


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """One who attended, as read: ``hours`` are 学时, in tenths at the finest."""

    full_name: str
    id_kind: str
    id_number: str
    hours: Decimal


def column_positions(headings: Sequence[object]) -> dict[str, int]:
    """Find each known column by its heading.

    :raises ListRowError: a required column is missing (``missing_column``) or stands twice (``column_twice``).
    """
    return find_columns(headings, wordings=HEADINGS, required=REQUIRED)


def read_row(cells: Sequence[object], columns: Mapping[str, int]) -> AttendanceRow:
    """Read one row.

    :raises ListRowError: ``empty``, ``too_long``, ``digits_lost``, ``unknown_id_kind`` or ``not_hours``.
    """
    values = {name: cells[position] if position < len(cells) else None for name, position in columns.items()}
    for name in REQUIRED:
        if not cell_text(values[name]):
            raise ListRowError("empty", HEADINGS[name][0])
    for name, longest in LONGEST.items():
        if len(cell_text(values[name])) > longest:
            raise ListRowError("too_long", HEADINGS[name][0])
    if has_lost_digits(values["id_number"]):
        raise ListRowError("digits_lost", HEADINGS["id_number"][0])
    return AttendanceRow(
        full_name=normalise_name(cell_text(values["full_name"])),
        id_kind=read_id_kind(cell_text(values.get("id_kind")), column=HEADINGS["id_kind"][0]),
        id_number=cell_text(values["id_number"]),
        hours=_hours(cell_text(values["hours"])),
    )


def whole_minutes(hours: Decimal, *, hour_minutes: int) -> int:
    """学时 of ``hour_minutes`` each as whole minutes; what is less than a minute is dropped: 0.5 of 45 are 22."""
    return int(hours * hour_minutes)


def _hours(text: str) -> Decimal:
    try:
        if not re.fullmatch(r"[0-9]{1,4}(\.[0-9])?", text.removesuffix("学时").strip()):
            raise ValueError
        hours = Decimal(text.removesuffix("学时").strip())
        if not 0 < hours <= HOURS_MAX:
            raise ValueError
    except (ValueError, InvalidOperation) as error:
        raise ListRowError("not_hours", HEADINGS["hours"][0]) from error
    return hours
