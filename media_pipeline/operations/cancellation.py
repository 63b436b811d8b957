"""Work on a video is called off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from lms.lib.errors import DomainError
from media_pipeline.enums import FailureReason, VideoState
from media_pipeline.models import Video, VideoPiece
from media_pipeline.operations.claims import unfinished_videos
from media_pipeline.operations.troubles import clear_away
from media_pipeline.rules.pieces import pieces_prefix
from media_pipeline.rules.places import renditions_prefix

if TYPE_CHECKING:
    from accounts.models import User


class NotWorkingError(DomainError):
    """There is nothing to call off: the video is ready, has failed, or is still being uploaded."""

    code = "not_working"


@transaction.atomic
def cancel_video(*, video: Video, user: User | None) -> Video:
    """Call off the processing of a video: it has failed, cancelled, and may be tried again.

    Whoever is at work on it, or on a piece of it, notices within two seconds, stops and removes what it made.

    :raises NotWorkingError: it is not being processed.
    """
    changed = (
        unfinished_videos()
        .filter(pk=video.pk)
        .update(
            state=VideoState.FAILED,
            percent=0,
            failure_reason=FailureReason.CANCELLED,
            failure_detail="",
            claim_token=None,
            claimed_at=None,
            pieces_run=None,
            plan={},
        )
    )
    if not changed:
        raise NotWorkingError(_("只有正在处理的视频可以取消"))
    VideoPiece.objects.filter(video_id=video.pk).delete()
    video.refresh_from_db()
    log(instance=video, action="wagtail.edit", user=user)
    left = (renditions_prefix(video.uuid), pieces_prefix(video.uuid))
    transaction.on_commit(lambda: clear_away(*left), robust=True)
    return video
