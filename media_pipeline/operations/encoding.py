"""From a planned source to its ladder of renditions."""

from __future__ import annotations

from pathlib import Path

from media_pipeline.enums import FailureReason
from media_pipeline.gateways.ffmpeg import transcode
from media_pipeline.gateways.tools import ToolError
from media_pipeline.operations.claims import Claim
from media_pipeline.operations.inspection import SourceRefusedError, refusal_of
from media_pipeline.rules.failures import judge_decoding
from media_pipeline.rules.plans import TranscodePlan
from media_pipeline.rules.progress import percent_of

_SLOWEST = 20  # times the playing time; a source that takes longer is given up
_SHORTEST_LIMIT_SECONDS = 900


def time_limit_seconds(duration_ms: int) -> int:
    """How long an encoder may work on so much playing time before it is given up."""
    return max(_SHORTEST_LIMIT_SECONDS, duration_ms * _SLOWEST // 1000)


def make_ladder(source: Path, output: Path, plan: TranscodePlan, pictures: int, *, claim: Claim) -> None:
    """Write every rendition of a plan into ``output``; ``pictures`` is how many the source has.

    :raises SourceRefusedError: it cannot be decoded, or takes too long.
    """
    try:
        report = transcode(
            source,
            output,
            plan,
            on_progress=lambda done_ms: claim.beat(percent_of(done_ms, plan.duration_ms)),
            time_limit_seconds=time_limit_seconds(plan.duration_ms),
        )
    except ToolError as error:
        raise refusal_of(error, FailureReason.BROKEN) from error
    if reason := judge_decoding(report.corrupt_frames, pictures):
        raise SourceRefusedError(reason, report.last_words)
    if not all((output / rung.name / "index.m3u8").exists() for rung in plan.rungs):
        raise SourceRefusedError(FailureReason.BROKEN, report.last_words)
