"""Work that has stopped is taken up again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from lms.lib.errors import DomainError
from media_pipeline.enums import FailureReason, VideoState
from media_pipeline.gateways.workplace import clear_work_folders_except
from media_pipeline.models import Video
from media_pipeline.operations.claims import CLAIM_LASTS, unfinished_videos
from media_pipeline.operations.uploads import send_to_worker

if TYPE_CHECKING:
    from accounts.models import User

MAX_ATTEMPTS = 3
_MESSAGE_LASTS = timedelta(minutes=10)  # a message may wait that long in a queue before it is taken for lost


class NotFailedError(DomainError):
    """Only a failed video is tried again."""

    code = "not_failed"


@transaction.atomic
def retry_video(*, video: Video, user: User | None, now: datetime) -> Video:
    """Send a failed video to be processed again, as if it had just come in.

    :raises NotFailedError: it is being worked on, or ready.
    """
    changed = Video.objects.filter(pk=video.pk, state=VideoState.FAILED).update(
        state=VideoState.INSPECTING,
        percent=0,
        failure_reason="",
        failure_detail="",
        attempt=0,
        claim_token=None,
        claimed_at=None,
        queued_at=now,
    )
    if not changed:
        raise NotFailedError(_("只有失败的视频可以重试"))
    video.refresh_from_db()
    log(instance=video, action="wagtail.edit", user=user)
    send_to_worker(video.pk)
    return video


@transaction.atomic
def sweep_videos(*, now: datetime) -> int:
    """Send out again what a killed worker or a lost message left standing; give how many were.

    After three attempts a video has failed for a reason of ours. Folders of runs that are no more are removed.
    """
    silent = Q(claimed_at__lt=now - CLAIM_LASTS)
    waiting = Q(claimed_at__isnull=True) & (Q(queued_at__isnull=True) | Q(queued_at__lt=now - _MESSAGE_LASTS))
    stuck = unfinished_videos().filter(silent | waiting)
    given_up = stuck.filter(attempt__gte=MAX_ATTEMPTS).update(
        state=VideoState.FAILED,
        percent=0,
        failure_reason=FailureReason.INTERNAL,
        failure_detail=f"gave up after {MAX_ATTEMPTS} attempts",
        claim_token=None,
        claimed_at=None,
    )
    sent = list(stuck.order_by("pk").values_list("pk", flat=True))
    stuck.filter(pk__in=sent).update(claim_token=None, claimed_at=None, queued_at=now)
    for video_id in sent:
        send_to_worker(video_id)
    living = Video.objects.filter(claim_token__isnull=False).values_list("claim_token", flat=True)
    clear_work_folders_except({token for token in living if token})
    return given_up + len(sent)
