"""How long a file really is: from its packets, never from its header."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(slots=True)
class StreamTally:
    """What the packets of one stream say, in microseconds."""

    packets: int = 0
    starts_at_us: int | None = None
    ends_at_us: int | None = None

    @property
    def duration_ms(self) -> int:
        """From the first packet's time to the end of the last one, 0 where no packet has a time."""
        if self.starts_at_us is None or self.ends_at_us is None:
            return 0
        return max(0, self.ends_at_us - self.starts_at_us + 500) // 1000


class PacketTally:
    """Adds up packet lines of one ffprobe run, so that a file of any length needs no memory."""

    def __init__(self) -> None:
        self._streams: dict[int, StreamTally] = {}

    def add(self, line: str) -> None:
        """Take one line ``stream_index,pts_time,dts_time,duration_time,flags``; anything else is passed over.

        A packet flagged ``D`` is decoded but never shown (a codec's run-up): it counts, but its time does not.
        """
        fields = line.strip().split(",")
        if len(fields) < 5 or not fields[0].isdigit():
            return
        tally = self._streams.setdefault(int(fields[0]), StreamTally())
        tally.packets += 1
        starts_at = microseconds(fields[1])
        if starts_at is None:
            starts_at = microseconds(fields[2])
        if starts_at is None or "D" in fields[4]:
            return
        ends_at = starts_at + (microseconds(fields[3]) or 0)
        tally.starts_at_us = starts_at if tally.starts_at_us is None else min(tally.starts_at_us, starts_at)
        tally.ends_at_us = ends_at if tally.ends_at_us is None else max(tally.ends_at_us, ends_at)

    def add_all(self, lines: Iterable[str]) -> PacketTally:
        """Take many lines and give itself back."""
        for line in lines:
            self.add(line)
        return self

    def of_stream(self, index: int) -> StreamTally:
        """What stream ``index`` came to; an empty tally where it had no packet."""
        return self._streams.get(index, StreamTally())


def microseconds(text: str) -> int | None:
    """Read ffmpeg's seconds (``12.345678``); None for ``N/A``."""
    try:
        return round(float(text) * 1_000_000)
    except (ValueError, OverflowError):
        return None
