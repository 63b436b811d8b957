"""Read what a player reports, and refuse what no player of ours would send."""

import math
from dataclasses import dataclass
from decimal import Decimal

from tracking.rules.intervals import Interval

MAX_INTERVALS = 64  # a player merges what it played; more pieces in one report are not play
MAX_MEDIA_MS = 24 * 3600 * 1000
MAX_SEQUENCE = 2**31 - 1
MAX_RATE = 16


class MalformedReportError(ValueError):
    """The report cannot be read; nothing of it is used."""


@dataclass(frozen=True, slots=True)
class PlayReport:
    """What was played since the last acknowledged report.

    ``intervals`` are [start, end) in media milliseconds, in playing order, possibly overlapping; ``rate_permille`` is
    the highest playback rate used (1000 = normal speed); ``visible`` is False when the page was hidden while it
    played (a player reports at every change of visibility, so one report is one or the other).
    """

    sequence: int
    intervals: tuple[Interval, ...]
    rate_permille: int
    visible: bool


def parse_report(payload: object) -> PlayReport:
    """Read ``{"sequence": 3, "intervals": [[0, 30000]], "rate": 1.0, "visible": true}``.

    :raises MalformedReportError: a missing member, a wrong type, a backward interval, too many or too long ones.
    """
    if not isinstance(payload, dict):
        raise MalformedReportError("not an object")
    visible = payload.get("visible")
    if not isinstance(visible, bool):
        raise MalformedReportError("visible")
    intervals = payload.get("intervals")
    if not isinstance(intervals, list) or len(intervals) > MAX_INTERVALS:
        raise MalformedReportError("intervals")
    return PlayReport(
        sequence=_whole(payload.get("sequence"), "sequence", MAX_SEQUENCE),
        intervals=tuple(_interval(pair) for pair in intervals),
        rate_permille=_permille(payload.get("rate")),
        visible=visible,
    )


def _interval(pair: object) -> Interval:
    if not isinstance(pair, list) or len(pair) != 2:
        raise MalformedReportError("intervals")
    start, end = (_whole(value, "intervals", MAX_MEDIA_MS) for value in pair)
    if end < start:
        raise MalformedReportError("intervals")
    return start, end


def _whole(value: object, name: str, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise MalformedReportError(name)
    return value


def _permille(rate: object) -> int:
    """The rate in thousandths, rounded up, so that 1.0001 is not taken for 1."""
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate <= MAX_RATE:
        raise MalformedReportError("rate")
    return math.ceil(Decimal(str(rate)) * 1000)
