"""Study as an officer types it."""

from datetime import date
from decimal import Decimal

import pytest

from provinces.rules.study_lines import StudyLine, StudyLineError, parse_study_lines


def test_lines_are_read_however_they_are_separated() -> None:
    text = "2026-05-01 公共 10\n\n  2026-06-01，专业岗位知识，22学时\n2026-07-01\tprofessional\t1.5\n"
    assert parse_study_lines(text) == (
        StudyLine(date(2026, 5, 1), Decimal(10), "common"),
        StudyLine(date(2026, 6, 1), Decimal(22), "professional"),
        StudyLine(date(2026, 7, 1), Decimal("1.5"), "professional"),
    )


def test_nothing_typed_is_nothing_studied() -> None:
    assert parse_study_lines(" \n\n") == ()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("2026-05-01 公共", "shape"),
        ("2026-05-01 公共 10 12", "shape"),
        ("2026-02-30 公共 10", "day"),
        ("一月一日 公共 10", "day"),
        ("2026-05-01 安全 10", "block"),
        ("2026-05-01 公共 十", "hours"),
        ("2026-05-01 公共 -1", "hours"),
        ("2026-05-01 公共 0", "hours"),
        ("2026-05-01 公共 NaN", "hours"),
        ("2026-05-01 公共 1e9", "hours"),
        ("2026-05-01 公共 Infinity", "hours"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line: str, fault: str) -> None:
    with pytest.raises(StudyLineError) as caught:
        parse_study_lines(f"2026-05-01 公共 10\n{line}")
    assert (caught.value.number, caught.value.fault) == (2, fault)


def test_there_are_three_hundred_lines_at_most() -> None:
    lines = ["2026-05-01 公共 1"] * 300
    assert len(parse_study_lines("\n".join(lines))) == 300
    with pytest.raises(StudyLineError) as caught:
        parse_study_lines("\n".join([*lines, "2026-05-01 公共 1"]))
    assert (caught.value.number, caught.value.fault) == (301, "too_many")
