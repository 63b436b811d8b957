"""The parts of an upload: announced, signed for, and noted when they are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from lms.lib.errors import DomainError
from media_pipeline.enums import VideoState
from media_pipeline.gateways import upload_folder
from media_pipeline.gateways.multipart import StoredPart
from media_pipeline.models import UploadPart, UploadSession
from media_pipeline.operations.upload_sessions import (
    PART_ADDRESS_LASTS,
    NoRoomError,
    UploadClosedError,
    multipart_of,
    require_size,
)
from media_pipeline.queries.uploads import PartPass, part_address
from media_pipeline.rules.upload_parts import MAX_PARTS, is_digest, part_size

if TYPE_CHECKING:
    from accounts.models import User

MAX_PARTS_A_CALL = 100
_NUMBERS = frozenset(range(1, MAX_PARTS + 1))


class PartRefusedError(DomainError):
    """There is no such part, or it is not what was announced."""

    code = "part_refused"


class FileChangedError(DomainError):
    """The part came in before with other bytes: the file was changed in between."""

    code = "file_changed"


@dataclass(frozen=True, slots=True)
class SignedPart:
    """Where to PUT a part, and with which headers; nowhere (``received``) where it is there already."""

    number: int
    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    received: bool = False


@dataclass(frozen=True, slots=True)
class AnnouncedPart:
    """A part that its sender is about to send: its number from 1 and its SHA-256 (hex)."""

    number: int
    sha256: str


@transaction.atomic
def sign_parts(
    *, session: UploadSession, user: User, parts: Sequence[AnnouncedPart], now: datetime
) -> list[SignedPart]:
    """Give signed addresses for parts, an hour long; each takes exactly the bytes announced.

    :raises UploadRefusedError: the sender's limit has fallen below the file's size.
    :raises UploadClosedError: the upload is over.
    :raises PartRefusedError: no such part, no digest, or more than a hundred at once.
    :raises FileChangedError: a part that is there has other bytes.
    """
    _touch_open(session, now)
    require_size(user, session.total_bytes)
    numbers = {part.number for part in parts}
    if not 1 <= len(parts) <= MAX_PARTS_A_CALL or len(numbers) != len(parts) or not numbers <= _NUMBERS:
        raise PartRefusedError(_("分块请求无效，请刷新页面后重试"))
    sizes = {part.number: _size_announced(session, part) for part in parts}
    known = {part.number: part for part in session.parts.filter(number__in=numbers)}
    left = [part for part in parts if not _is_there(part, known.get(part.number))]
    _announce(session, [part for part in left if _digest_of(known.get(part.number)) != part.sha256], sizes)
    addresses = {part.number: _address(session, part, sizes[part.number], now) for part in left}
    return [addresses.get(part.number) or SignedPart(part.number, received=True) for part in parts]


def receive_part(*, part: PartPass, body: upload_folder.ReadableBody, now: datetime) -> None:
    """Write a part into the folder as it comes, compare it with what was announced, and note it.

    :raises UploadClosedError: the upload is over, or goes to a bucket.
    :raises PartRefusedError: it is longer or shorter than announced, or has another digest.
    :raises NoRoomError: the disk is full.
    """
    session = UploadSession.objects.select_related("video").filter(video__uuid=part.video).first()
    if session is None or session.completed_at or session.storage_upload_id:
        raise _closed()
    announced = session.parts.filter(number=part.number, sha256=part.sha256).first()
    if announced is None:
        raise PartRefusedError(_("分块与登记的不一致，请重试"))
    if announced.received_at:
        return
    offset = (part.number - 1) * session.part_bytes
    try:
        found = upload_folder.write_part(part.video, body, offset=offset, size_bytes=part.size_bytes)
    except FileNotFoundError as error:
        raise _closed() from error
    except upload_folder.PartSizeError as error:
        raise PartRefusedError(_("分块与登记的不一致，请重试")) from error
    except upload_folder.FolderFullError as error:
        raise NoRoomError(_("服务器磁盘空间不足，放不下这个文件，请联系管理员")) from error
    if found != part.sha256:
        raise PartRefusedError(_("分块与登记的不一致，请重试"))
    note_part(session=session, number=part.number, sha256=found, etag="", now=now)


def note_part(*, session: UploadSession, number: int, sha256: str, etag: str, now: datetime) -> None:
    """Note that an announced part is there; one that was announced anew meanwhile is not."""
    session.parts.filter(number=number, sha256=sha256).update(received_at=now, etag=etag)
    UploadSession.objects.filter(pk=session.pk, completed_at__isnull=True).update(touched_at=now)


def list_parts(*, session: UploadSession, now: datetime) -> list[UploadPart]:
    """Give the parts that are there, by number, after asking the S3 service where that has them.

    :raises MultipartGoneError: the service knows the upload no more.
    :raises MultipartFailedError: the service does not answer.
    """
    if (multipart := multipart_of(session)) is not None:
        _note_stored(session, multipart.stored_parts(), now)
    return list(session.parts.filter(received_at__isnull=False).order_by("number"))


def _note_stored(session: UploadSession, stored: Sequence[StoredPart], now: datetime) -> None:
    """Take the service's word for which parts are there; a size or digest that differs is no part of ours."""
    there = {part.number: part for part in stored}
    changed = []
    for part in session.parts.all():
        found = there.get(part.number)
        is_there = found is not None and found.size_bytes == part.size_bytes and found.sha256 in ("", part.sha256)
        etag = found.etag if found and is_there else ""
        if is_there != bool(part.received_at) or etag != part.etag:
            part.received_at, part.etag = (now if is_there else None), etag
            changed.append(part)
    UploadPart.objects.bulk_update(changed, ["received_at", "etag"], batch_size=500)


def _touch_open(session: UploadSession, now: datetime) -> None:
    """Note that its sender is there; that locks its row, too, so that it does not end meanwhile."""
    unfinished = UploadSession.objects.filter(pk=session.pk, completed_at__isnull=True)
    if session.video.state != VideoState.UPLOADING or not unfinished.update(touched_at=now):
        raise _closed()


def _closed() -> UploadClosedError:
    return UploadClosedError(_("这次上传已经结束，请重新选择文件"))


def _size_announced(session: UploadSession, part: AnnouncedPart) -> int:
    if not is_digest(part.sha256):
        raise PartRefusedError(_("分块请求无效，请刷新页面后重试"))
    try:
        return part_size(part.number, total_bytes=session.total_bytes, part_bytes=session.part_bytes)
    except ValueError as error:
        raise PartRefusedError(_("分块请求无效，请刷新页面后重试")) from error


def _is_there(part: AnnouncedPart, known: UploadPart | None) -> bool:
    if known is None or not known.received_at:
        return False
    if known.sha256 != part.sha256:
        raise FileChangedError(_("文件在中断后被修改过，请从头上传"))
    return True


def _digest_of(known: UploadPart | None) -> str:
    return known.sha256 if known else ""


def _announce(session: UploadSession, parts: Sequence[AnnouncedPart], sizes: Mapping[int, int]) -> None:
    """Write down, in one statement, what parts will be."""
    rows = [
        UploadPart(session=session, number=part.number, size_bytes=sizes[part.number], sha256=part.sha256)
        for part in parts
    ]
    UploadPart.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["session", "number"], update_fields=["sha256"]
    )


def _address(session: UploadSession, part: AnnouncedPart, size: int, now: datetime) -> SignedPart:
    if (multipart := multipart_of(session)) is not None:
        url, headers = multipart.sign_part(
            part.number,
            size_bytes=size,
            sha256=part.sha256,
            expires_seconds=int(PART_ADDRESS_LASTS.total_seconds()),
        )
        return SignedPart(part.number, url, headers)
    given = PartPass(video=session.video.uuid, number=part.number, size_bytes=size, sha256=part.sha256)
    return SignedPart(part.number, part_address(given, expires_at=now + PART_ADDRESS_LASTS))
