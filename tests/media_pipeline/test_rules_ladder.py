from fractions import Fraction

import pytest

from media_pipeline.rules.frame_rates import choose_frame_rate
from media_pipeline.rules.ladder import (
    choose_ladder,
    display_size,
    progressive_rung,
)


def sizes(width: Fraction | int, height: Fraction | int) -> list[tuple[int, int]]:
    return [(rung.width, rung.height) for rung in choose_ladder(width, height)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ((3840, 2160), [(1920, 1080), (1280, 720), (960, 540), (640, 360)]),
        ((1920, 1080), [(1920, 1080), (1280, 720), (960, 540), (640, 360)]),
        ((1280, 720), [(1280, 720), (960, 540), (640, 360)]),
        ((720, 1280), [(720, 1280), (540, 960), (360, 640)]),
        ((768, 576), [(768, 576), (480, 360)]),
        ((480, 270), [(480, 270)]),
        ((449, 449), [(448, 448)]),
        ((450, 450), [(450, 450), (360, 360)]),
        ((321, 243), [(320, 242)]),
        ((1, 1), [(2, 2)]),
    ],
)
def test_ladder_starts_at_the_source_and_never_enlarges(source, expected):
    assert sizes(*source) == expected


def test_ladder_of_wide_pixels_is_shown_wide():
    assert sizes(*display_size(640, 480, Fraction(16, 9), 0)) == [(1138, 480), (854, 360)]


def test_display_size_of_a_quarter_turn_is_upright():
    assert display_size(1920, 1080, Fraction(1), 270) == (1080, 1920)


def test_progressive_rung_is_the_largest_up_to_540():
    assert progressive_rung(choose_ladder(1920, 1080)).name == "540p"


def test_progressive_rung_of_a_source_between_is_the_smallest():
    assert progressive_rung(choose_ladder(1000, 560)).name == "360p"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (Fraction(60), Fraction(30)),
        (Fraction(60000, 1001), Fraction(30000, 1001)),
        (Fraction(50), Fraction(25)),
        (Fraction(31), Fraction(31)),
        (Fraction(120), Fraction(30)),
        (Fraction(1), Fraction(5)),
        (None, Fraction(25)),
    ],
)
def test_frame_rate_is_halved_above_31_and_at_least_5(source, expected):
    assert choose_frame_rate(source) == expected
