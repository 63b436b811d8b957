"""How a row of an attendance list is read."""

from decimal import Decimal

import pytest

from lms.lib.list_cells import ListRowError
from tracking.rules.attendance import AttendanceRow, column_positions, read_row, whole_minutes

COLUMNS = column_positions(["序号", "姓名", "身份证号", "学时数", "证件类型"])


def test_a_row_is_read_whatever_else_stands_in_it() -> None:
    assert read_row([1, " 测试张三 ", "990001199001010012", "８学时", None], COLUMNS) == AttendanceRow(
        full_name="测试张三", id_kind="resident_id", id_number="990001199001010012", hours=Decimal(8)
    )


@pytest.mark.parametrize("missing", ["姓名", "证件号码", "学时"])
def test_a_missing_column_is_named(missing: str) -> None:
    headings = [heading for heading in ("姓名", "证件号码", "学时") if heading != missing]
    with pytest.raises(ListRowError) as caught:
        column_positions(headings)
    assert (caught.value.code, caught.value.column) == ("missing_column", missing)


@pytest.mark.parametrize(
    "hours", ["0", "0.0", "-1", "1.25", "1e3", "1001", "八", "8小时", "٣", "NaN", "Infinity", True]
)
def test_hours_that_are_none_are_refused(hours: object) -> None:
    with pytest.raises(ListRowError) as caught:
        read_row([1, "测试张三", "990001199001010012", hours], COLUMNS)
    assert caught.value.code == "not_hours"


@pytest.mark.parametrize(("hours", "read"), [(8, "8"), (8.0, "8"), (0.5, "0.5"), ("1000", "1000")])
def test_hours_may_be_numbers_or_text(hours: object, read: str) -> None:
    assert read_row([1, "测试张三", "990001199001010012", hours], COLUMNS).hours == Decimal(read)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ([1, "", "990001199001010012", 8], "empty"),
        ([1, "测试张三", 990001199001010012, 8], "digits_lost"),
        ([1, "测" * 81, "990001199001010012", 8], "too_long"),
        ([1, "测试张三", "9" * 33, 8], "too_long"),
        ([1, "测试张三", "990001199001010012", 8, "工作证"], "unknown_id_kind"),
        ([1, "测试张三"], "empty"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_column(cells: list[object], code: str) -> None:
    with pytest.raises(ListRowError) as caught:
        read_row(cells, COLUMNS)
    assert caught.value.code == code


@pytest.mark.parametrize(("hours", "minutes"), [("1", 45), ("0.5", 22), ("0.1", 4), ("8", 360)])
def test_hours_become_whole_minutes_rounded_down(hours: str, minutes: int) -> None:
    assert whole_minutes(Decimal(hours), hour_minutes=45) == minutes
