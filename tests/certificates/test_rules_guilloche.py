"""Engraved lines: they close, they join, they stay where they belong."""

from __future__ import annotations

from itertools import pairwise
from math import hypot

import pytest

from certificates.rules.guilloche import Curve, braid, medallion, rosette, tapered_braid, weave


def ends(curve: Curve) -> tuple[tuple[float, float], tuple[float, float]]:
    return curve.start, curve.segments[-1][2]


def test_wave_ends_at_the_height_and_slope_of_its_beginning_so_that_waves_join():
    for curve in [*weave((0, 0), 20, 5), *braid((0, 0), 20, 5)]:
        (x, y), (end_x, end_y) = ends(curve)
        first, last = curve.segments[0], curve.segments[-1]
        leaving = (first[0][0] - x, first[0][1] - y)
        arriving = (end_x - last[1][0], end_y - last[1][1])
        assert (end_x - x, end_y) == (pytest.approx(20), pytest.approx(y))
        assert arriving == pytest.approx(leaving)


def test_band_keeps_to_its_width():
    heights = [abs(y) for curve in weave((0, 0), 20, 5) for segment in curve.segments for _x, y in segment]
    assert 4.5 < max(heights) < 5.2


def test_petals_return_to_their_start_without_a_corner():
    for curve in [*rosette((100, 100), 50), *medallion((10, 10), 5)]:
        start, end = ends(curve)
        assert end == pytest.approx(start)
        turned = [(a[2][0] - a[1][0], b[0][0] - a[2][0]) for a, b in pairwise(curve.segments)]
        assert [pair for pair in turned if abs(pair[0] - pair[1]) > 1e-6] == []


def test_rosette_fills_its_circle_and_does_not_leave_it():
    reach = [hypot(x - 100, y - 100) for curve in rosette((100, 100), 50) for *_c, (x, y) in curve.segments]
    assert 49 < max(reach) <= 50


def test_braid_under_the_title_begins_and_ends_in_a_point():
    for curve in tapered_braid((100, 50), 80, 1.5, 9):
        assert ends(curve) == ((pytest.approx(60), pytest.approx(50)), (pytest.approx(140), pytest.approx(50)))
