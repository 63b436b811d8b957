"""Work that has stopped is taken up again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from lms.lib.errors import DomainError
from media_pipeline.enums import FailureReason, PieceState, VideoState
from media_pipeline.gateways.workplace import clear_work_folders_except
from media_pipeline.models import Video, VideoPiece
from media_pipeline.operations.claims import CLAIM_LASTS, MAX_ATTEMPTS, is_wanted, joinable_videos, unfinished_videos
from media_pipeline.operations.pieces import fail_pieces, send_join, send_piece
from media_pipeline.operations.troubles import clear_away
from media_pipeline.operations.uploads import send_to_worker
from media_pipeline.rules.pieces import pieces_prefix
from media_pipeline.rules.places import renditions_prefix

if TYPE_CHECKING:
    from accounts.models import User

_MESSAGE_LASTS = timedelta(minutes=10)  # a message may wait that long in a queue before it is taken for lost
_GAVE_UP = f"gave up after {MAX_ATTEMPTS} attempts: the worker died or was killed each time"


class NotFailedError(DomainError):
    """Only a failed video is tried again."""

    code = "not_failed"


@transaction.atomic
def retry_video(*, video: Video, user: User | None, now: datetime) -> Video:
    """Send a failed video to be processed again, as if it had just come in.

    :raises NotFailedError: it is being worked on, or ready; or its file has never come in whole.
    """
    failed = Video.objects.filter(pk=video.pk, state=VideoState.FAILED)
    if failed.filter(failure_reason__in=(FailureReason.ABANDONED, FailureReason.MISMATCH)).exists():
        raise NotFailedError(_("文件没有完整收到，请重新上传"))
    changed = failed.update(
        state=VideoState.INSPECTING,
        percent=0,
        failure_reason="",
        failure_detail="",
        attempt=0,
        claim_token=None,
        claimed_at=None,
        pieces_run=None,
        plan={},
        queued_at=now,
    )
    if not changed:
        raise NotFailedError(_("只有失败的视频可以重试"))
    VideoPiece.objects.filter(video_id=video.pk).delete()
    video.refresh_from_db()
    log(instance=video, action="wagtail.edit", user=user)
    send_to_worker(video.pk)
    return video


def sweep_videos(*, now: datetime) -> int:
    """Send out again what a killed worker or a lost message left standing; give how many videos and pieces were.

    After three attempts a video has failed for a reason of ours. Folders of runs that are no more are removed.
    """
    touched = _sweep_whole(now) + _sweep_pieces(now) + _sweep_joins(now)
    clear_work_folders_except(_living_claims)
    return touched


@transaction.atomic
def _sweep_whole(now: datetime) -> int:
    """Videos that one run makes, from inspecting on."""
    stuck = unfinished_videos().filter(_silent(now) | _waiting(now), pieces_run__isnull=True)
    touched = 0
    for video in stuck.order_by("pk"):
        mine = stuck.filter(pk=video.pk)
        if video.attempt >= MAX_ATTEMPTS:
            touched += _give_up(video, bool(mine.update(**_GIVEN_UP)))
        elif mine.update(claim_token=None, claimed_at=None, queued_at=now):
            send_to_worker(video.pk)
            touched += 1
    return touched


@transaction.atomic
def _sweep_pieces(now: datetime) -> int:
    """Pieces whose run has died, or whose message was lost; those of a video on which others work may just wait."""
    quiet = Q(video__claimed_at__isnull=True) | Q(video__claimed_at__lt=now - _MESSAGE_LASTS)
    given_back = Q(queued_at__isnull=True)
    overdue = Q(queued_at__lt=now - _MESSAGE_LASTS) & quiet
    died = Q(state=PieceState.WORKING) & _silent(now)
    stuck = VideoPiece.objects.filter(died | Q(state=PieceState.WAITING) & (given_back | overdue), is_wanted())
    touched = 0
    for piece in stuck.select_related("video").order_by("video", "number"):
        if piece.attempt >= MAX_ATTEMPTS:
            touched += fail_pieces(video=piece.video, reason=FailureReason.INTERNAL, detail=_GAVE_UP)
            continue
        same = VideoPiece.objects.filter(pk=piece.pk, state=piece.state, claimed_at=piece.claimed_at)
        if same.update(state=PieceState.WAITING, percent=0, claim_token=None, claimed_at=None, queued_at=now):
            send_piece(piece.pk)
            touched += 1
    return touched


@transaction.atomic
def _sweep_joins(now: datetime) -> int:
    """Videos whose pieces are done, and which nobody joins."""
    overdue = Q(queued_at__isnull=True) | Q(queued_at__lt=now - _MESSAGE_LASTS) | _silent(now)
    unsent = Q(claim_token__isnull=True) & overdue
    stuck = joinable_videos().filter(unsent | Q(claim_token__isnull=False) & _silent(now))
    touched = 0
    for video in stuck.order_by("pk"):
        mine = stuck.filter(pk=video.pk)
        if video.attempt >= MAX_ATTEMPTS:
            touched += _give_up(video, bool(mine.update(**_GIVEN_UP)))
        elif mine.update(claim_token=None, claimed_at=now, queued_at=now):
            send_join(video.pk)
            touched += 1
    return touched


_GIVEN_UP = {
    "state": VideoState.FAILED,
    "percent": 0,
    "failure_reason": FailureReason.INTERNAL,
    "failure_detail": _GAVE_UP,
    "claim_token": None,
    "claimed_at": None,
    "pieces_run": None,
    "plan": {},
}


def _give_up(video: Video, failed: bool) -> int:
    if failed:
        VideoPiece.objects.filter(video_id=video.pk).delete()
        left = (renditions_prefix(video.uuid), pieces_prefix(video.uuid))
        transaction.on_commit(lambda: clear_away(*left), robust=True)
    return int(failed)


def _silent(now: datetime) -> Q:
    return Q(claimed_at__lt=now - CLAIM_LASTS)


def _waiting(now: datetime) -> Q:
    return Q(claimed_at__isnull=True) & (Q(queued_at__isnull=True) | Q(queued_at__lt=now - _MESSAGE_LASTS))


def _living_claims() -> set[UUID]:
    """The claims that work folders may be named after: of runs, of pieces, and of videos in pieces."""
    living: set[UUID] = set()
    for rows, name in (
        (Video.objects, "claim_token"),
        (Video.objects, "pieces_run"),
        (VideoPiece.objects, "claim_token"),
    ):
        living |= set(rows.filter(**{f"{name}__isnull": False}).values_list(name, flat=True))
    return living
