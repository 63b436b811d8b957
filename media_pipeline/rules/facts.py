"""What inspection found about a source, for people to read."""

from __future__ import annotations

from typing import Any

from media_pipeline.rules.frame_rates import Pace
from media_pipeline.rules.loudness import Loudness
from media_pipeline.rules.packets import PacketTally
from media_pipeline.rules.probe import AudioStream, Probe, VideoStream

_HDR = {"smpte2084": "PQ", "arib-std-b67": "HLG"}
_BITS = {"10": 10, "12": 12, "14": 14, "16": 16}


def describe_source(
    probe: Probe, tally: PacketTally, pace: Pace, loudness: Loudness | None, *, size_bytes: int
) -> dict[str, Any]:
    """Give ``Video.source_facts``. Every value is a string, a number, a truth or null; a key is always there.

    ``container`` (ffmpeg's name: ``mp4``, ``matroska``), ``size_bytes``, ``bit_rate`` (of the whole file, bits a
    second), ``duration_ms`` (from packets) and ``header_duration_ms`` (what the header claims, or null);
    ``video``: ``codec``, ``profile``, ``width``, ``height`` (stored pixels), ``pixel_aspect`` (``1:1``), ``rotation``
    (degrees with the clock), ``mirrored``, ``frame_rate`` (as measured, ``29.97``), ``variable_frame_rate``,
    ``interlaced``, ``hdr`` (empty, ``PQ`` or ``HLG``), ``bit_depth``, ``pixel_format``, ``bit_rate``;
    ``audio`` (null without sound): ``codec``, ``profile``, ``channels``, ``layout`` (``stereo``, ``5.1``),
    ``sample_rate``, ``bit_rate``, ``tracks`` (how many there are to choose from), ``loudness_lufs`` (null for silence).
    """
    video, audio = probe.video, probe.audio
    pictures = tally.of_stream(video.index) if video else tally.of_stream(-1)
    duration_ms = pictures.duration_ms
    return {
        "container": _container(probe.format_name),
        "size_bytes": size_bytes,
        "bit_rate": size_bytes * 8000 // duration_ms if duration_ms else 0,
        "duration_ms": duration_ms,
        "header_duration_ms": probe.header_ms,
        "video": _pictures(video, pace, _bit_rate(pictures.size_bytes, duration_ms)) if video else None,
        "audio": _sound(audio, probe, tally, loudness) if audio else None,
    }


def _pictures(video: VideoStream, pace: Pace, bit_rate: int) -> dict[str, Any]:
    return {
        "codec": video.codec,
        "profile": video.profile,
        "width": video.width,
        "height": video.height,
        "pixel_aspect": f"{video.sar.numerator}:{video.sar.denominator}",
        "rotation": video.rotation,
        "mirrored": video.turn.endswith("flip"),
        "frame_rate": f"{float(pace.rate):.2f}".rstrip("0").rstrip(".") if pace.rate else "",
        "variable_frame_rate": pace.variable,
        "interlaced": video.interlaced,
        "hdr": _HDR.get(video.colour_curve, ""),
        "bit_depth": next((bits for sign, bits in _BITS.items() if f"p{sign}" in video.pixel_format), 8),
        "pixel_format": video.pixel_format,
        "bit_rate": bit_rate,
    }


def _sound(audio: AudioStream, probe: Probe, tally: PacketTally, loudness: Loudness | None) -> dict[str, Any]:
    heard = tally.of_stream(audio.index)
    return {
        "codec": audio.codec,
        "profile": audio.profile,
        "channels": audio.channels,
        "layout": audio.layout,
        "sample_rate": audio.sample_rate,
        "bit_rate": _bit_rate(heard.size_bytes, heard.duration_ms),
        "tracks": len(probe.audios),
        "loudness_lufs": loudness.integrated_lufs if loudness and loudness.integrated_lufs > -70 else None,
    }


def _bit_rate(size_bytes: int, duration_ms: int) -> int:
    return size_bytes * 8000 // duration_ms if duration_ms else 0


def _container(format_name: str) -> str:
    names = format_name.split(",")
    return "mp4" if "mp4" in names else names[0]
