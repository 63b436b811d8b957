"""What ffprobe says about a file, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from media_pipeline.rules.orientation import QUARTERS, turn_of
from media_pipeline.rules.packets import microseconds

_SQUARE = Fraction(1)
_INTERLACED = {"tt", "bb", "tb", "bt"}


@dataclass(frozen=True, slots=True)
class VideoStream:
    """A stream of pictures.

    ``width`` and ``height`` are the stored pixels, before ``sar`` and ``turn`` (a key of ``rules.orientation.TURNS``)
    are applied; ``frame_rate`` is in frames a second, as the header says it, None where it does not. ``pixel_format``,
    ``profile``, ``level`` and the colours are in ffmpeg's words, empty where the file does not say.
    """

    index: int
    codec: str
    width: int
    height: int
    sar: Fraction = _SQUARE
    turn: str = ""
    frame_rate: Fraction | None = None
    interlaced: bool = False
    pixel_format: str = ""
    profile: str = ""
    level: int = 0
    colour_matrix: str = ""
    colour_curve: str = ""
    full_range: bool = False
    is_default: bool = False

    @property
    def rotation(self) -> int:
        """Degrees with the clock that bring it upright: 0, 90, 180 or 270."""
        return QUARTERS.get(self.turn, 0)


@dataclass(frozen=True, slots=True)
class AudioStream:
    """A stream of sound."""

    index: int
    codec: str
    channels: int
    layout: str = ""
    sample_rate: int = 0
    profile: str = ""
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class Probe:
    """A file's streams; cover pictures of sound files are left out.

    ``starts_at_us`` is the zero of ffmpeg's clock for this file. ``header_ms`` is the duration that the header claims,
    for people to read alone: it may lie. ``unknown_streams`` are those of pictures or sound that no decoder is for.
    """

    format_name: str
    videos: tuple[VideoStream, ...]
    audios: tuple[AudioStream, ...]
    encrypted: bool = False
    starts_at_us: int = 0
    header_ms: int | None = None
    unknown_streams: int = 0

    @property
    def video(self) -> VideoStream | None:
        """The stream that is shown: the first that the file marks as its default, or else the first."""
        return next((stream for stream in self.videos if stream.is_default), self.videos[0] if self.videos else None)

    @property
    def audio(self) -> AudioStream | None:
        """The stream that is heard, chosen likewise."""
        return next((stream for stream in self.audios if stream.is_default), self.audios[0] if self.audios else None)


def parse_probe(payload: Mapping[str, Any]) -> Probe:
    """Understand ffprobe's JSON of the format, the streams and the first packets.

    Streams without a known decoder are left out. Encryption shows at the packets alone: streams keep their old names.
    """
    streams: Sequence[Mapping[str, Any]] = payload.get("streams") or []
    header: Mapping[str, Any] = payload.get("format") or {}
    media = [stream for stream in streams if stream.get("codec_type") in ("video", "audio") and not _is_cover(stream)]
    known = [stream for stream in media if stream.get("codec_name") not in (None, "unknown", "none")]
    header_us = microseconds(str(header.get("duration")))
    return Probe(
        format_name=str(header.get("format_name", "")),
        videos=tuple(_video(item) for item in known if item["codec_type"] == "video"),
        audios=tuple(_audio(item) for item in known if item["codec_type"] == "audio" and _number(item, "channels")),
        encrypted=any(_is_encrypted(packet) for packet in payload.get("packets") or []),
        starts_at_us=microseconds(str(header.get("start_time"))) or 0,
        header_ms=None if header_us is None else header_us // 1000,
        unknown_streams=len(media) - len(known),
    )


def _is_encrypted(packet: Mapping[str, Any]) -> bool:
    return any(item.get("side_data_type") == "Encryption info" for item in packet.get("side_data_list") or [])


def _is_cover(stream: Mapping[str, Any]) -> bool:
    disposition = stream.get("disposition") or {}
    return bool(disposition.get("attached_pic") or disposition.get("timed_thumbnails"))


def _video(stream: Mapping[str, Any]) -> VideoStream:
    rates = [_fraction(stream.get(name)) for name in ("avg_frame_rate", "r_frame_rate")]
    pixel_format = str(stream.get("pix_fmt") or "")
    return VideoStream(
        index=int(stream["index"]),
        codec=str(stream["codec_name"]),
        width=_number(stream, "width"),
        height=_number(stream, "height"),
        sar=_fraction(stream.get("sample_aspect_ratio")) or _SQUARE,
        turn=next((turn for item in stream.get("side_data_list") or [] if (turn := turn_of(item))), ""),
        frame_rate=next((rate for rate in rates if rate is not None), None),
        interlaced=stream.get("field_order") in _INTERLACED,
        pixel_format=pixel_format,
        profile=str(stream.get("profile") or ""),
        level=_number(stream, "level"),
        colour_matrix=str(stream.get("color_space") or ""),
        colour_curve=str(stream.get("color_transfer") or ""),
        full_range=stream.get("color_range") == "pc" or pixel_format.startswith("yuvj"),
        is_default=_is_default(stream),
    )


def _audio(stream: Mapping[str, Any]) -> AudioStream:
    return AudioStream(
        index=int(stream["index"]),
        codec=str(stream["codec_name"]),
        channels=_number(stream, "channels"),
        layout=str(stream.get("channel_layout") or ""),
        sample_rate=_number(stream, "sample_rate"),
        profile=str(stream.get("profile") or ""),
        is_default=_is_default(stream),
    )


def _is_default(stream: Mapping[str, Any]) -> bool:
    return bool((stream.get("disposition") or {}).get("default"))


def _number(stream: Mapping[str, Any], name: str) -> int:
    """A whole number that is not negative; 0 where the file says nothing of use."""
    value = str(stream.get(name) or "")
    return int(value) if value.isdigit() else 0


def _fraction(value: object) -> Fraction | None:
    """Read ``30000/1001`` or ``16:9``; None for ``0/0``, ``0:1``, ``N/A`` and whatever is not positive."""
    top, _, bottom = str(value or "").replace(":", "/").partition("/")
    if not (top.isdigit() and bottom.isdigit()) or int(top) == 0 or int(bottom) == 0:
        return None
    return Fraction(int(top), int(bottom))
