"""A video goes, unless something needs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from lms.lib.errors import DomainError
from media_pipeline.gateways.storage import delete_file, delete_prefix
from media_pipeline.models import UploadSession, Video
from media_pipeline.operations.upload_sessions import forget_parts
from media_pipeline.queries import VideoUsage, usages_of
from media_pipeline.rules.pieces import pieces_prefix
from media_pipeline.rules.places import video_prefix

if TYPE_CHECKING:
    from accounts.models import User

_MOST_NAMED = 3


class VideoInUseError(DomainError):
    """A lesson shows the video."""

    code = "video_in_use"


@transaction.atomic
def delete_video(*, video: Video, user: User | None) -> None:
    """Delete a video with its original, renditions and captions; a run that is at work on it stops by itself.

    :raises VideoInUseError: a lesson of a draft, of a page or of whatever edition shows it; the sentence says which.
    """
    upload = _lock(video)
    if used := usages_of([video.pk]).get(video.pk):
        raise VideoInUseError(_("该视频已用于课时，不能删除：%(places)s") % {"places": _named(used)})
    original, prefix, pieces = str(video.original), video_prefix(video.uuid), pieces_prefix(video.uuid)
    log(instance=video, action="wagtail.delete", user=user, deleted=True)
    try:
        video.delete()
    except (ProtectedError, RestrictedError) as error:
        raise VideoInUseError(_("该视频已用于课时，不能删除")) from error
    transaction.on_commit(lambda: _delete_files(original, prefix, pieces), robust=True)  # the sweeps do it otherwise
    if upload is not None and not upload.completed_at:
        transaction.on_commit(lambda: forget_parts(upload), robust=True)


def _lock(video: Video) -> UploadSession | None:
    """Hold a video, and its upload before it: whoever completes or ends an upload takes them in this order."""
    uploads = UploadSession.objects.select_for_update(of=("self",)).select_related("video")
    upload = uploads.filter(video=video).first()
    Video.objects.select_for_update().filter(pk=video.pk).first()
    return upload


def _named(used: Sequence[VideoUsage]) -> str:
    """Name the lessons, each once, and say how many more there are."""
    lessons = {usage.lesson_key: f"{usage.course}·{usage.lesson}" for usage in reversed(used)}
    names = sorted(lessons.values())
    shown = _("、").join(names[:_MOST_NAMED])
    if len(names) <= _MOST_NAMED:
        return shown
    return _("%(shown)s等 %(count)s 个课时") % {"shown": shown, "count": len(names)}


def _delete_files(original: str, prefix: str, pieces: str) -> None:
    delete_prefix(prefix)
    delete_prefix(pieces)
    if original:
        delete_file(original)
