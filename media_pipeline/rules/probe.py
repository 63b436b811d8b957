"""What ffprobe says about a file, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

_SQUARE = Fraction(1)
_INTERLACED = {"tt", "bb", "tb", "bt"}


@dataclass(frozen=True, slots=True)
class VideoStream:
    """A stream of pictures.

    ``width`` and ``height`` are the stored pixels, before ``sar`` and ``rotation`` (0, 90, 180 or 270 degrees) are
    applied; ``frame_rate`` is in frames a second, None where the file does not say.
    """

    index: int
    codec: str
    width: int
    height: int
    sar: Fraction = _SQUARE
    rotation: int = 0
    frame_rate: Fraction | None = None
    interlaced: bool = False


@dataclass(frozen=True, slots=True)
class AudioStream:
    """A stream of sound."""

    index: int
    codec: str
    channels: int


@dataclass(frozen=True, slots=True)
class Probe:
    """A file's streams; cover pictures of sound files are left out. The header's duration is not here: it may lie."""

    format_name: str
    videos: tuple[VideoStream, ...]
    audios: tuple[AudioStream, ...]
    encrypted: bool = False

    @property
    def video(self) -> VideoStream | None:
        """The stream that is shown."""
        return self.videos[0] if self.videos else None

    @property
    def audio(self) -> AudioStream | None:
        """The stream that is heard."""
        return self.audios[0] if self.audios else None


def parse_probe(payload: Mapping[str, Any]) -> Probe:
    """Understand ffprobe's JSON of the format, the streams and the first packets.

    Streams without a known decoder are left out. Encryption shows at the packets alone: streams keep their old names.
    """
    streams: Sequence[Mapping[str, Any]] = payload.get("streams") or []
    known = [stream for stream in streams if stream.get("codec_name") not in (None, "unknown", "none")]
    return Probe(
        format_name=str((payload.get("format") or {}).get("format_name", "")),
        videos=tuple(_video(item) for item in known if item.get("codec_type") == "video" and not _is_cover(item)),
        audios=tuple(
            AudioStream(index=int(item["index"]), codec=str(item["codec_name"]), channels=int(item["channels"]))
            for item in known
            if item.get("codec_type") == "audio" and int(item.get("channels") or 0) > 0
        ),
        encrypted=any(_is_encrypted(packet) for packet in payload.get("packets") or []),
    )


def _is_encrypted(packet: Mapping[str, Any]) -> bool:
    return any(item.get("side_data_type") == "Encryption info" for item in packet.get("side_data_list") or [])


def _is_cover(stream: Mapping[str, Any]) -> bool:
    disposition = stream.get("disposition") or {}
    return bool(disposition.get("attached_pic") or disposition.get("timed_thumbnails"))


def _video(stream: Mapping[str, Any]) -> VideoStream:
    rates = [_fraction(stream.get(name)) for name in ("avg_frame_rate", "r_frame_rate")]
    return VideoStream(
        index=int(stream["index"]),
        codec=str(stream["codec_name"]),
        width=int(stream.get("width") or 0),
        height=int(stream.get("height") or 0),
        sar=_fraction(stream.get("sample_aspect_ratio")) or _SQUARE,
        rotation=_rotation(stream.get("side_data_list") or []),
        frame_rate=next((rate for rate in rates if rate is not None), None),
        interlaced=stream.get("field_order") in _INTERLACED,
    )


def _fraction(value: object) -> Fraction | None:
    """Read ``30000/1001`` or ``16:9``; None for ``0/0``, ``0:1``, ``N/A`` and whatever is not positive."""
    top, _, bottom = str(value or "").replace(":", "/").partition("/")
    if not (top.isdigit() and bottom.isdigit()) or int(top) == 0 or int(bottom) == 0:
        return None
    return Fraction(int(top), int(bottom))


def _rotation(side_data: Sequence[Mapping[str, Any]]) -> int:
    """Quarter turns alone; a broken matrix (rotation of minus 2⁶³) or a slant counts as upright."""
    for item in side_data:
        value = item.get("rotation")
        if isinstance(value, int | float) and abs(value) <= 360 and round(value) % 90 == 0:
            return round(value) % 360
    return 0
