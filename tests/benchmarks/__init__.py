"""Measurements: each ``bench_*.py`` has a function ``rows()`` that yields ``Row``; ``make bench`` runs them all.

A benchmark is ten lines: measure with ``median_of`` (at least three runs), yield a row, and give as baseline the figure
that another system, or the naive way, reaches on the same kind of machine: the ratio then says how many times better.
"""

from tests.benchmarks.measure import Row, median_of, seconds_each

__all__ = ["Row", "median_of", "seconds_each"]
