"""What a source is, and what is to be made of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

from media_pipeline.enums import FailureReason
from media_pipeline.gateways.ffmpeg import decode_sample, measure_loudness
from media_pipeline.gateways.probe import probe_file, read_packets
from media_pipeline.gateways.side_by_side import run_side_by_side
from media_pipeline.gateways.tools import ToolError, ToolMissingError, ToolTimedOutError
from media_pipeline.operations.claims import Claim
from media_pipeline.rules.facts import describe_source
from media_pipeline.rules.failures import judge_length, judge_packets, judge_probe, judge_samples, reason_of_words
from media_pipeline.rules.loudness import Loudness, parse_loudness
from media_pipeline.rules.planning import measure_source_pace, plan_source, with_loudness
from media_pipeline.rules.plans import TranscodePlan
from media_pipeline.rules.probe import Probe
from media_pipeline.rules.signatures import HEAD_BYTES, reason_of_head

_SLOWEST_DISK = 5 * 1024**2  # bytes a second
_SAMPLE_SECONDS = 1.5
_SAMPLED_FROM_MS = 300_000  # what is shorter shows its faults sooner in the encoding itself


class SourceRefusedError(Exception):
    """The source will never become playable: ``reason`` says why, ``detail`` holds a tool's last words."""

    def __init__(self, reason: FailureReason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Inspection:
    """What is to be made of a source, how many pictures it has, and what people may read about it."""

    plan: TranscodePlan
    pictures: int
    facts: dict[str, Any]


def inspect_source(source: Path, *, claim: Claim) -> tuple[TranscodePlan, int]:
    """Judge a source and plan its renditions; give the number of its pictures too. The facts are written to the row.

    :raises SourceRefusedError: it cannot become playable.
    """
    found = examine_source(source, claim=claim)
    claim.write(source_facts=found.facts)
    return found.plan, found.pictures


def examine_source(source: Path, *, claim: Claim) -> Inspection:
    """Judge a source; ``claim`` is told again and again that work goes on.

    :raises SourceRefusedError: it cannot become playable.
    """
    size = source.stat().st_size
    with source.open("rb") as opened:
        if reason := reason_of_head(opened.read(HEAD_BYTES)):
            raise SourceRefusedError(reason)
    limit = 120 + size / _SLOWEST_DISK
    try:
        probe = probe_file(source)
        claim.beat()
        if reason := judge_probe(probe):
            raise SourceRefusedError(reason, probe.format_name)
        tally, words = read_packets(source, probe, on_line=claim.beat, time_limit_seconds=limit)
    except ToolError as error:
        raise refusal_of(error, FailureReason.NOT_MEDIA) from error
    if reason := judge_packets(probe, tally, words):
        raise SourceRefusedError(reason, words)
    plan = plan_source(probe, tally)
    if plan is None:
        raise SourceRefusedError(FailureReason.NO_VIDEO)
    if reason := judge_length(plan.duration_ms):
        raise SourceRefusedError(reason, f"{plan.duration_ms} ms with its sound")
    try:
        plan, loudness = _look_and_listen(source, plan, claim, limit)
    except ToolError as error:
        raise refusal_of(error, FailureReason.BROKEN) from error
    facts = describe_source(probe, tally, measure_source_pace(probe, tally), loudness, size_bytes=size)
    pictures = tally.of_stream(plan.video_index).packets
    return Inspection(with_loudness(plan, loudness, channels=_channels(probe)), pictures, facts)


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


def _look_and_listen(
    source: Path, plan: TranscodePlan, claim: Claim, limit: float
) -> tuple[TranscodePlan, Loudness | None]:
    """Try some pictures and measure all of the sound, at the same time; what one of them finds wrong stops both.

    :raises SourceRefusedError: a good part of the pictures cannot be decoded.
    """
    plans, measured = [plan], list[Loudness | None]()

    def look(stop: Event) -> None:
        plans.append(_checked_by_samples(source, plan, stop))

    def listen(stop: Event) -> None:
        measured.append(_listen(source, plan, limit, stop))

    run_side_by_side((look, listen), threads=2, on_done=claim.beat)
    return plans[-1], measured[-1]


class _StoppedError(Exception):
    """Something else has failed, and this is given up."""


def _go_on(stop: Event) -> None:
    if stop.is_set():
        raise _StoppedError


def _checked_by_samples(source: Path, plan: TranscodePlan, stop: Event) -> TranscodePlan:
    """Decode the start, the middle and the end before hours of work begin, or before pictures go out undecoded.

    Pictures to be copied of which any is damaged are encoded instead.

    :raises SourceRefusedError: a good part of them cannot be decoded.
    """
    if not plan.copy_video and plan.duration_ms < _SAMPLED_FROM_MS:
        return plan
    end = plan.duration_ms / 1000
    frames = damaged = 0
    for moment in (0.0, end / 2 - _SAMPLE_SECONDS / 2, end - _SAMPLE_SECONDS):
        seen, hurt = decode_sample(source, plan.video_index, at_seconds=moment, seconds=_SAMPLE_SECONDS)
        frames, damaged = frames + seen, damaged + hurt
        _go_on(stop)
    if reason := judge_samples(damaged, frames):
        raise SourceRefusedError(reason, f"{damaged} of {frames} pictures in samples")
    return plan.encoded_instead() if damaged else plan


def _listen(source: Path, plan: TranscodePlan, limit: float, stop: Event) -> Loudness | None:
    if plan.audio_index is None:
        return None
    seconds = limit + plan.duration_ms / 5000
    words = measure_loudness(source, plan.audio_index, on_line=partial(_go_on, stop), time_limit_seconds=seconds)
    return parse_loudness(words)


def _channels(probe: Probe) -> int:
    return probe.audio.channels if probe.audio else 0
