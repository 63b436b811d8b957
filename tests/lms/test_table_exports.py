"""Lists for spreadsheets: what comes out is what went in, and none of it is a formula."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from lms.lib.table_exports import PIECE_BYTES, Cell, csv_file, starts_formula, xlsx_file

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u3000=1+1",
    "\ufeff=1+1",
    "\x0b=1+1",
    '=HYPERLINK("http://example.invalid")',
    "=cmd|' /C calc'!A0",
]
HARMLESS = [
    "测试张三",
    "T000000000001",
    "42-2026",
    "'=1",
    "a=1",
    "990***********0012",
    "",
    "𠮷野家",
    '引号"与,逗号;分号',
    "两\n行",
]


def read_csv(pieces: Iterator[bytes]) -> list[list[str]]:
    text = b"".join(pieces).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def read_xlsx(pieces: Iterator[bytes]) -> list[list[object]]:
    book = load_workbook(io.BytesIO(b"".join(pieces)))
    return [list(row) for row in book.active.iter_rows(values_only=True)]


def xlsx_of(rows: list[tuple[Cell, ...]]) -> Iterator[bytes]:
    return xlsx_file(("标题",), rows, sheet="测试", widths=(20,))


@pytest.mark.parametrize("text", FORMULAS)
def test_what_would_start_a_formula_is_text(text: str) -> None:
    assert starts_formula(text)
    assert read_csv(csv_file(("标题",), [(text,)])) == [["标题"], [f"'{text}"]]
    book = load_workbook(io.BytesIO(b"".join(xlsx_of([(text,)]))))
    cell = book.active["A2"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_comes_through_as_it_is(text: str) -> None:
    assert not starts_formula(text)
    assert read_csv(csv_file(("标题",), [(text,)])) == [["标题"], [text]]
    assert read_xlsx(xlsx_of([(text, "末")])) == [["标题", None], [text or None, "末"]]


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_no_cell_whatever_was_typed_starts_a_formula(texts: list[str]) -> None:
    clean = [text.replace("\ud800", "") for text in texts]
    cells = read_csv(csv_file(("标题",), [tuple(clean)]))[1]
    assert [cell for cell in cells if cell[:1] in tuple("=+-@\t\r\n＝＋－＠")] == []
    assert len(cells) == len(clean)
    book = load_workbook(io.BytesIO(b"".join(xlsx_of([tuple(clean)]))))
    assert {cell.data_type for row in book.active.iter_rows(min_row=2) for cell in row} <= {"s", "n"}


def test_numbers_are_numbers_and_nothing_is_nothing() -> None:
    assert read_xlsx(xlsx_of([(3, None, "3")])) == [["标题", None, None], [3, None, "3"]]
    assert read_csv(csv_file(("标题",), [(3, None, "-3"), (-3, "", "3")]))[1:] == [["3", "", "'-3"], ["-3", "", "3"]]


def test_a_csv_begins_with_the_mark_of_its_encoding() -> None:
    assert b"".join(csv_file(("标题",), [])) == '\ufeff"标题"\r\n'.encode()


def test_what_a_workbook_cannot_hold_is_left_out() -> None:
    assert read_xlsx(xlsx_of([("测\x00\x08试\ufffe", '<a>&"')]))[1] == ["测试", '<a>&"']
    assert len(str(read_xlsx(xlsx_of([("长" * 40_000,)]))[1][0])) == 32_767


def test_what_looks_like_a_character_s_code_is_kept_from_becoming_it() -> None:
    assert read_xlsx(xlsx_of([("_x0041_", "_x41_")]))[1] == ["_x005F_x0041_", "_x41_"]  # this reader undoes nothing


def test_a_sheet_bears_a_lawful_name() -> None:
    pieces = xlsx_file(("标题",), [], sheet="证书/[登记]:*?'\\" + "长" * 40, widths=(8,))
    assert load_workbook(io.BytesIO(b"".join(pieces))).sheetnames == [("证书  登记      " + "长" * 40)[:31]]


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lms.lib.table_exports.MOST_ROWS", 3)
    assert len(read_xlsx(xlsx_of([("甲",), ("乙",)]))) == 3
    with pytest.raises(ValueError, match="more rows"):
        list(xlsx_of([("甲",), ("乙",), ("丙",)]))


def test_a_long_list_goes_out_in_pieces_and_stays_out_of_memory() -> None:
    rows = (("测试张三", f"T{number:012d}", "证" * 60) for number in range(30_000))
    sizes = [len(piece) for piece in csv_file(("标题",) * 3, rows)]
    assert len(sizes) > 30
    assert max(sizes) < 4 * PIECE_BYTES
    tracemalloc.start()
    book = xlsx_file(
        ("标题",) * 3, (("测试", f"{number * 7919:012d}", None) for number in range(30_000)), sheet="测", widths=()
    )
    longest = max(len(piece) for piece in book)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert longest < 4 * PIECE_BYTES
    assert peak < 4_000_000


def test_a_workbook_is_a_sound_archive_without_large_file_records() -> None:
    data = b"".join(xlsx_of([("甲",)]))
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert book.testzip() is None
        assert {info.extra for info in book.infolist()} == {b""}
