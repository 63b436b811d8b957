"""A video goes, unless something needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from lms.lib.errors import DomainError
from media_pipeline.gateways.storage import delete_file, delete_prefix
from media_pipeline.models import Video
from media_pipeline.rules.places import video_prefix

if TYPE_CHECKING:
    from accounts.models import User


class VideoInUseError(DomainError):
    """A lesson shows the video."""

    code = "video_in_use"


@transaction.atomic
def delete_video(*, video: Video, user: User | None) -> None:
    """Delete a video with its original, renditions and captions; a run that is at work on it stops by itself.

    :raises VideoInUseError: a lesson, of whatever edition, shows it.
    """
    original, prefix = str(video.original), video_prefix(video.uuid)
    log(instance=video, action="wagtail.delete", user=user, deleted=True)
    try:
        video.delete()
    except (ProtectedError, RestrictedError) as error:
        raise VideoInUseError(_("该视频已用于课时，不能删除")) from error
    transaction.on_commit(lambda: _delete_files(original, prefix))


def _delete_files(original: str, prefix: str) -> None:
    delete_prefix(prefix)
    delete_file(original)
