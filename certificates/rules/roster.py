"""How a row of an authority's holder list is read.

Provinces send lists with headings of their own wording; the accepted wordings stand here. Source: the notice asks for
"2018年12月13日前持证人员数据" (建办人函〔2020〕662号, four, two).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lms.lib.list_cells import ListRowError, cell_text, find_columns, has_lost_digits, normalise_name, read_id_kind

HEADINGS = {
    "number": ("证书编号", "证书编码", "编号", "number"),
    "full_name": ("姓名", "name", "full_name"),
    "id_kind": ("证件类型", "id_kind"),
    "id_number": ("证件号码", "身份证号", "身份证号码", "身份证件号码", "id_number"),
    "post": ("岗位", "岗位名称", "证书岗位", "post"),
    "institution": ("发证机构", "培训机构", "发证单位", "institution"),
    "issued_on": ("发证日期", "发证时间", "issued_on"),
}
REQUIRED = ("number", "full_name", "id_number", "post", "issued_on")
LONGEST = {"number": 60, "full_name": 80, "id_number": 32, "post": 40, "institution": 120}
NUMBER_LONGEST = LONGEST["number"]


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One holder as read; ``id_kind`` is a kind of :data:`ID_KINDS`, the resident's where the list does not say."""

    number: str
    full_name: str
    id_kind: str
    id_number: str
    post: str
    institution: str
    issued_on: date


def column_positions(headings: Sequence[object]) -> dict[str, int]:
    """Find each known column by its heading.

    :raises ListRowError: a required column is missing (``missing_column``) or stands twice (``column_twice``).
    """
    return find_columns(headings, wordings=HEADINGS, required=REQUIRED)


def read_row(cells: Sequence[object], columns: Mapping[str, int]) -> RosterRow:
    """Read one row.

    :raises ListRowError: ``empty``, ``too_long``, ``digits_lost``, ``unknown_id_kind`` or ``not_a_date``, with the
        column's heading.
    """
    values = {name: cells[position] if position < len(cells) else None for name, position in columns.items()}
    for name in REQUIRED:
        if not cell_text(values[name]):
            raise ListRowError("empty", HEADINGS[name][0])
    for name in ("number", "id_number"):
        if has_lost_digits(values[name]):
            raise ListRowError("digits_lost", HEADINGS[name][0])
    row = RosterRow(
        number=normalise_number(cell_text(values["number"])),
        full_name=normalise_name(cell_text(values["full_name"])),
        id_kind=read_id_kind(cell_text(values.get("id_kind")), column=HEADINGS["id_kind"][0]),
        id_number=cell_text(values["id_number"]),
        post=cell_text(values["post"]),
        institution=cell_text(values.get("institution")),
        issued_on=read_day(values["issued_on"]),
    )
    for name, longest in LONGEST.items():
        if len(getattr(row, name)) > longest:
            raise ListRowError("too_long", HEADINGS[name][0])
    return row


def read_day(value: object) -> date:
    """Read a day from a cell: a date, or 2016-05-20, 2016/5/20, 2016.5.20, 20160520, 2016年5月20日.

    Midnight may follow it. Without separators there must be eight digits: 2016111 could be two days, 201611 is a month.

    :raises ListRowError: ``not_a_date``.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = re.sub(r"[ T]0{1,2}(:00){1,2}(\.0+)?$", "", cell_text(value))
    match = re.fullmatch(r"(\d{4})(\d\d)(\d\d)", text) or re.fullmatch(
        r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text
    )
    try:
        if match is None:
            raise ValueError
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError as error:
        raise ListRowError("not_a_date", HEADINGS["issued_on"][0]) from error


def normalise_number(text: str) -> str:
    """A certificate number as it is compared: full width to half width, no blanks, upper case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()
