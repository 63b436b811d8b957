"""Lists as people send them; what rows hold is tested where the lists are read."""

from __future__ import annotations

import io
import zipfile

import pytest

from lms.lib.table_files import TableFileError, read_rows
from tests.factories.certificates import write_csv, write_xlsx

ROWS = [["测试张三", "990001199001010012", 8]]


def code_of(data: bytes, *, largest_bytes: int) -> str:
    with pytest.raises(TableFileError) as caught:
        list(read_rows(data, largest_bytes=largest_bytes))
    return caught.value.code


def swollen(data: bytes, *, member: str, size: int) -> bytes:
    """The workbook with one more member of ``size`` noughts, which pack into next to nothing."""
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(member, b"0" * size)
    return stream.getvalue()


def test_a_list_is_read_with_the_lines_of_its_maker():
    headings = ["姓名", "证件号码", "学时"]
    assert list(read_rows(write_xlsx(ROWS, headings=headings))) == [(1, headings), (2, ROWS[0])]
    assert list(read_rows(write_csv(ROWS, headings=headings))) == [(1, headings), (2, [*ROWS[0][:2], "8"])]


def test_a_list_larger_than_allowed_is_refused_before_it_is_read():
    assert code_of(b"0" * 1001, largest_bytes=1000) == "too_large"


def test_a_workbook_that_unfolds_beyond_measure_is_refused_before_it_is_read():
    book = write_xlsx(ROWS)
    assert code_of(swollen(book, member="xl/more.xml", size=2_000_000), largest_bytes=100_000) == "too_large"
    assert len(list(read_rows(swollen(book, member="xl/more.xml", size=1_000_000), largest_bytes=100_000))) == 2


@pytest.mark.parametrize("data", [b"PK\x03\x04 no archive", b"\x00\x01"], ids=["cut", "binary"])
def test_what_is_no_list_is_refused(data: bytes):
    assert code_of(data, largest_bytes=1000) == "not_a_list"
