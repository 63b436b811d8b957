"""Holder lists as files: CSV in UTF-8 or GB 18030, and XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

LARGEST_BYTES = 64 * 1024**2


class RosterFileError(ValueError):
    """The file cannot be read as a list; ``code`` is ``too_large``, ``not_a_list`` or ``unknown_encoding``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_rows(data: bytes, *, file_name: str) -> Iterator[list[object]]:
    """Yield the rows of a list, headings first, cells as they stand. The content decides the format, not the name.

    :raises RosterFileError: neither CSV nor XLSX, or larger than 64 MiB.
    """
    if len(data) > LARGEST_BYTES:
        raise RosterFileError("too_large")
    if data.startswith(b"PK"):
        yield from _read_xlsx(data)
    elif b"\x00" in data:
        raise RosterFileError("not_a_list")
    else:
        yield from _read_csv(data)


def _read_xlsx(data: bytes) -> Iterator[list[object]]:
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError) as error:
        raise RosterFileError("not_a_list") from error
    try:
        for row in book.worksheets[0].iter_rows(values_only=True):
            if any(cell not in (None, "") for cell in row):
                yield list(row)
    finally:
        book.close()


def _read_csv(data: bytes) -> Iterator[list[object]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise RosterFileError("unknown_encoding")
    for row in csv.reader(io.StringIO(text, newline="")):
        if any(cell.strip() for cell in row):
            yield list(row)
