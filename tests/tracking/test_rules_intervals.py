"""Merged half-open intervals behave like the sets of milliseconds that they stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.rules.intervals import Interval, Intervals, add_within_budget, clip, merge, subtract, total, union

pieces = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=12)


def _points(intervals: Intervals) -> set[int]:
    return {point for start, end in intervals for point in range(start, end)}


def test_merge_joins_overlapping_and_touching_pieces_and_drops_empty_ones() -> None:
    assert merge([(7, 9), (0, 2), (2, 3), (1, 3), (5, 5), (6, 4)]) == ((0, 3), (7, 9))


def test_total_of_nothing_is_zero() -> None:
    assert total(()) == 0


def test_clip_cuts_at_both_ends() -> None:
    assert clip(((0, 10), (12, 14), (20, 30)), 5, 25) == ((5, 10), (12, 14), (20, 25))


def test_subtract_cuts_holes() -> None:
    assert subtract(((0, 10), (20, 30)), ((2, 4), (8, 22), (25, 26))) == ((0, 2), (4, 8), (22, 25), (26, 30))


@pytest.mark.parametrize(
    ("claimed", "budget", "coverage", "added"),
    [
        ((1000, 5000), 1000, ((0, 3000), (6000, 7000)), 1000),
        ((1000, 9000), 10_000, ((0, 9000),), 6000),
        ((1000, 9000), 4500, ((0, 7500),), 4500),
        ((0, 2000), 1000, ((0, 2000), (6000, 7000)), 0),
        ((3000, 4000), 0, ((0, 2000), (6000, 7000)), 0),
        ((3000, 4000), -5, ((0, 2000), (6000, 7000)), 0),
        ((4000, 3000), 100, ((0, 2000), (6000, 7000)), 0),
    ],
)
def test_budget_is_spent_on_the_new_part_from_its_beginning(
    claimed: Interval, budget: int, coverage: Intervals, added: int
) -> None:
    assert add_within_budget(((0, 2000), (6000, 7000)), claimed, budget) == (coverage, added)


@given(one=pieces, other=pieces)
def test_union_and_difference_are_those_of_sets(one: list[Interval], other: list[Interval]) -> None:
    left, right = merge(one), merge(other)
    assert _points(union(left, right)) == _points(left) | _points(right)
    assert _points(subtract(left, right)) == _points(left) - _points(right)
    assert total(left) == len(_points(left))


@given(given_pieces=pieces)
def test_equal_coverage_is_an_equal_value(given_pieces: list[Interval]) -> None:
    assert merge(reversed(given_pieces)) == merge(given_pieces)
    assert merge(merge(given_pieces)) == merge(given_pieces)


@given(covered=pieces, claimed=st.tuples(st.integers(0, 60), st.integers(0, 60)), budget=st.integers(0, 60))
def test_adding_within_budget_adds_the_first_new_milliseconds(
    covered: list[Interval], claimed: Interval, budget: int
) -> None:
    before = merge(covered)
    new = sorted(_points((claimed,)) - _points(before))[:budget]
    after, added = add_within_budget(before, claimed, budget)
    assert _points(after) == _points(before) | set(new)
    assert added == len(new)
    assert merge(after) == after
