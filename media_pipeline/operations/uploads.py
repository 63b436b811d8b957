"""A file comes in."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from lms.lib.errors import DomainError
from media_pipeline import tasks
from media_pipeline.enums import VideoState
from media_pipeline.gateways.storage import delete_file, put_file
from media_pipeline.models import Video
from media_pipeline.rules.places import original_path
from media_pipeline.rules.upload_parts import plain_name

if TYPE_CHECKING:
    from accounts.models import User


class UploadRefusedError(DomainError):
    """The file is not taken in at all."""

    code = "upload_refused"


def accept_upload(*, file: File[Any], title: str, user: User | None, now: datetime, send: bool = True) -> Video:
    """Store a file as given and send it to be inspected; nothing is read into memory and nothing judged here.

    The bytes are stored before the row is written, so no transaction stays open while they flow. An empty ``title``
    becomes the file's own name. ``send=False`` is for a caller who processes the video itself.

    :raises UploadRefusedError: it is larger than XUESHI_UPLOAD_MAX_BYTES.
    """
    size = file.size or 0
    if size > settings.XUESHI_UPLOAD_MAX_BYTES:
        limit = filesizeformat(settings.XUESHI_UPLOAD_MAX_BYTES)
        raise UploadRefusedError(_("文件超过上限 %(limit)s，请压缩或分段后再上传") % {"limit": limit})
    given_name = plain_name(file.name or "")
    video = Video(
        title=(title.strip() or PurePath(given_name).stem or _("未命名视频"))[:120],
        original_name=given_name,
        size_bytes=size,
        state=VideoState.INSPECTING,
        uploaded_by=user,
        uploaded_at=now,
        queued_at=now,
    )
    day = timezone.localdate(now)
    video.original = original_path(video.uuid, day.year, day.month)
    put_file(video.original.name, file)
    try:
        _record(video, user, send=send)
    except BaseException:
        delete_file(video.original.name)
        raise
    return video


@transaction.atomic
def _record(video: Video, user: User | None, *, send: bool) -> None:
    video.save()
    log(instance=video, action="wagtail.create", user=user)
    if send:
        send_to_worker(video.pk)


def send_to_worker(video_id: int) -> None:
    """Send the message once the transaction has committed. A broker that is down is no error: the sweep sends again."""
    transaction.on_commit(lambda: tasks.process_video.delay(video_id), robust=True)
