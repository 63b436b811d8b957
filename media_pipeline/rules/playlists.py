"""HLS playlists as text: reading, measuring and pointing them elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_MAP_URI = re.compile(r'(#EXT-X-MAP:.*?URI=")([^"]+)(")')


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a rendition; ``starts_at_us`` and ``duration_us`` are microseconds of playing time."""

    name: str
    starts_at_us: int
    duration_us: int


@dataclass(frozen=True, slots=True)
class MediaPlaylist:
    """A rendition's list: the file with its headers, and its pieces in order."""

    init_name: str
    segments: tuple[Segment, ...]

    @property
    def duration_ms(self) -> int:
        """How long it plays."""
        return (sum(segment.duration_us for segment in self.segments) + 500) // 1000


@dataclass(frozen=True, slots=True)
class BitRate:
    """Bits a second of a rendition, sound included: of its heaviest piece, and on average."""

    peak: int
    average: int


def parse_media_playlist(text: str) -> MediaPlaylist:
    """Read a rendition's playlist as ffmpeg writes it."""
    init_name, segments, clock_us, length_us = "", [], 0, 0
    for line in text.splitlines():
        if found := _MAP_URI.match(line):
            init_name = found[2]
        elif line.startswith("#EXTINF:"):
            length_us = round(float(line[8:].partition(",")[0]) * 1_000_000)
        elif line and not line.startswith("#"):
            segments.append(Segment(name=line, starts_at_us=clock_us, duration_us=length_us))
            clock_us += length_us
    return MediaPlaylist(init_name=init_name, segments=tuple(segments))


def measure_bit_rate(playlist: MediaPlaylist, sizes: Mapping[str, int]) -> BitRate:
    """Measure a rendition; ``sizes`` are the bytes of each file. Pieces under half a second do not make a peak."""
    total_us = sum(segment.duration_us for segment in playlist.segments)
    if total_us <= 0:
        return BitRate(peak=0, average=0)
    average = sum(sizes[segment.name] for segment in playlist.segments) * 8_000_000 // total_us
    peaks = [sizes[s.name] * 8_000_000 // s.duration_us for s in playlist.segments if s.duration_us >= 500_000]
    return BitRate(peak=max([average, *peaks]), average=average)


def add_bit_rates(one: BitRate, other: BitRate) -> BitRate:
    """Bits a second of pictures and sound together."""
    return BitRate(peak=one.peak + other.peak, average=one.average + other.average)


def with_measured_bit_rates(master: str, rates: Mapping[str, BitRate]) -> str:
    """Put measured bit rates into a master playlist, instead of the encoder's ceilings, which are far off for slides.

    ``rates`` are keyed by the address of the rendition's playlist, as it stands in the master playlist.
    """
    lines = [line for line in master.splitlines() if line]
    for position, line in enumerate(lines[:-1]):
        rate = rates.get(lines[position + 1])
        if line.startswith("#EXT-X-STREAM-INF:") and rate is not None:
            named = f"#EXT-X-STREAM-INF:BANDWIDTH={rate.peak},AVERAGE-BANDWIDTH={rate.average}"
            lines[position] = re.sub(r"^#EXT-X-STREAM-INF:BANDWIDTH=\d+", named, line)
    return "\n".join(lines) + "\n"


def piece_holding(segments: Sequence[Segment], moment_us: int) -> Segment:
    """The piece that plays at a moment; the last one for a moment after the end."""
    return next((s for s in segments if s.starts_at_us <= moment_us < s.starts_at_us + s.duration_us), segments[-1])


def point_elsewhere(text: str, address_of: Callable[[str], str]) -> str:
    """Rewrite the addresses of pieces and headers; those of playlists (``*.m3u8``) stay as they are."""

    def changed(name: str) -> str:
        return name if name.endswith(".m3u8") else address_of(name)

    lines = [
        changed(line) if line and not line.startswith("#") else _MAP_URI.sub(_map_change(changed), line)
        for line in text.splitlines()
    ]
    return "\n".join(lines) + "\n"


def _map_change(changed: Callable[[str], str]) -> Callable[[re.Match[str]], str]:
    return lambda found: found[1] + changed(found[2]) + found[3]
