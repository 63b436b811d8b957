"""An upload is whole: its parts become the original, and the worker hears of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from lms.lib.errors import DomainError
from media_pipeline.enums import FailureReason, VideoState
from media_pipeline.gateways import upload_folder
from media_pipeline.gateways.multipart import Multipart, MultipartGoneError, StoredPart, object_size
from media_pipeline.gateways.storage import delete_file, file_size
from media_pipeline.models import UploadPart, UploadSession, Video
from media_pipeline.operations.upload_parts import list_parts
from media_pipeline.operations.upload_sessions import (
    UploadClosedError,
    drop_parts,
    end_upload,
    multipart_of,
    require_size,
)
from media_pipeline.operations.uploads import send_to_worker
from media_pipeline.rules.upload_parts import count_parts

if TYPE_CHECKING:
    from accounts.models import User


class PartsMissingError(DomainError):
    """Parts are not there; ``numbers`` names up to a thousand of them."""

    code = "parts_missing"

    def __init__(self, message: str, numbers: Sequence[int]) -> None:
        super().__init__(message)
        self.numbers = list(numbers[:1000])


class SizeMismatchError(DomainError):
    """What has come in is not as long as it was said to be."""

    code = "size_mismatch"


def complete_upload(*, video: Video, user: User, now: datetime) -> Video:
    """Join the parts, compare the size with what was declared, and send the video to the worker.

    Safe to repeat after a lost answer: what is complete stays as it is.

    :raises UploadClosedError: it was given up or swept.
    :raises PartsMissingError: parts are not there.
    :raises SizeMismatchError: the whole is not as long as declared; the video has failed.
    :raises UploadRefusedError: the sender's limit has fallen below the file's size.
    :raises MultipartFailedError: the S3 service does not answer; try again.
    """
    session = UploadSession.objects.select_related("video").filter(video=video).first()
    if session is None or session.completed_at:
        return _already_over(video)
    require_size(user, session.total_bytes)
    if (multipart := multipart_of(session)) is not None:
        size = _join_in_bucket(session, multipart, now)
    else:
        size = _join_in_folder(session, now)
    if size != session.total_bytes:
        _refuse_size(session)
    done = _hand_over(session, now)
    if done is None:
        return _given_up_meanwhile(session)
    return done


def _join_in_bucket(session: UploadSession, multipart: Multipart, now: datetime) -> int:
    try:
        parts = _all_parts(session, list_parts(session=session, now=now))
        multipart.complete([StoredPart(part.number, part.size_bytes, part.etag, part.sha256) for part in parts])
    except MultipartGoneError as gone:  # completed before, and only the answer was lost; or swept by the service
        size = object_size(multipart.bucket, multipart.name)
        if size is None:
            end_upload(session, FailureReason.ABANDONED)
            raise _closed() from gone
        return size
    return object_size(multipart.bucket, multipart.name) or 0


def _join_in_folder(session: UploadSession, now: datetime) -> int:
    _all_parts(session, list_parts(session=session, now=now))
    name = str(session.video.original)
    try:
        upload_folder.move_to(session.video.uuid, name)
        return file_size(name)
    except FileNotFoundError as error:
        end_upload(session, FailureReason.ABANDONED)
        raise _closed() from error


def _all_parts(session: UploadSession, there: list[UploadPart]) -> list[UploadPart]:
    numbers = {part.number for part in there}
    count = count_parts(session.total_bytes, session.part_bytes)
    missing = [number for number in range(1, count + 1) if number not in numbers]
    if missing:
        words = _("还有 %(count)s 个分块没有收到，正在补传") % {"count": len(missing)}
        raise PartsMissingError(words, missing)
    return there


def _refuse_size(session: UploadSession) -> None:
    drop_parts(session)
    delete_file(str(session.video.original))
    end_upload(session, FailureReason.MISMATCH)
    raise SizeMismatchError(_("收到的内容与原文件不一致，请重新上传"))


@transaction.atomic
def _hand_over(session: UploadSession, now: datetime) -> Video | None:
    """Send it to the worker, once; None where the upload's row has gone meanwhile."""
    locked = UploadSession.objects.select_for_update(of=("self",)).select_related("video").filter(pk=session.pk).first()
    if locked is None:
        return None
    if locked.completed_at:
        return Video.objects.get(pk=session.video_id)
    UploadSession.objects.filter(pk=locked.pk).update(completed_at=now, touched_at=now)
    Video.objects.filter(pk=locked.video_id, state=VideoState.UPLOADING).update(
        state=VideoState.INSPECTING, uploaded_at=now, queued_at=now
    )
    send_to_worker(locked.video_id)
    return Video.objects.get(pk=locked.video_id)


def _given_up_meanwhile(session: UploadSession) -> Video:
    """Give the video where a second completion was faster; where the upload was given up, the joined file goes too."""
    try:
        return _already_over(session.video)
    except UploadClosedError:
        delete_file(str(session.video.original))
        raise


def _already_over(video: Video) -> Video:
    """Give the video of an upload that is over.

    :raises UploadClosedError: it was given up or swept, and perhaps its video with it.
    """
    found = Video.objects.filter(pk=video.pk).first()
    if found is None or found.state == VideoState.UPLOADING or found.failure_reason == FailureReason.ABANDONED:
        raise _closed()
    return found


def _closed() -> UploadClosedError:
    return UploadClosedError(_("这次上传已经结束，请重新选择文件"))
