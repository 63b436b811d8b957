"""What a source is, and what is to be made of it."""

from __future__ import annotations

from pathlib import Path

from media_pipeline.enums import FailureReason
from media_pipeline.gateways.probe import probe_file, read_packets
from media_pipeline.gateways.tools import ToolError, ToolMissingError, ToolTimedOutError
from media_pipeline.operations.claims import Claim
from media_pipeline.rules.failures import judge_packets, judge_probe, reason_of_words
from media_pipeline.rules.ladder import TranscodePlan, choose_frame_rate, choose_ladder, display_size
from media_pipeline.rules.packets import PacketTally
from media_pipeline.rules.probe import Probe
from media_pipeline.rules.signatures import HEAD_BYTES, reason_of_head

_HOLD_FROM_MS = 500
_SLOWEST_DISK = 5 * 1024**2  # bytes a second


class SourceRefusedError(Exception):
    """The source will never become playable: ``reason`` says why, ``detail`` holds a tool's last words."""

    def __init__(self, reason: FailureReason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def inspect_source(source: Path, *, claim: Claim) -> tuple[TranscodePlan, int]:
    """Judge a source and plan its renditions; give the number of its pictures too.

    :raises SourceRefusedError: it cannot become playable.
    """
    size = source.stat().st_size
    with source.open("rb") as opened:
        if reason := reason_of_head(opened.read(HEAD_BYTES)):
            raise SourceRefusedError(reason)
    try:
        probe = probe_file(source)
        claim.beat()
        if reason := judge_probe(probe):
            raise SourceRefusedError(reason, probe.format_name)
        limit = 120 + size / _SLOWEST_DISK
        tally, words = read_packets(source, on_line=claim.beat, time_limit_seconds=limit)
    except ToolError as error:
        raise refusal_of(error, FailureReason.NOT_MEDIA) from error
    if reason := judge_packets(probe, tally, words):
        raise SourceRefusedError(reason, words)
    return _plan(probe, tally)


def refusal_of(error: ToolError, otherwise: FailureReason) -> SourceRefusedError:
    """Turn a tool's failure into the source's; ``otherwise`` where its last words say nothing known.

    :raises ToolError: the failure is not the source's: a missing program, or one that the system has killed.
    """
    if isinstance(error, ToolTimedOutError):
        return SourceRefusedError(FailureReason.TIMED_OUT, error.last_words)
    reason = reason_of_words(error.last_words, otherwise)
    if isinstance(error, ToolMissingError) or (error.exit_code or 0) < 0 or reason is FailureReason.INTERNAL:
        raise error
    return SourceRefusedError(reason, error.last_words)


def _plan(probe: Probe, tally: PacketTally) -> tuple[TranscodePlan, int]:
    video, audio = probe.video, probe.audio
    if video is None:
        raise SourceRefusedError(FailureReason.NO_VIDEO)
    pictures = tally.of_stream(video.index)
    sound_ms = tally.of_stream(audio.index).duration_ms if audio else 0
    longer_ms = sound_ms - pictures.duration_ms
    hold_ms = longer_ms if longer_ms > _HOLD_FROM_MS else 0
    plan = TranscodePlan(
        video_index=video.index,
        audio_index=audio.index if audio and sound_ms else None,
        rungs=choose_ladder(*display_size(video.width, video.height, video.sar, video.rotation)),
        frame_rate=choose_frame_rate(video.frame_rate),
        deinterlace=video.interlaced,
        duration_ms=pictures.duration_ms + hold_ms,
        hold_ms=hold_ms,
    )
    return plan, pictures.packets
