"""What stands in the cells of lists that people make: text, names, kinds of document, numbers that a sheet spoilt."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

SPREADSHEET_DIGITS = 15
ID_KINDS = {
    "resident_id": ("", "身份证", "居民身份证", "中华人民共和国居民身份证"),
    "hk_macau_permit": ("港澳居民来往内地通行证", "港澳通行证", "回乡证"),
    "taiwan_permit": ("台湾居民来往大陆通行证", "台胞证"),
    "hmt_residence_permit": ("港澳台居民居住证",),
    "foreign_pr": ("外国人永久居留身份证", "外国人永久居留证"),
    "passport": ("护照",),
}


class ListRowError(ValueError):
    """A row cannot be read. ``code`` names why, ``column`` where."""

    def __init__(self, code: str, column: str) -> None:
        super().__init__(f"{column}: {code}")
        self.code = code
        self.column = column


def find_columns(
    headings: Sequence[object], *, wordings: Mapping[str, Sequence[str]], required: Sequence[str]
) -> dict[str, int]:
    """Find each known column by its heading; the first of its ``wordings`` is its name in messages.

    :raises ListRowError: a required column is missing (``missing_column``) or stands twice (``column_twice``).
    """
    found: dict[str, int] = {}
    for position, heading in enumerate(headings):
        text = cell_text(heading).lower()
        for name, accepted in wordings.items():
            if text in accepted:
                if name in found:
                    raise ListRowError("column_twice", text)
                found[name] = position
    for name in required:
        if name not in found:
            raise ListRowError("missing_column", wordings[name][0])
    return found


def read_id_kind(wording: str, *, column: str) -> str:
    """The kind of identity document that a list means: a code of ours, or what people call it.

    :raises ListRowError: ``unknown_id_kind``.
    """
    for kind, wordings in ID_KINDS.items():
        if wording == kind or wording in wordings:
            return kind
    raise ListRowError("unknown_id_kind", column)


def normalise_name(text: str) -> str:
    """A name as it is compared: blanks around it dropped, the wordings of the middle dot made one."""
    return re.sub(r"\s+", " ", re.sub("[•・‧.]", "·", unicodedata.normalize("NFKC", text))).strip()


def has_lost_digits(cell: object) -> bool:
    """Whether a spreadsheet kept a long number as a number: beyond 15 digits the rest has become noughts."""
    return isinstance(cell, int | float) and abs(cell) >= 10**SPREADSHEET_DIGITS


def cell_text(value: object) -> str:
    """The cell as text, full width made half width, blanks around it dropped; an empty cell is empty text."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a spreadsheet keeps "20160520" as a number
    return unicodedata.normalize("NFKC", str(value)).strip()
