"""In what two files differ, and what a file says it is."""

from __future__ import annotations

import time

from certificates.rules.pdf_comparison import (
    Change,
    Difference,
    PageReading,
    PdfReading,
    compare_bytes,
    compare_readings,
    is_made_out_of,
    lines_of,
    looks_different,
)
from certificates.rules.pdf_leads import MOST_LEADS, leads_in

SEAL = b"<</Type /Sig /Contents <" + b"30af" * 100 + b"0000>>>"
ISSUED = b"%PDF-1.7\n" + b"page " * 400 + SEAL
FIELDS = {"full_name": ["测试甲"], "post_name": ["土建施工员"], "ce_lines": ["2025年继续教育32", "2026年继续教育32"]}


def reading(*lines: str, pictures: tuple[str, ...] = (), drawing: bytes = b"\xff" * 9, pages: int = 1) -> PdfReading:
    page = PageReading(width=842, height=595, lines=lines_of("\n".join(lines)), pictures=pictures, drawing=drawing)
    return PdfReading(page_count=pages, pages=(page,), metadata=("合格证",))


PAGE = ("姓 名 测试甲", "岗位名称 土建施工员", "2025 年继续教育 32 学时", "2026 年继续教育 32 学时", "扫码验证")


def changes(given: PdfReading, issued: PdfReading) -> list[tuple[Change, str | None]]:
    return [(each.change, each.field) for each in compare_readings(given, issued, fields=FIELDS)]


def test_the_same_bytes_differ_in_nothing():
    assert compare_bytes(ISSUED, ISSUED) == []


def test_bytes_are_appended_cut_changed_or_all_others():
    assert compare_bytes(ISSUED + b"xyz", ISSUED) == [
        Difference(Change.APPENDED, bytes=3, offset=len(ISSUED)),
        Difference(Change.SEAL_BROKEN),
    ]
    assert compare_bytes(ISSUED[:-1], ISSUED)[0] == Difference(Change.CUT, bytes=1, offset=len(ISSUED) - 1)
    assert compare_bytes(b"\0" + ISSUED[1:], ISSUED)[0] == Difference(Change.BYTES, bytes=1, offset=0)
    assert compare_bytes(b"another", ISSUED) == [Difference(Change.REWRITTEN), Difference(Change.SEAL_GONE)]


def test_a_seal_is_known_however_its_hexadecimal_is_written():
    assert is_made_out_of(b"new " + SEAL.replace(b"/Contents ", b"/Contents").replace(b"30af", b"30AF"), ISSUED)
    assert not is_made_out_of(b"new " + SEAL.replace(b"30af", b"30ae", 1), ISSUED)


def test_half_of_the_bytes_prove_where_a_file_came_from():
    assert is_made_out_of(ISSUED[: len(ISSUED) // 2 + 1], ISSUED)
    assert not is_made_out_of(ISSUED[: len(ISSUED) // 2 - 1], ISSUED)
    assert not is_made_out_of(b"%PDF-1.7", ISSUED)
    assert not is_made_out_of(b"\0" * len(ISSUED), ISSUED)


def test_equal_pages_differ_in_nothing():
    assert changes(reading(*PAGE), reading(*PAGE)) == []


def test_a_field_that_grew_by_a_character_differs():
    changed = ("姓 名 测试甲乙", *PAGE[1:])
    assert changes(reading(*changed), reading(*PAGE)) == [(Change.FIELD, "full_name")]


def test_one_of_several_years_is_enough():
    changed = (*PAGE[:3], "2026 年继续教育 40 学时", PAGE[4])
    assert changes(reading(*changed), reading(*PAGE)) == [(Change.FIELD, "ce_lines")]


def test_text_of_no_field_is_other_text():
    assert changes(reading(*PAGE[:4], "扫码无效"), reading(*PAGE)) == [(Change.OTHER_TEXT, None)]


def test_text_beside_all_that_was_there_is_added():
    assert changes(reading(*PAGE, "一级"), reading(*PAGE)) == [(Change.ADDED_TEXT, None)]


def test_blanks_and_width_make_no_difference():
    assert changes(reading("姓名  测试甲", *PAGE[1:4], "扫 码 验 证"), reading(*PAGE)) == []


def test_pages_pictures_and_looks_are_compared():
    given = reading(*PAGE, pictures=("b",), drawing=b"\xff" * 8 + b"\0", pages=2)
    assert changes(given, reading(*PAGE, pictures=("a",))) == [
        (Change.PAGES, None),
        (Change.PICTURES, None),
        (Change.LOOKS, None),
    ]


def test_a_shade_that_nobody_sees_is_no_difference():
    (plain,) = reading(drawing=b"\x80" * 9).pages
    (shade,) = reading(drawing=b"\x80" * 8 + bytes([0x80 + 40])).pages
    (seen,) = reading(drawing=b"\x80" * 8 + bytes([0x80 + 41])).pages
    assert not looks_different(shade, plain)
    assert looks_different(seen, plain)


def test_codes_and_numbers_are_found_in_text_and_between_bytes():
    leads = leads_in(
        b"\0https://x.example/verify/abcdefghijklmnopqrst/ (DEMO20260000012) \xff", "证书编号ABC20250000017\n12345"
    )
    assert leads.tokens == ("abcdefghijklmnopqrst",)
    assert leads.numbers == ("ABC20250000017", "DEMO20260000012")


def test_leads_are_few_and_found_in_time_whatever_the_file_holds():
    many = b" ".join(b"N%013d" % number for number in range(200_000))
    endless = b"A" * 2_000_000 + b"1" * 2_000_000
    started = time.perf_counter()
    assert len(leads_in(many, "").numbers) == MOST_LEADS
    assert leads_in(endless, "").numbers == ()
    assert time.perf_counter() - started < 5
