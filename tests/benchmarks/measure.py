"""What a measurement is: a median of several runs, beside a baseline."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

RUNS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; ``baseline`` is in the same unit, and ``less_is_better`` for times."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    less_is_better: bool = False

    @property
    def ratio(self) -> float | None:
        """How many times better than the baseline: above 1 is better, whichever way the unit counts."""
        if not self.baseline or not self.value:
            return None
        return self.baseline / self.value if self.less_is_better else self.value / self.baseline

    def to_json(self) -> dict[str, str | float | None]:
        """Give the row as it stands in ``var/bench.json``."""
        ratio = self.ratio
        return {
            "name": self.name,
            "value": round(self.value, 4),
            "unit": self.unit,
            "baseline": self.baseline,
            "ratio": None if ratio is None else round(ratio, 3),
        }


def median_of(measure: Callable[[], float], runs: int = RUNS) -> float:
    """Give the median of several runs.

    :raises ValueError: fewer than three runs, of which a median says nothing.
    """
    if runs < RUNS:
        raise ValueError("a median needs at least three runs")
    return statistics.median(measure() for _ in range(runs))


def seconds_each(call: Callable[[], object], *, times: int) -> float:
    """Call something some times and give the seconds that one call took on average."""
    started = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - started) / times


def format_table(rows: list[Row]) -> str:
    """Give the rows as a table for a terminal."""
    cells = [("name", "value", "unit", "baseline", "ratio")]
    for row in rows:
        baseline = "–" if row.baseline is None else f"{row.baseline:,.6g}"
        ratio = "–" if row.ratio is None else f"{row.ratio:.2f} ×"
        cells.append((row.name, f"{row.value:,.6g}", row.unit, baseline, ratio))
    widths = [max(len(line[column]) for line in cells) for column in range(5)]
    lines = []
    for name, value, unit, baseline, ratio in cells:
        left = f"{name:<{widths[0]}}  {value:>{widths[1]}} {unit:<{widths[2]}}"
        lines.append(f"{left}  {baseline:>{widths[3]}}  {ratio:>{widths[4]}}")
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])
