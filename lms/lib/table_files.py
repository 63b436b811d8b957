"""Lists as people send them: CSV in UTF-8 or GB 18030, and XLSX."""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

LARGEST_BYTES = 64 * 1024**2
UNPACKED_TIMES = 16  # what a workbook may unfold to, in times of the largest file
BROKEN_BOOK = (InvalidFileException, BadZipFile, zlib.error, ParseError, KeyError, ValueError, OSError, EOFError)

NumberedRow = tuple[int, list[object]]


class TableFileError(ValueError):
    """The file cannot be read as a list; ``code`` is ``too_large``, ``not_a_list`` or ``unknown_encoding``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_rows(data: bytes, *, largest_bytes: int = LARGEST_BYTES) -> Iterator[NumberedRow]:
    """Yield the rows of a list that are not empty, headings first, cells as they stand.

    Each comes with its line as the list's maker sees it: a spreadsheet's row number, a text file's line. The content
    decides the format, not the file's name.

    :raises TableFileError: neither CSV nor XLSX, or larger than ``largest_bytes`` (a workbook unpacked: sixteenfold); a
        file broken in the middle says so there.
    """
    if len(data) > largest_bytes:
        raise TableFileError("too_large")
    if data.startswith(b"PK"):
        _refuse_bomb(data, most_bytes=UNPACKED_TIMES * largest_bytes)
        yield from _read_xlsx(data)
    elif b"\x00" in data:
        raise TableFileError("not_a_list")
    else:
        yield from _read_csv(data)


def _refuse_bomb(data: bytes, *, most_bytes: int) -> None:
    """A workbook is read no further than the sizes that it declares, so these are what counts."""
    try:
        with ZipFile(io.BytesIO(data)) as packed:
            unpacked_bytes = sum(member.file_size for member in packed.infolist())
    except BROKEN_BOOK as error:
        raise TableFileError("not_a_list") from error
    if unpacked_bytes > most_bytes:
        raise TableFileError("too_large")


def _read_xlsx(data: bytes) -> Iterator[NumberedRow]:
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except BROKEN_BOOK as error:
        raise TableFileError("not_a_list") from error
    try:
        for line, row in enumerate(_sheet_rows(book), start=1):
            if any(cell not in (None, "") for cell in row):
                yield line, list(row)
    finally:
        book.close()


def _sheet_rows(book: Workbook) -> Iterator[tuple[object, ...]]:
    """The rows of the first sheet; its bytes are only read as the rows are asked for."""
    if not book.worksheets:
        raise TableFileError("not_a_list")
    try:
        yield from book.worksheets[0].iter_rows(values_only=True)
    except BROKEN_BOOK as error:
        raise TableFileError("not_a_list") from error


def _read_csv(data: bytes) -> Iterator[NumberedRow]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise TableFileError("unknown_encoding")
    reader = csv.reader(io.StringIO(text, newline=""))
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield line, list(row)
            line = reader.line_num + 1  # a quoted cell may span lines
    except csv.Error as error:
        raise TableFileError("not_a_list") from error
