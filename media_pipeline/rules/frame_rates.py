"""How many pictures a second come out, judged by the moments of the packets and not by what the header says."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

FASTEST, SLOWEST = 31, 5
_USUAL = 25
_STANDARD = tuple(
    Fraction(*rate)
    for rate in (
        *((whole, 1) for whole in (5, 6, 8, 10, 12, 15, 20, 24, 25, 30, 48, 50, 60, 90, 100, 120, 144, 240)),
        *((whole * 1000, 1001) for whole in (15, 24, 30, 60, 120, 240)),
    )
)
_NEAR = Fraction(1, 500)  # a clock of whole milliseconds tells 29.97 from 30 only on average
_ROUGHLY = Fraction(1, 25)  # and a phone is four in a hundred off
_STEADY_SHARE = 90  # percent of the gaps that are alike in a source of even pace


@dataclass(frozen=True, slots=True)
class Pace:
    """What the gaps between pictures say: ``rate`` in pictures a second (None: no two pictures), steady or not."""

    rate: Fraction | None
    variable: bool


def measure_pace(gaps: dict[int, int], header: Fraction | None) -> Pace:
    """Judge the pace by how often each gap (microseconds) occurs; ``header`` is what the file says itself.

    Of an uneven source the quicker moments count, so that movement stays as smooth as it was recorded: a screen
    recording that waits for seconds and then moves at 30 a second comes to 30. A clock that only trembles around a pace
    keeps that pace.
    """
    total = sum(gaps.values())
    if not total:
        return Pace(rate=header, variable=False)
    ordered = sorted(gaps)
    middle = _at_share(gaps, ordered, total, 50)
    alike = sum(count for gap, count in gaps.items() if abs(gap - middle) <= max(1500, middle // 10))
    typical = Fraction(1_000_000, middle)
    mean = Fraction(total * 1_000_000, sum(gap * count for gap, count in gaps.items()))
    if alike * 100 >= total * _STEADY_SHARE:
        rate = mean if abs(mean - typical) <= typical / 20 else typical
        said = header is not None and min(abs(header - rate), abs(header - typical)) <= header * _NEAR
        return Pace(rate=header if said else _nearest(rate, _NEAR), variable=False)
    trembles = abs(mean - typical) <= typical / 10
    quick = Fraction(1_000_000, _at_share(gaps, ordered, total, 20))
    return Pace(rate=_nearest(mean if trembles else quick, _ROUGHLY), variable=True)


def choose_frame_rate(source: Fraction | None) -> Fraction:
    """Choose the frames a second that come out: the source's, or every second, third, …; at most 31, at least 5.

    60 and 120 become 30, 50 becomes 25; a source that does not say is taken for 25.
    """
    rate = source or Fraction(_USUAL)
    rate = rate / max(1, ceil(rate / FASTEST))
    return max(rate.limit_denominator(1001), Fraction(SLOWEST))


def _at_share(gaps: dict[int, int], ordered: list[int], total: int, percent: int) -> int:
    """The gap that so many percent of all gaps do not exceed."""
    seen = 0
    for gap in ordered:
        seen += gaps[gap]
        if seen * 100 >= total * percent:
            return gap
    return ordered[-1]


def _nearest(rate: Fraction, tolerance: Fraction) -> Fraction:
    best = min(_STANDARD, key=lambda standard: abs(standard - rate))
    return best if abs(best - rate) <= rate * tolerance else rate.limit_denominator(1001)
