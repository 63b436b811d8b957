"""How a row of a holder list is read."""

from datetime import date, datetime

import pytest

from certificates.rules.roster import (
    RosterRow,
    column_positions,
    normalise_number,
    read_day,
    read_row,
)
from lms.lib.list_cells import ListRowError, normalise_name

HEADINGS = ["序号", "姓名", "身份证号", "岗位名称", "证书编号", "发证日期", "发证单位"]


def test_columns_are_found_by_the_wordings_that_provinces_use():
    found = column_positions(HEADINGS)
    assert found == {"number": 4, "full_name": 1, "id_number": 2, "post": 3, "institution": 6, "issued_on": 5}


def test_a_missing_column_is_named():
    with pytest.raises(ListRowError) as caught:
        column_positions(["姓名", "身份证号", "岗位", "发证日期"])
    assert (caught.value.code, caught.value.column) == ("missing_column", "证书编号")


def test_a_column_standing_twice_is_refused():
    with pytest.raises(ListRowError) as caught:
        column_positions([*HEADINGS, "编号"])
    assert caught.value.code == "column_twice"


def test_a_row_is_read_with_its_number_normalised():
    row = read_row(
        [1, " 测试张三 ", "990101198503120010", "土建施工员", "demo－2016 000001", "2016.5.20", None],
        column_positions(HEADINGS),
    )
    assert row == RosterRow(
        number="DEMO-2016000001",
        full_name="测试张三",
        id_kind="resident_id",
        id_number="990101198503120010",
        post="土建施工员",
        institution="",
        issued_on=date(2016, 5, 20),
    )


@pytest.mark.parametrize("position", [1, 2, 3, 4, 5])
def test_an_empty_required_cell_is_named(position: int):
    cells: list[object] = [1, "测试张三", "990101198503120010", "土建施工员", "A1", "2016-05-20", "测试培训中心"]
    cells[position] = "  "
    with pytest.raises(ListRowError) as caught:
        read_row(cells, column_positions(HEADINGS))
    assert caught.value.code == "empty"


def test_a_short_row_is_an_empty_cell_not_a_crash():
    with pytest.raises(ListRowError) as caught:
        read_row([1, "测试张三"], column_positions(HEADINGS))
    assert caught.value.code == "empty"


@pytest.mark.parametrize(
    "cell",
    [
        "2016-05-20",
        "2016/5/20",
        "2016.5.20",
        "20160520",
        20160520,
        20160520.0,
        "2016年5月20日",
        datetime(2016, 5, 20),  # noqa: DTZ001 - a spreadsheet's cell has no zone
        "2016-05-20 00:00:00",
        date(2016, 5, 20),
    ],
)
def test_a_day_is_read_in_each_common_form(cell: object):
    assert read_day(cell) == date(2016, 5, 20)


@pytest.mark.parametrize("cell", ["2016-13-01", "2015-02-29", "去年", "42510", "", "201611", "2016111", "2016-0520"])
def test_what_is_no_day_is_refused(cell: object):
    with pytest.raises(ListRowError) as caught:
        read_day(cell)
    assert caught.value.code == "not_a_date"


def test_numbers_compare_without_width_blanks_and_case():
    assert normalise_number(" 鄂ａ２０１６ 00１ ") == "鄂A2016001"


def test_names_compare_with_one_middle_dot():
    assert normalise_name(" 阿不都热合曼•买买提 ") == normalise_name("阿不都热合曼·买买提") == "阿不都热合曼·买买提"
