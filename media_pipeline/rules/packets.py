"""How long a file really is and how its pictures follow each other: from its packets, never from its header."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush

_REORDERED = 20  # packets that pictures may be out of order by
_KINDS_OF_GAPS = 20_000  # so many are told apart; a file made to have more is uneven enough
_JUMP_US, _JUMP_BACK_US = 10_000_000, 100_000  # of a transport stream's clock: ffmpeg closes such gaps too


@dataclass(slots=True)
class StreamTally:
    """What the packets of one stream say, in microseconds.

    ``gaps`` tells how often each distance between two pictures in the order of showing occurs. ``longest_group_us`` is
    the longest distance between key frames, ``heaviest_bytes`` what the fullest ten seconds or group hold.
    ``leading`` counts pictures shown before the key frame they come after, ``untimed`` packets without a time of
    showing, ``hidden`` those that are decoded but never shown.
    """

    packets: int = 0
    starts_at_us: int | None = None
    ends_at_us: int | None = None
    size_bytes: int = 0
    gaps: dict[int, int] = field(default_factory=dict)
    begins_with_key: bool = False
    longest_group_us: int = 0
    heaviest_bytes: int = 0
    leading: int = 0
    untimed: int = 0
    hidden: int = 0
    _queue: list[int] = field(default_factory=list)
    _shown_us: int | None = None
    _key_us: int | None = None
    _group_us: int = 0
    _group_bytes: int = 0
    _next_us: int | None = None
    _shift_us: int = 0

    @property
    def duration_ms(self) -> int:
        """From the first packet's time to the end of the last one, 0 where no packet has a time."""
        return (self.duration_us + 500) // 1000

    @property
    def duration_us(self) -> int:
        """The same in microseconds."""
        if self.starts_at_us is None or self.ends_at_us is None:
            return 0
        return max(0, self.ends_at_us - self.starts_at_us)

    def mend_clock(self, decoded_at: int, lasts: int) -> int:
        """Close the jumps of a transport stream's clock, as ffmpeg does when it decodes one; give the shift."""
        if self._next_us is not None and not -_JUMP_BACK_US <= decoded_at - self._next_us <= _JUMP_US:
            self._shift_us -= decoded_at - self._next_us
        self._next_us = decoded_at + lasts
        return self._shift_us

    def add_moment(self, starts_at: int, lasts: int, *, is_key: bool, size: int) -> None:
        """Take a shown picture, or a stretch of sound."""
        self.starts_at_us = starts_at if self.starts_at_us is None else min(self.starts_at_us, starts_at)
        ends_at = starts_at + lasts
        self.ends_at_us = ends_at if self.ends_at_us is None else max(self.ends_at_us, ends_at)
        if is_key:
            if self._key_us is not None:
                self.longest_group_us = max(self.longest_group_us, starts_at - self._key_us)
            self._key_us = starts_at
        elif self._key_us is not None and starts_at < self._key_us:
            self.leading += 1
        if starts_at - self._group_us > _JUMP_US:
            self._group_us, self._group_bytes = starts_at, 0
        self._group_bytes += size
        self.heaviest_bytes = max(self.heaviest_bytes, self._group_bytes)
        heappush(self._queue, starts_at)
        if len(self._queue) > _REORDERED:
            self._show(heappop(self._queue))

    def close(self) -> None:
        """Count what still waits to be put in order; a last picture that does not say how long it stands gets a gap."""
        while self._queue:
            self._show(heappop(self._queue))
        if self._shown_us is not None and self.ends_at_us == self._shown_us and self.gaps:
            self.ends_at_us += max(self.gaps, key=lambda gap: self.gaps[gap])
        if self._key_us is not None and self.ends_at_us is not None:
            self.longest_group_us = max(self.longest_group_us, self.ends_at_us - self._key_us)

    def _show(self, moment_us: int) -> None:
        if self._shown_us is not None and moment_us > self._shown_us:
            gap = moment_us - self._shown_us
            if gap in self.gaps or len(self.gaps) < _KINDS_OF_GAPS:
                self.gaps[gap] = self.gaps.get(gap, 0) + 1
        self._shown_us = moment_us


class PacketTally:
    """Adds up packet lines of one ffprobe run, so that a file of any length needs no memory.

    ``jumps`` says that the container's clock may jump, as that of a transport stream does.
    """

    def __init__(self, *, jumps: bool = False) -> None:
        self._streams: dict[int, StreamTally] = {}
        self._jumps = jumps

    def add(self, line: str) -> None:
        """Take one line ``stream_index,pts_time,dts_time,duration_time,size,flags``; anything else is passed over.

        A packet flagged ``D`` is decoded but never shown (a codec's run-up): it counts, but its time does not.
        """
        fields = line.strip().split(",")
        if len(fields) < 6 or not fields[0].isdigit():
            return
        tally = self._streams.setdefault(int(fields[0]), StreamTally())
        is_key, size = fields[5].startswith("K"), int(fields[4]) if fields[4].isdigit() else 0
        if not tally.packets:
            tally.begins_with_key = is_key
        tally.packets += 1
        tally.size_bytes += size
        starts_at, decoded_at, lasts = microseconds(fields[1]), microseconds(fields[2]), microseconds(fields[3]) or 0
        if starts_at is None:
            tally.untimed += 1
            starts_at = decoded_at
        if starts_at is None:
            return
        if "D" in fields[5]:
            tally.hidden += 1
            return
        if self._jumps:
            starts_at += tally.mend_clock(starts_at if decoded_at is None else decoded_at, lasts)
        tally.add_moment(starts_at, lasts, is_key=is_key, size=size)

    def add_all(self, lines: Iterable[str]) -> PacketTally:
        """Take many lines and give itself back, closed."""
        for line in lines:
            self.add(line)
        return self.close()

    def close(self) -> PacketTally:
        """Say that there are no more lines, and give itself back."""
        for tally in self._streams.values():
            tally.close()
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
