"""An upload in parts begins, and may be given up."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import ProtectedError, RestrictedError, Sum
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from lms.lib.errors import DomainError
from media_pipeline.enums import FailureReason, VideoState
from media_pipeline.gateways import upload_folder
from media_pipeline.gateways.bucket import private_bucket
from media_pipeline.gateways.multipart import Multipart, MultipartFailedError, begin_multipart
from media_pipeline.models import UploadPart, UploadSession, Video
from media_pipeline.operations.uploads import UploadRefusedError
from media_pipeline.queries.uploads import upload_limit
from media_pipeline.queries.usages import usages_of
from media_pipeline.rules.places import original_path
from media_pipeline.rules.upload_parts import choose_part_bytes, is_digest, plain_name, visible

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)

MAX_UNFINISHED = 50
PART_ADDRESS_LASTS = timedelta(hours=1)
_KEPT_FREE_BYTES = 256 * 1024**2  # for the database and what else lives on the same disk


class UploadClosedError(DomainError):
    """The upload is over: complete, given up, or swept."""

    code = "upload_closed"


class NoRoomError(DomainError):
    """The disk is too full for it."""

    code = "no_room"


def begin_upload(
    *,
    user: User,
    name: str,
    size_bytes: int,
    fingerprint: str,
    now: datetime,
    title: str = "",
    replaces: Video | None = None,
) -> UploadSession:
    """Begin an upload in parts, or give the unfinished one of the same person, file and purpose, to go on with.

    ``fingerprint`` is the browser's own (64 hexadecimal digits) for a file that it would know again; without one every
    upload is new. The video's row says from now on that it is uploading.

    :raises UploadRefusedError: an empty file, one beyond the person's limit, or too many unfinished uploads.
    :raises NoRoomError: the folder's disk is too full.
    :raises MultipartFailedError: the S3 service does not answer.
    """
    require_size(user, size_bytes)
    if not is_digest(fingerprint):
        fingerprint = ""
    if (found := _unfinished(user, fingerprint, size_bytes, replaces)) is not None:
        return _touched(found, now)
    video = _new_video(user, plain_name(name), size_bytes, title, replaces, now)
    session = UploadSession(
        video=video,
        part_bytes=choose_part_bytes(size_bytes),
        total_bytes=size_bytes,
        fingerprint=fingerprint,
        created_by=user,
        created_at=now,
        touched_at=now,
    )
    _require_room(size_bytes)
    _open_place(session)
    try:
        return _record(session, now)
    except BaseException:
        drop_parts(session)
        raise


def abort_upload(*, video: Video, user: User, now: datetime) -> None:
    """Give an unfinished upload up at its sender's wish: nothing of it stays. One that is over is left alone.

    A video that a lesson names already, be it of a draft, stays and says what became of it: a draft whose video has
    gone could not be opened any more.
    """
    with transaction.atomic():
        unfinished = UploadSession.objects.filter(video=video, completed_at__isnull=True).select_related("video")
        session = unfinished.select_for_update(of=("self",)).first()
        if session is None:
            return
        if not _delete_unless_named(video, user):
            end_upload(session, FailureReason.ABANDONED)
    forget_parts(session)


def end_upload(session: UploadSession, reason: FailureReason) -> None:
    """Fail the video of an unfinished upload, and forget the upload."""
    Video.objects.filter(pk=session.video_id, state=VideoState.UPLOADING).update(
        state=VideoState.FAILED, failure_reason=reason
    )
    UploadSession.objects.filter(pk=session.pk).delete()


def drop_parts(session: UploadSession) -> None:
    """Remove what has arrived.

    :raises MultipartFailedError: the S3 service does not answer; the sweep removes it later.
    """
    if (multipart := multipart_of(session)) is not None:
        multipart.abort()
    else:
        upload_folder.drop_place(session.video.uuid)


def forget_parts(session: UploadSession) -> None:
    """Remove what has arrived of an upload that no row names any more; what cannot be removed now is swept later."""
    try:
        drop_parts(session)
    except MultipartFailedError as error:
        logger.warning("upload %s: parts not removed yet: %s", session.video.uuid, error)


def multipart_of(session: UploadSession) -> Multipart | None:
    """The upload as the S3 service knows it; None where its parts go to a folder."""
    bucket = private_bucket()
    if not session.storage_upload_id or bucket is None:
        return None
    return Multipart(bucket, str(session.video.original), session.storage_upload_id, session.compares_parts)


def require_size(user: User, size_bytes: int) -> None:
    """Refuse a file that its sender may not send.

    :raises UploadRefusedError: it is empty (``empty``) or beyond the limit (``too_large``).
    """
    if size_bytes <= 0:
        raise UploadRefusedError(_("文件为空，请重新选择文件"), code="empty")
    if size_bytes > (limit := upload_limit(user)):
        words = _("文件超过上限 %(limit)s，请压缩或分段后再上传") % {"limit": filesizeformat(limit)}
        raise UploadRefusedError(words, code="too_large")


def _delete_unless_named(video: Video, user: User) -> bool:
    """Delete the row of a video, unless something names it."""
    if usages_of([video.pk]):
        return False
    try:
        with transaction.atomic():
            log(instance=video, action="wagtail.delete", user=user, deleted=True)
            Video.objects.get(pk=video.pk).delete()
    except (ProtectedError, RestrictedError):
        return False
    return True


def _unfinished(user: User, fingerprint: str, size_bytes: int, replaces: Video | None) -> UploadSession | None:
    if not fingerprint:
        return None
    return (
        UploadSession.objects.filter(
            created_by=user,
            fingerprint=fingerprint,
            total_bytes=size_bytes,
            completed_at__isnull=True,
            video__state=VideoState.UPLOADING,
            video__replaces=replaces,
        )
        .select_related("video")
        .order_by("-pk")
        .first()
    )


def _touched(session: UploadSession, now: datetime) -> UploadSession:
    UploadSession.objects.filter(pk=session.pk).update(touched_at=now)
    session.touched_at = now
    return session


def _new_video(user: User, name: str, size_bytes: int, title: str, replaces: Video | None, now: datetime) -> Video:
    if not visible(title) and replaces is not None:
        title = replaces.title
    video = Video(
        title=(visible(title) or PurePath(name).stem or _("未命名视频"))[:120],
        original_name=name,
        size_bytes=size_bytes,
        state=VideoState.UPLOADING,
        replaces=replaces,
        uploaded_by=user,
        uploaded_at=now,
    )
    day = timezone.localdate(now)
    video.original = original_path(video.uuid, day.year, day.month)
    return video


def _require_room(size_bytes: int) -> None:
    if private_bucket() is not None:
        return
    others = UploadSession.objects.filter(completed_at__isnull=True)
    promised = others.aggregate(sum=Sum("total_bytes", default=0))["sum"]
    here = UploadPart.objects.filter(session__in=others, received_at__isnull=False)
    still_coming = promised - here.aggregate(sum=Sum("size_bytes", default=0))["sum"]
    if upload_folder.free_bytes() - still_coming < size_bytes + _KEPT_FREE_BYTES:
        raise NoRoomError(_("服务器磁盘空间不足，放不下这个文件，请联系管理员"))


def _open_place(session: UploadSession) -> None:
    if (bucket := private_bucket()) is None:
        try:
            upload_folder.open_place(session.video.uuid)
        except upload_folder.FolderFullError as error:
            raise NoRoomError(_("服务器磁盘空间不足，放不下这个文件，请联系管理员")) from error
        return
    multipart = begin_multipart(bucket, str(session.video.original))
    session.storage_upload_id = multipart.upload_id
    session.compares_parts = multipart.compares_parts


@transaction.atomic
def _record(session: UploadSession, now: datetime) -> UploadSession:
    user, video = session.created_by, session.video
    get_user_model().objects.select_for_update().get(pk=user.pk)  # two tabs begin one after the other
    if (found := _unfinished(user, session.fingerprint, session.total_bytes, video.replaces)) is not None:
        transaction.on_commit(lambda: drop_parts(session), robust=True)
        return _touched(found, now)
    if UploadSession.objects.filter(created_by=user, completed_at__isnull=True).count() >= MAX_UNFINISHED:
        raise UploadRefusedError(_("未完成的上传太多，请先继续或放弃其中一些"), code="too_many")
    video.save()
    session.video = video
    session.save()
    log(instance=video, action="wagtail.create", user=user)
    return session
