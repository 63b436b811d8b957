"""The pieces of a long video become the ladder that one run would have made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from media_pipeline.gateways.pieces import join_pieces, read_facts
from media_pipeline.gateways.storage import fetch_file, list_prefix, local_path
from media_pipeline.gateways.workplace import remove_source_folder, work_folder
from media_pipeline.models import Video, VideoPiece
from media_pipeline.operations.claims import Claim, claim_join
from media_pipeline.operations.encoding import time_limit_seconds
from media_pipeline.operations.inspection import SourceRefusedError
from media_pipeline.operations.processing import check_output_space, finish_output
from media_pipeline.operations.runs import run_of
from media_pipeline.operations.troubles import clear_away
from media_pipeline.rules.failures import judge_decoding
from media_pipeline.rules.pieces import SOUND_NUMBER, Stretch, pieces_prefix
from media_pipeline.rules.places import run_prefix
from media_pipeline.rules.plans import plan_from_json
from media_pipeline.rules.space import encoder_bytes, output_bytes


def join_video(*, video_id: int, clock: Callable[[], datetime]) -> None:
    """Join a video all of whose pieces are done, and make it ready; safe to run twice and to be killed."""
    claim = claim_join(video_id=video_id, clock=clock)
    if claim is None:
        return
    video, run = claim.video, claim.video.pieces_run
    prefix = run_prefix(video.uuid, claim.token)
    with run_of(claim, prefix), work_folder(video.uuid, claim.token) as folder:
        claim.finish(**_join(claim, folder, prefix))
    if run and not Video.objects.filter(pk=video.pk, pieces_run__isnull=False).exists():
        clear_away(pieces_prefix(video.uuid))
        remove_source_folder(video.uuid, run)


def _join(claim: Claim, folder: Path, prefix: str) -> dict[str, Any]:
    plan = plan_from_json(claim.video.plan["plan"])
    here = encoder_bytes(plan.rungs, plan.duration_ms) if local_path(prefix) is None else 0
    check_output_space(folder, output_bytes(plan.rungs, plan.duration_ms) + here)
    rows = VideoPiece.objects.filter(video=claim.video).order_by("number")  # of this run alone: a new one clears
    pieces = [(row, _bring(row, folder, claim)) for row in rows]
    _judge(pieces, claim.video.plan["pictures"])
    sound = next((place for row, place in pieces if row.number == SOUND_NUMBER), None)
    stretches = [
        (Stretch(row.number, row.first_frame, row.frame_count), place)
        for row, place in pieces
        if row.number != SOUND_NUMBER
    ]
    output = folder / "output"
    output.mkdir()
    limit = time_limit_seconds(plan.duration_ms)
    join_pieces(stretches, sound, output, plan, on_line=claim.beat, time_limit_seconds=limit)
    return finish_output(claim, output, folder, plan, prefix)


def _bring(piece: VideoPiece, folder: Path, claim: Claim) -> Path:
    """Give a place on this machine where a piece's files lie."""
    claim.beat()
    if (path := local_path(piece.path)) is not None:
        return path
    place = folder / f"piece-{piece.number:04d}"
    for name in list_prefix(piece.path):
        target = place / name.removeprefix(f"{piece.path}/")
        target.parent.mkdir(parents=True, exist_ok=True)
        fetch_file(name, target, on_chunk=claim.beat)
    return place


def _judge(pieces: list[tuple[VideoPiece, Path]], pictures: int) -> None:
    """Judge the damaged pictures of all pieces together, as they would be of one run.

    :raises SourceRefusedError: there are too many.
    """
    facts = [read_facts(place) for _, place in pieces]
    if reason := judge_decoding(sum(fact.corrupt_frames for fact in facts), pictures):
        raise SourceRefusedError(reason, next(fact.last_words for fact in facts if fact.corrupt_frames))
