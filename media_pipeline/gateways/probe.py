"""ffprobe: what a file is, and how long it really is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from media_pipeline.gateways.tools import ToolError, ToolReport, run_tool
from media_pipeline.rules.failures import MAX_PIXELS, SAFE_DEMUXERS
from media_pipeline.rules.packets import PacketTally
from media_pipeline.rules.probe import Probe, parse_probe

# the input may be one plain file: no playlist, no series of pictures, no other file, no address
GUARDS = ("-protocol_whitelist", "file,pipe", "-format_whitelist", SAFE_DEMUXERS, "-max_pixels", str(MAX_PIXELS))
_MOST_SAID = 16 * 1024**2  # characters of streams, packets and tags
_JUMPING = ("mpegts", "mpeg")
_PACKETS = "packet=stream_index,pts_time,dts_time,duration_time,size,flags"


def probe_file(source: Path) -> Probe:
    """Read a file's streams and first packets.

    :raises ToolError: it is no such file, or it is one of a kind that is not let in.
    """
    lines: list[str] = []
    said = 0

    def take(line: str) -> None:
        nonlocal said
        said += len(line)
        if said > _MOST_SAID:
            raise ToolError(settings.XUESHI_FFPROBE, None, "the file has more to say of itself than anybody reads")
        lines.append(line)

    shown = ["-show_format", "-show_streams", "-show_packets", "-read_intervals", "%+#16", "-of", "json"]
    run_tool(_command(source, *shown), time_limit_seconds=120, on_line=take)
    return parse_probe(json.loads("".join(lines)))


def read_packets(
    source: Path, probe: Probe, *, on_line: Callable[[], object], time_limit_seconds: float
) -> tuple[PacketTally, str]:
    """Read every packet of a file, without decoding any; give the tally and what ffprobe complained of.

    ``on_line`` is called again and again while the file is being read.

    :raises ToolError: it failed or took too long.
    """
    tally = PacketTally(jumps=probe.format_name in _JUMPING)

    def take(line: str) -> None:
        tally.add(line)
        on_line()

    command = _command(source, "-show_entries", _PACKETS, "-of", "csv=p=0")
    report: ToolReport = run_tool(command, time_limit_seconds=time_limit_seconds, on_line=take)
    return tally.close(), report.last_words


def _command(source: Path, *shown: str) -> list[str]:
    return [settings.XUESHI_FFPROBE, "-hide_banner", "-v", "error", *GUARDS, *shown, "-i", f"file:{source}"]
