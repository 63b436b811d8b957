"""Merged half-open intervals of media time.

``((0, 5000), (7000, 9000))`` means that [0, 5000) and [7000, 9000) milliseconds were covered. An :data:`Intervals`
value is always sorted, its pieces are never empty and never touch, so equal coverage is equal as a value.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import TypeAlias

Interval: TypeAlias = tuple[int, int]
Intervals: TypeAlias = tuple[Interval, ...]


def merge(pieces: Iterable[Interval]) -> Intervals:
    """Pieces in any order, overlapping or touching, as one merged value; empty pieces fall away."""
    merged: list[Interval] = []
    for start, end in sorted(piece for piece in pieces if piece[0] < piece[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def union(one: Intervals, other: Intervals) -> Intervals:
    """What either covers."""
    return merge((*one, *other))


def total(intervals: Intervals) -> int:
    """Milliseconds covered."""
    return sum(end - start for start, end in intervals)


def clip(intervals: Intervals, start: int, end: int) -> Intervals:
    """What lies inside [start, end)."""
    inside = ((max(one, start), min(other, end)) for one, other in intervals)
    return tuple(piece for piece in inside if piece[0] < piece[1])


def subtract(intervals: Intervals, removed: Intervals) -> Intervals:
    """What ``intervals`` covers and ``removed`` does not."""
    kept: list[Interval] = []
    for start, end in intervals:
        for cut_start, cut_end in _overlapping(removed, start, end):
            if start < cut_start:
                kept.append((start, cut_start))
            start = max(start, cut_end)
        if start < end:
            kept.append((start, end))
    return tuple(kept)


def add_within_budget(coverage: Intervals, claimed: Interval, budget_ms: int) -> tuple[Intervals, int]:
    """Add the part of ``claimed`` that is new, from its beginning, until ``budget_ms`` is used up.

    Returns the new coverage and the milliseconds added. Covered (0, 2000), claimed (1000, 5000), budget 1000:
    (0, 3000) and 1000; what was covered before costs no budget.
    """
    left = max(0, budget_ms)
    added: list[Interval] = []
    for start, end in subtract((claimed,), coverage) if claimed[0] < claimed[1] else ():
        taken = min(left, end - start)
        if taken == 0:
            break
        added.append((start, start + taken))
        left -= taken
    if not added:
        return coverage, 0
    if len(added) == 1 and coverage and added[0][0] == coverage[-1][1]:  # goes on where the last one ended
        return (*coverage[:-1], (coverage[-1][0], added[0][1])), max(0, budget_ms) - left
    return union(coverage, tuple(added)), max(0, budget_ms) - left


def _overlapping(intervals: Intervals, start: int, end: int) -> Intervals:
    """The pieces that share time with [start, end), found by bisection."""
    first = bisect_right(intervals, start, key=lambda piece: piece[1])
    last = bisect_left(intervals, end, key=lambda piece: piece[0])
    return intervals[first:last]
