"""Uploads that nobody went on with are removed, and so is what no row names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

from django.conf import settings
from django.db import transaction

from media_pipeline.enums import FailureReason, VideoState
from media_pipeline.gateways import upload_folder
from media_pipeline.gateways.bucket import Bucket, private_bucket
from media_pipeline.gateways.multipart import multiparts_before, objects_before
from media_pipeline.gateways.storage import delete_file
from media_pipeline.models import UploadSession, Video
from media_pipeline.operations.upload_sessions import end_upload, forget_parts

_ORPHANS_LAST = timedelta(days=1)  # a form's upload is stored before its row is written
_AT_ONCE = 500
_Item = TypeVar("_Item")


def sweep_uploads(*, now: datetime) -> int:
    """End uploads that were not touched for XUESHI_UPLOAD_ABANDONED_HOURS; give how many things were removed.

    Parts go with them, and so do uploads and originals, of a bucket or a folder, that no row of ours names.
    """
    before = now - timedelta(hours=settings.XUESHI_UPLOAD_ABANDONED_HOURS)
    ended = sum(_end_abandoned(session, before) for session in _untouched_since(before))
    Video.objects.filter(state=VideoState.UPLOADING, upload__isnull=True, uploaded_at__lt=before).update(
        state=VideoState.FAILED, failure_reason=FailureReason.ABANDONED
    )
    if (bucket := private_bucket()) is not None:
        nameless = _abort_nameless(bucket, before)
        originals = objects_before(bucket, "originals", now - _ORPHANS_LAST)
    else:
        nameless = _remove_nameless(before)
        originals = upload_folder.files_before("originals", now - _ORPHANS_LAST)
    return ended + nameless + _delete_orphans(originals)


def _untouched_since(before: datetime) -> list[UploadSession]:
    sessions = UploadSession.objects.filter(completed_at__isnull=True, touched_at__lt=before)
    return list(sessions.select_related("video").order_by("pk"))


def _end_abandoned(session: UploadSession, before: datetime) -> bool:
    with transaction.atomic():
        still = UploadSession.objects.select_for_update().filter(
            pk=session.pk, completed_at__isnull=True, touched_at__lt=before
        )
        if not still.exists():
            return False
        end_upload(session, FailureReason.ABANDONED)
    forget_parts(session)
    return True


def _abort_nameless(bucket: Bucket, before: datetime) -> int:
    aborted = 0
    for some in _batches(multiparts_before(bucket, before)):
        ids = [multipart.upload_id for multipart in some]
        named = set(UploadSession.objects.filter(storage_upload_id__in=ids).values_list("storage_upload_id", flat=True))
        for multipart in some:
            if multipart.upload_id not in named:
                multipart.abort()
                aborted += 1
    return aborted


def _remove_nameless(before: datetime) -> int:
    old = [name for name, changed_at in upload_folder.occupied_places() if changed_at < before]
    living = UploadSession.objects.filter(completed_at__isnull=True).values_list("video__uuid", flat=True)
    named = {str(uuid) for uuid in living}
    gone = [name for name in old if name not in named]
    for name in gone:
        upload_folder.remove_place(name)
    return len(gone)


def _delete_orphans(names: Iterable[str]) -> int:
    deleted = 0
    for some in _batches(names):
        named = set(Video.objects.filter(original__in=some).values_list("original", flat=True))
        for name in some:
            if name not in named:
                delete_file(name)
                deleted += 1
    return deleted


def _batches(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    rest = iter(items)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
