"""One piece of a long video is made, by whichever worker takes it; who makes the last one sends for the joining."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from media_pipeline import tasks
from media_pipeline.enums import FailureReason, VideoState
from media_pipeline.gateways.pieces import encode_sound, encode_stretch
from media_pipeline.gateways.storage import fetch_file, local_path, put_folder
from media_pipeline.gateways.tools import ToolError
from media_pipeline.gateways.workplace import NoSpaceError, check_space, is_full, source_folder, work_folder
from media_pipeline.models import Video, VideoPiece
from media_pipeline.operations.claims import Claim, ClaimLostError, PieceClaim, claim_piece, joinable_videos, told
from media_pipeline.operations.encoding import time_limit_seconds
from media_pipeline.operations.inspection import SourceRefusedError, refusal_of
from media_pipeline.operations.troubles import clear_away, judge_trouble, log_trouble
from media_pipeline.rules.ladder import group_frames
from media_pipeline.rules.pieces import (
    SOUND_NUMBER,
    Stretch,
    cut_stretches,
    is_worth_cutting,
    percent_of_pieces,
    piece_prefix,
    pieces_prefix,
)
from media_pipeline.rules.plans import TranscodePlan, plan_from_json, plan_to_json
from media_pipeline.rules.progress import percent_of
from media_pipeline.rules.space import encoder_bytes

_PERCENT_EVERY = timedelta(seconds=1)  # less than between two beats, so that every beat may tell


def is_for_pieces(plan: TranscodePlan, container: str) -> bool:
    """Whether a film is long, its clock is steady, and its pictures have to be encoded at all."""
    minutes = settings.XUESHI_PIECES_FROM_MINUTES
    return not plan.copy_video and is_worth_cutting(plan.duration_ms, container, from_minutes=minutes)


@transaction.atomic
def hand_out_pieces(*, claim: Claim, plan: TranscodePlan, pictures: int) -> None:
    """Write down the pieces of a film, send a message for each, and let go of the video; nobody waits for anybody.

    ``pictures`` is how many the source has.

    :raises ClaimLostError: the video is another run's by now.
    """
    claim.hand_over_to_pieces({"plan": plan_to_json(plan), "pictures": pictures})
    stretches = list(cut_stretches(plan.frames, group_frames(plan.frame_rate), seconds=settings.XUESHI_PIECE_SECONDS))
    if plan.audio_index is not None:
        stretches.insert(0, Stretch(number=SOUND_NUMBER, first_frame=0, frame_count=0))
    VideoPiece.objects.filter(video=claim.video).delete()
    pieces = VideoPiece.objects.bulk_create(
        VideoPiece(
            video=claim.video,
            run=claim.token,
            number=stretch.number,
            first_frame=stretch.first_frame,
            frame_count=stretch.frame_count,
            queued_at=claim.clock(),
        )
        for stretch in stretches
    )
    for piece in pieces:
        send_piece(piece.pk)


def process_piece(*, piece_id: int, clock: Callable[[], datetime]) -> None:
    """Make one piece; safe to run twice and to be killed.

    A piece that is done, that a living run has, or that nobody wants any more is left alone.
    """
    claim = claim_piece(piece_id=piece_id, clock=clock)
    if claim is None:
        return
    piece = claim.piece
    prefix = piece_prefix(piece.video.uuid, piece.number, claim.token)
    try:
        with work_folder(f"{piece.video.uuid}-{piece.number}", claim.token) as folder:
            _make_piece(claim, folder)
            put_folder(folder / "output", prefix, on_file=claim.beat)
        claim.finish(path=prefix)
    except SourceRefusedError as refusal:
        clear_away(prefix)
        if is_full():
            if not _settle(claim, NoSpaceError(str(refusal))):
                raise NoSpaceError(str(refusal)) from refusal
            return
        fail_pieces(video=piece.video, reason=refusal.reason, detail=refusal.detail)
    except ClaimLostError:
        clear_away(prefix)
    except BaseException as error:
        clear_away(prefix)
        if not _settle(claim, error):
            raise
    else:
        _tell_progress(claim)
        if joinable_videos().filter(pk=piece.video_id).exists():
            send_join(piece.video_id)


@transaction.atomic
def fail_pieces(*, video: Video, reason: FailureReason, detail: str) -> bool:
    """Give up a video that is being made in pieces; those at work on others stop by themselves. Say whether it was."""
    failed = Video.objects.filter(pk=video.pk, pieces_run=video.pieces_run, state=VideoState.TRANSCODING).update(
        state=VideoState.FAILED,
        percent=0,
        failure_reason=reason,
        failure_detail=told(detail),
        pieces_run=None,
        plan={},
        claim_token=None,
        claimed_at=None,
    )
    if failed:
        VideoPiece.objects.filter(video_id=video.pk).delete()
        transaction.on_commit(lambda: clear_away(pieces_prefix(video.uuid)), robust=True)
    return bool(failed)


def send_piece(piece_id: int) -> None:
    """Send a piece's message once the transaction has committed. A broker that is down is no error: see the sweep."""
    transaction.on_commit(lambda: tasks.process_piece.delay(piece_id), robust=True)


def send_join(video_id: int) -> None:
    """Send for the joining of a video; see ``send_piece``."""
    transaction.on_commit(lambda: tasks.join_video.delay(video_id), robust=True)


def fetch_source(video: Video, run: UUID, *, on_chunk: Callable[[], object]) -> Path:
    """Give a place on this machine to read a source at.

    In a folder that is its own place. From a bucket each machine fetches the whole source once, for all the pieces it
    makes. That costs as much time as it would take to cut the source up and store the parts, and less than to wait for
    that; seeking needs the index of the whole; no container carries every stream into parts unchanged; and nothing has
    to be cleared out of the bucket.
    """
    name = str(video.original)
    if (path := local_path(name)) is not None:
        return path
    with source_folder(video.uuid, run, on_wait=on_chunk) as folder:
        source, draft = folder / "source", folder / "draft"
        if not source.exists():
            check_space(folder, video.size_bytes)
            fetch_file(name, draft, on_chunk=on_chunk).rename(source)
        return source


def _make_piece(claim: PieceClaim, folder: Path) -> None:
    piece = claim.piece
    plan = plan_from_json(piece.video.plan["plan"])
    source = fetch_source(piece.video, piece.run, on_chunk=claim.beat)
    lasting_ms = round(piece.frame_count * 1000 / plan.frame_rate) or plan.duration_ms
    check_space(folder, 2 * encoder_bytes(plan.rungs, lasting_ms))
    output = folder / "output"
    output.mkdir()
    limit = time_limit_seconds(lasting_ms)
    try:
        if piece.number == SOUND_NUMBER:

            def heard(done_ms: int) -> None:
                claim.beat(percent_of(done_ms, plan.duration_ms))

            encode_sound(source, output, plan, on_done_ms=heard, time_limit_seconds=limit)
            return

        def seen(frames: int) -> None:
            if claim.beat(percent_of(frames, piece.frame_count)):
                _tell_progress(claim)

        stretch = Stretch(piece.number, piece.first_frame, piece.frame_count)
        encode_stretch(source, output, plan, stretch, on_frames=seen, time_limit_seconds=limit)
    except ToolError as error:
        raise refusal_of(error, FailureReason.BROKEN) from error


def _tell_progress(claim: PieceClaim) -> None:
    """Write the whole video's percent, unless another piece's run has just done so: one conditional UPDATE decides."""
    piece, now = claim.piece, claim.clock()
    quiet = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - _PERCENT_EVERY)
    mine = Video.objects.filter(
        quiet, pk=piece.video_id, pieces_run=piece.run, claim_token__isnull=True, state=VideoState.TRANSCODING
    )
    if mine.update(claimed_at=now):
        pieces = list(
            VideoPiece.objects.filter(video_id=piece.video_id, run=piece.run).values_list("frame_count", "percent")
        )
        Video.objects.filter(pk=piece.video_id, pieces_run=piece.run, claim_token__isnull=True).update(
            percent=percent_of_pieces(pieces)
        )


def _settle(claim: PieceClaim, error: BaseException) -> bool:
    """Give a piece back, or its video up where nobody will try again; say whether that ends the matter."""
    trouble = judge_trouble(error)
    log_trouble(claim.piece.video.uuid, trouble, attempt=claim.piece.attempt)
    if not trouble.stopped and (trouble.hopeless or claim.is_last_attempt):
        with suppress(ClaimLostError):
            claim.write(claim_token=None)
            fail_pieces(video=claim.piece.video, reason=trouble.reason, detail=trouble.detail)
        return True
    claim.give_back(later=trouble.later, counted=not trouble.stopped)
    return False
