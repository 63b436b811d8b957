"""What counts of a lesson, drawn and named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.rules.coverage_picture import MOST_HOLES, PICTURE_WIDTH, Bar, picture_coverage
from tracking.rules.intervals import merge, total


def test_holes_are_what_nobody_watched() -> None:
    picture = picture_coverage(coverage=((0, 20_000), (45_000, 60_000)), provisional=(), duration_ms=60_000)
    assert picture.holes == ((20_000, 45_000),)
    assert picture.bars == (Bar(0, 333, "counted"), Bar(750, 250, "counted"))
    assert (picture.counted_ms, picture.provisional_ms, picture.missing_ms) == (35_000, 0, 25_000)


def test_provisional_time_is_drawn_apart_and_is_no_hole() -> None:
    picture = picture_coverage(coverage=((0, 30_000),), provisional=((25_000, 40_000),), duration_ms=60_000)
    assert picture.provisional == ((30_000, 40_000),)
    assert picture.bars == (Bar(0, 500, "counted"), Bar(500, 166, "provisional"))
    assert picture.holes == ((40_000, 60_000),)


@pytest.mark.parametrize(("gap_ms", "holes"), [(999, 0), (1_000, 1)])
def test_hole_shorter_than_a_second_is_not_named(gap_ms: int, holes: int) -> None:
    coverage = ((0, 30_000), (30_000 + gap_ms, 60_000))
    picture = picture_coverage(coverage=coverage, provisional=(), duration_ms=60_000)
    assert (len(picture.holes), picture.missing_ms) == (holes, gap_ms)


def test_many_holes_are_counted_beyond_those_named() -> None:
    coverage = tuple((start * 4_000, start * 4_000 + 2_000) for start in range(25))
    picture = picture_coverage(coverage=coverage, provisional=(), duration_ms=100_000)
    assert (len(picture.holes), picture.more_holes) == (MOST_HOLES, 5)


@pytest.mark.parametrize("duration_ms", [0, 1])
def test_lesson_of_no_length_is_drawn_empty(duration_ms: int) -> None:
    picture = picture_coverage(coverage=(), provisional=(), duration_ms=duration_ms)
    assert (picture.bars, picture.holes) == ((), ())


def test_what_lies_beyond_the_lesson_is_left_out() -> None:
    picture = picture_coverage(coverage=((0, 90_000),), provisional=((80_000, 99_000),), duration_ms=60_000)
    assert (picture.bars, picture.holes, picture.missing_ms) == ((Bar(0, PICTURE_WIDTH, "counted"),), (), 0)


pieces = st.lists(st.tuples(st.integers(0, 90_000), st.integers(0, 90_000)).map(sorted).map(tuple), max_size=12)


@given(coverage=pieces.map(merge), provisional=pieces.map(merge), duration_ms=st.integers(1, 80_000))
def test_every_millisecond_is_counted_provisional_or_missing(coverage, provisional, duration_ms) -> None:
    picture = picture_coverage(coverage=coverage, provisional=provisional, duration_ms=duration_ms)
    assert picture.counted_ms + picture.provisional_ms + picture.missing_ms == duration_ms
    assert picture.missing_ms >= total(picture.holes)
    assert all(bar.width >= 1 and bar.x >= 0 and bar.x + bar.width <= PICTURE_WIDTH for bar in picture.bars)
