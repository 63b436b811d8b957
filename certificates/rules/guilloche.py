"""The engraved ornament of a certificate's page: woven lines along the frame, a rosette, a braid under the title.

Plain mathematics: every curve is a list of cubic Bézier segments in millimetres from the page's upper left corner.
A curve is sampled with its derivative and drawn as cubics between the samples (Hermite), so that few segments stay
true to the wave: paper money is engraved from the same families of curves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi, sin
from typing import NamedTuple, TypeAlias

Point: TypeAlias = tuple[float, float]
Segment: TypeAlias = tuple[Point, Point, Point]  # two control points and the end
Wave: TypeAlias = Callable[[float], tuple[float, float]]  # phase → height and its derivative; a period is 2π


class Sample(NamedTuple):
    """A point of a curve, the parameter it has there, and the derivative by the parameter."""

    parameter: float
    point: Point
    slope: Point


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of the engraver: where it starts, its segments, and whether it returns to the start."""

    start: Point
    segments: tuple[Segment, ...]
    closed: bool


def weave(start: Point, length: float, half: float) -> list[Curve]:
    """One wave of a band ``2 × half`` wide: eight strands, a phase apart, swelling and narrowing together.

    The wave runs to the right and ends as it began, so that a band is the same wave again and again.
    """
    return [_strand(start, length, _swelling(half, 2 * pi * index / 8), pieces=8) for index in range(8)]


def braid(start: Point, length: float, half: float) -> list[Curve]:
    """The fine braid along the middle of that wave: three strands a third of their wave apart."""
    return [_strand(start, length, _plain(half * 0.36, 3, 2 * pi * index / 3), pieces=12) for index in range(3)]


def medallion(centre: Point, radius: float) -> list[Curve]:
    """A dense small rosette, as stands in a corner."""
    outer = [_petals(centre, radius, 0.3, 14, turn * 2 * pi / 4) for turn in range(4)]
    inner = [_petals(centre, radius * 0.52, 0.38, 8, turn * 2 * pi / 4) for turn in range(4)]
    return outer + inner


def rosette(centre: Point, radius: float) -> list[Curve]:
    """Two wreaths of turned petals around a point."""
    outer = [_petals(centre, radius, 0.27, 24, turn * 2 * pi / 5) for turn in range(5)]
    inner = [_petals(centre, radius * 0.56, 0.42, 16, turn * 2 * pi / 4) for turn in range(4)]
    return outer + inner


def tapered_braid(centre: Point, length: float, half: float, waves: int) -> list[Curve]:
    """A level braid of three strands that swells from nothing to ``half`` and back."""
    pieces = waves * 4
    return [
        _through([_tapered(centre, length, half, waves, phase, at / pieces) for at in range(pieces + 1)], closed=False)
        for phase in (0.0, 2 * pi / 3, 4 * pi / 3)
    ]


def _tapered(centre: Point, length: float, half: float, waves: int, phase: float, share: float) -> Sample:
    swell, swelling = sin(pi * share), pi * cos(pi * share)
    angle = 2 * pi * waves * share + phase
    rise = half * (swelling * sin(angle) + swell * 2 * pi * waves * cos(angle))
    point = (centre[0] + length * (share - 0.5), centre[1] + half * swell * sin(angle))
    return Sample(share, point, (length, rise))


def _strand(start: Point, length: float, wave: Wave, *, pieces: int) -> Curve:
    samples = []
    for index in range(pieces + 1):
        angle = 2 * pi * index / pieces
        height, rise = wave(angle)
        samples.append(
            Sample(angle, (start[0] + length * index / pieces, start[1] + height), (length / (2 * pi), rise))
        )
    return _through(samples, closed=False)


def _swelling(half: float, phase: float) -> Wave:
    """A wave that is highest twice in its period, and at its start."""

    def wave(angle: float) -> tuple[float, float]:
        height, heightening = half * (0.79 + 0.21 * cos(2 * angle)), -half * 0.42 * sin(2 * angle)
        inner = angle + phase
        return height * sin(inner), heightening * sin(inner) + height * cos(inner)

    return wave


def _plain(half: float, waves: int, phase: float) -> Wave:
    return lambda angle: (half * sin(waves * angle + phase), half * waves * cos(waves * angle + phase))


def _petals(centre: Point, radius: float, depth: float, petals: int, phase: float) -> Curve:
    samples = []
    for index in range(petals * 5 + 1):
        angle = 2 * pi * index / (petals * 5)
        r = radius * (1 - depth + depth * sin(petals * angle + phase))
        growth = radius * depth * petals * cos(petals * angle + phase)
        c, s = cos(angle), sin(angle)
        samples.append(Sample(angle, (centre[0] + r * c, centre[1] + r * s), (growth * c - r * s, growth * s + r * c)))
    return _through(samples, closed=True)


def _through(samples: Sequence[Sample], *, closed: bool) -> Curve:
    """Join samples by cubics that keep their slopes."""
    segments = []
    for here, there in pairwise(samples):
        third = (there.parameter - here.parameter) / 3
        (x, y), (nx, ny) = here.point, there.point
        leaving = (x + here.slope[0] * third, y + here.slope[1] * third)
        arriving = (nx - there.slope[0] * third, ny - there.slope[1] * third)
        segments.append((leaving, arriving, there.point))
    return Curve(start=samples[0].point, segments=tuple(segments), closed=closed)
