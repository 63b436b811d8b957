"""What inspection found about a source, in words."""

from __future__ import annotations

from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from media_pipeline.models import Video
from media_pipeline.rules.clock import clock_text

_LAYOUTS = {1: "mono", 2: "stereo"}


def source_words(video: Video) -> list[tuple[str, str]]:
    """What is known of a video's source, as names and values for people; facts that are missing are left out."""
    facts = video.source_facts if isinstance(video.source_facts, dict) else {}
    rows = [
        (_("封装格式"), str(facts.get("container") or facts.get("format") or "")),
        (_("总码率"), rate_words(facts.get("bit_rate"))),
        (_("实际时长"), _duration(facts)),
        (_("画面"), _picture(_part(facts, "video"))),
        (_("声音"), _sound(facts)),
        (_("页数"), str(facts.get("pages") or "")),
    ]
    return [(name, value) for name, value in rows if value]


def rate_words(bits_per_second: Any) -> str:
    """A bit rate in words; empty where it is not known: 1500000 → ``1.5 Mbit/s``, 96000 → ``96 kbit/s``."""
    if not isinstance(bits_per_second, int | float) or bits_per_second <= 0:
        return ""
    if bits_per_second >= 1_000_000:
        return f"{bits_per_second / 1_000_000:.1f} Mbit/s"
    return f"{max(1, round(bits_per_second / 1000))} kbit/s"


def size_words(size_bytes: int) -> str:
    """A file's size in words."""
    return filesizeformat(size_bytes)


def _part(facts: dict[str, Any], name: str) -> dict[str, Any]:
    part = facts.get(name)
    return part if isinstance(part, dict) else {}


def _duration(facts: dict[str, Any]) -> str:
    real_ms, claimed_ms = facts.get("duration_ms"), facts.get("header_duration_ms")
    if not isinstance(real_ms, int):
        return ""
    if isinstance(claimed_ms, int) and abs(claimed_ms - real_ms) >= 1000:
        times = {"real": clock_text(real_ms), "claimed": clock_text(claimed_ms)}
        return _("%(real)s（文件头写的是 %(claimed)s，以实际为准）") % times
    return clock_text(real_ms)


def _picture(video: dict[str, Any]) -> str:
    words = [str(video.get("codec") or ""), str(video.get("profile") or "")]
    if video.get("width") and video.get("height"):
        words.append(f"{video['width']}×{video['height']}")
    if video.get("frame_rate"):
        words.append(_("%(rate)s 帧/秒") % {"rate": video["frame_rate"]})
    words += [
        _("帧率可变") if video.get("variable_frame_rate") else "",
        _("旋转 %(degrees)s°") % {"degrees": video["rotation"]} if video.get("rotation") else "",
        _("隔行扫描") if video.get("interlaced") else "",
        f"HDR {video['hdr']}" if video.get("hdr") else "",
        rate_words(video.get("bit_rate")),
    ]
    return " · ".join(word for word in words if word)


def _sound(facts: dict[str, Any]) -> str:
    audio = _part(facts, "audio")
    if not audio:
        return _("没有声音") if "audio" in facts else ""
    tracks = audio.get("tracks")
    words = [
        str(audio.get("codec") or ""),
        str(audio.get("layout") or _LAYOUTS.get(audio.get("channels") or 0, "")),
        f"{audio['sample_rate'] / 1000:g} kHz" if audio.get("sample_rate") else "",
        f"{audio['loudness_lufs']:.1f} LUFS" if isinstance(audio.get("loudness_lufs"), int | float) else "",
        _("共 %(count)s 条音轨") % {"count": tracks} if isinstance(tracks, int) and tracks > 1 else "",
    ]
    return " · ".join(word for word in words if word)
