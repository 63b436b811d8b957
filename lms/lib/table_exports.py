"""Lists as files for spreadsheets, made row by row: CSV and XLSX. No cell of theirs starts a formula.

What people typed into names and reasons ends in these cells, and a spreadsheet runs what begins with one of a few
characters ("CSV injection"). In CSV such a cell gets an apostrophe before it; in XLSX every text is text by its type,
and such a cell is marked as quoted besides, so that it stays text when somebody edits it.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, cast
from xml.sax.saxutils import escape

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA_STARTS = "=+-@＝＋－＠"  # also full width: East Asian spreadsheets take them for the same
LONGEST_CELL = 32_767
MOST_ROWS = 1_048_576
PIECE_BYTES = 64 * 1024

Cell = str | int | None

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEADING, _TEXT, _QUOTED = 1, 2, 3  # places in the styles below
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{XLSX_TYPE}.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/styles.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_SHEETS}"><fonts count="2"><font><sz val="11"/></font>'
    '<font><b/><sz val="11"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf xfId="0"/>'
    '<xf numFmtId="49" fontId="1" xfId="0" applyNumberFormat="1" applyFont="1"/>'
    '<xf numFmtId="49" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" xfId="0" quotePrefix="1" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}


def starts_formula(text: str) -> bool:
    """Whether a spreadsheet might take the text for a formula: blanks and control characters before it do not help."""
    bare = text.lstrip("\t\r\n\x00\x0b\x0c \u00a0\u3000\ufeff")
    return bare.startswith(tuple(FORMULA_STARTS)) or text.startswith(("\t", "\r", "\n"))


def csv_file(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Yield a CSV file, UTF-8 with the mark by which spreadsheets know it; every cell in quotes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    text.write("\ufeff")
    writer.writerow([_harmless(cell) for cell in headings])
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
        if text.tell() >= PIECE_BYTES:
            yield _taken(text)
    yield _taken(text)


def xlsx_file(
    headings: Sequence[str], rows: Iterable[Sequence[Cell]], *, sheet: str, widths: Sequence[int]
) -> Iterator[bytes]:
    """Yield a workbook of one sheet, its first row fixed; ``widths`` in characters, a column each.

    :raises ValueError: more rows than a sheet holds; what was sent by then is no workbook.
    """
    sink = _Sink()
    with zipfile.ZipFile(cast(IO[bytes], sink), "w", zipfile.ZIP_DEFLATED, compresslevel=3) as book:
        for name, xml in _PARTS.items():
            book.writestr(name, _XML + xml)
        book.writestr("xl/workbook.xml", _XML + _workbook(sheet))
        with book.open("xl/worksheets/sheet1.xml", "w") as stream:
            stream.write((_XML + _sheet_head(widths) + _row(headings, 1, _HEADING)).encode())
            for number, row in enumerate(rows, start=2):
                if number > MOST_ROWS:
                    raise ValueError("more rows than a sheet holds")
                stream.write(_row(row, number).encode())
                if sink.waiting_bytes >= PIECE_BYTES:
                    yield sink.take()
            stream.write(b"</sheetData></worksheet>")
    yield sink.take()


class _Sink:
    """What a zip is written into: nothing is kept but what has not been sent."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.waiting_bytes = 0

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        self.waiting_bytes += len(data)
        return len(data)

    def flush(self) -> None:
        """There is nothing behind it."""

    def take(self) -> bytes:
        data = b"".join(self._pieces)
        self._pieces.clear()
        self.waiting_bytes = 0
        return data


def _taken(text: io.StringIO) -> bytes:
    data = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return data


def _harmless(cell: Cell) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if isinstance(cell, str) and starts_formula(text) else text


def _workbook(sheet: str) -> str:
    name = escape(re.sub(r"[\[\]:*?/\\']", " ", sheet)[:31], {'"': "&quot;"})
    return (
        f'<workbook xmlns="{_SHEETS}" xmlns:r="{_RELATIONS}"><sheets>'
        f'<sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def _sheet_head(widths: Sequence[int]) -> str:
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, width in enumerate(widths, start=1)
    )
    return (
        f'<worksheet xmlns="{_SHEETS}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>"
    )


def _row(cells: Sequence[Cell], number: int, style: int = _TEXT) -> str:
    return f'<row r="{number}">{"".join(_cell(cell, style) for cell in cells)}</row>'


def _cell(cell: Cell, style: int) -> str:
    if cell is None or cell == "":
        return "<c/>"
    if isinstance(cell, int):
        return f"<c><v>{cell}</v></c>"
    text = _NOT_IN_XML.sub("", cell)[:LONGEST_CELL]
    text = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)  # a workbook's own way to write a character by its code
    kept = _QUOTED if starts_formula(text) and style != _HEADING else style
    return f'<c t="inlineStr" s="{kept}"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
