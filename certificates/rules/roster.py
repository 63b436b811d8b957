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
SPREADSHEET_DIGITS = 15
ID_KINDS = {
    "resident_id": ("", "身份证", "居民身份证", "中华人民共和国居民身份证"),
    "hk_macau_permit": ("港澳居民来往内地通行证", "港澳通行证", "回乡证"),
    "taiwan_permit": ("台湾居民来往大陆通行证", "台胞证"),
    "hmt_residence_permit": ("港澳台居民居住证",),
    "foreign_pr": ("外国人永久居留身份证", "外国人永久居留证"),
    "passport": ("护照",),
}


class RosterRowError(ValueError):
    """A row cannot be read. ``code`` names why, ``column`` where."""

    def __init__(self, code: str, column: str) -> None:
        super().__init__(f"{column}: {code}")
        self.code = code
        self.column = column


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

    :raises RosterRowError: a required column is missing (``missing_column``) or stands twice (``column_twice``).
    """
    found: dict[str, int] = {}
    for position, heading in enumerate(headings):
        text = _text(heading).lower()
        for name, wordings in HEADINGS.items():
            if text in wordings:
                if name in found:
                    raise RosterRowError("column_twice", text)
                found[name] = position
    for name in REQUIRED:
        if name not in found:
            raise RosterRowError("missing_column", HEADINGS[name][0])
    return found


def read_row(cells: Sequence[object], columns: Mapping[str, int]) -> RosterRow:
    """Read one row.

    :raises RosterRowError: ``empty``, ``too_long``, ``digits_lost``, ``unknown_id_kind`` or ``not_a_date``, with the
        column's heading.
    """
    values = {name: cells[position] if position < len(cells) else None for name, position in columns.items()}
    for name in REQUIRED:
        if not _text(values[name]):
            raise RosterRowError("empty", HEADINGS[name][0])
    for name in ("number", "id_number"):
        if _has_lost_digits(values[name]):
            raise RosterRowError("digits_lost", HEADINGS[name][0])
    row = RosterRow(
        number=normalise_number(_text(values["number"])),
        full_name=normalise_name(_text(values["full_name"])),
        id_kind=read_id_kind(_text(values.get("id_kind"))),
        id_number=_text(values["id_number"]),
        post=_text(values["post"]),
        institution=_text(values.get("institution")),
        issued_on=read_day(values["issued_on"]),
    )
    for name, longest in LONGEST.items():
        if len(getattr(row, name)) > longest:
            raise RosterRowError("too_long", HEADINGS[name][0])
    return row


def read_id_kind(wording: str) -> str:
    """The kind of identity document that a list means: a code of ours, or what people call it.

    :raises RosterRowError: ``unknown_id_kind``.
    """
    for kind, wordings in ID_KINDS.items():
        if wording == kind or wording in wordings:
            return kind
    raise RosterRowError("unknown_id_kind", HEADINGS["id_kind"][0])


def read_day(value: object) -> date:
    """Read a day from a cell: a date, or 2016-05-20, 2016/5/20, 2016.5.20, 20160520, 2016年5月20日.

    Midnight may follow it. Without separators there must be eight digits: 2016111 could be two days, 201611 is a month.

    :raises RosterRowError: ``not_a_date``.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = re.sub(r"[ T]0{1,2}(:00){1,2}(\.0+)?$", "", _text(value))
    match = re.fullmatch(r"(\d{4})(\d\d)(\d\d)", text) or re.fullmatch(
        r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text
    )
    try:
        if match is None:
            raise ValueError
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError as error:
        raise RosterRowError("not_a_date", HEADINGS["issued_on"][0]) from error


def normalise_number(text: str) -> str:
    """A certificate number as it is compared: full width to half width, no blanks, upper case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def normalise_name(text: str) -> str:
    """A name as it is compared: blanks around it dropped, the wordings of the middle dot made one."""
    return re.sub(r"\s+", " ", re.sub("[•・‧.]", "·", unicodedata.normalize("NFKC", text))).strip()


def _has_lost_digits(cell: object) -> bool:
    """Whether a spreadsheet kept a long number as a number: beyond 15 digits the rest has become noughts."""
    return isinstance(cell, int | float) and abs(cell) >= 10**SPREADSHEET_DIGITS


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a spreadsheet keeps "20160520" as a number
    return unicodedata.normalize("NFKC", str(value)).strip()
