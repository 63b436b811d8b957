"""The measuring itself: a ratio always says how many times better."""

from __future__ import annotations

import pytest

from tests.benchmarks.__main__ import find_benchmarks
from tests.benchmarks.measure import Row, format_table, median_of


def test_ratio_says_how_many_times_better_whichever_way_the_unit_counts() -> None:
    assert Row("pages", 500, "requests/s", baseline=250).ratio == 2
    assert Row("signature", 5, "ms", baseline=20, less_is_better=True).ratio == 4
    assert Row("signature", 5, "ms").ratio is None


def test_row_is_written_with_the_five_names() -> None:
    assert Row("pages", 333.33333, "requests/s", baseline=169).to_json() == {
        "name": "pages",
        "value": 333.3333,
        "unit": "requests/s",
        "baseline": 169,
        "ratio": 1.972,
    }


def test_median_is_the_middle_run() -> None:
    runs = iter([9.0, 1.0, 2.0])

    assert median_of(lambda: next(runs)) == 2.0


def test_median_of_two_runs_is_refused() -> None:
    with pytest.raises(ValueError, match="three"):
        median_of(lambda: 1.0, runs=2)


def test_table_has_a_line_a_row() -> None:
    table = format_table([Row("a", 12345.6, "requests/s", baseline=169), Row("b", 5.25, "ms")])

    assert [line.split() for line in table.splitlines()[2:]] == [
        ["a", "12,345.6", "requests/s", "169", "73.05", "×"],
        ["b", "5.25", "ms", "–", "–"],
    ]


def test_unknown_benchmark_is_refused_by_name() -> None:
    with pytest.raises(SystemExit, match="no such benchmark: speed"):
        find_benchmarks(["speed"])
