"""Uploads on their way: how much one may send, and what was interrupted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db.models import Q, Sum
from django.urls import reverse

from media_pipeline.enums import VideoState
from media_pipeline.models import UploadSession

if TYPE_CHECKING:
    from accounts.models import User

_SALT = "media_pipeline.upload_part"


class PartPassRefusedError(Exception):
    """The address of a part is forged, broken or expired."""


@dataclass(frozen=True, slots=True)
class PartPass:
    """What the signed address of a part takes: ``size_bytes`` bytes of that SHA-256, as part ``number``."""

    video: UUID
    number: int
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class UnfinishedUpload:
    """An upload that was interrupted; choosing the same file again goes on with it."""

    video: UUID
    name: str
    fingerprint: str
    total_bytes: int
    received_bytes: int
    touched_at: datetime


def upload_limit(user: User) -> int:
    """How many bytes a file of this person may have."""
    if user.has_perm("media_pipeline.upload_large_video"):
        return max(settings.XUESHI_UPLOAD_MAX_BYTES, settings.XUESHI_UPLOAD_LARGE_MAX_BYTES)
    return int(settings.XUESHI_UPLOAD_MAX_BYTES)


def unfinished_uploads(user: User) -> list[UnfinishedUpload]:
    """What a person has begun and not completed, newest first; one statement. In a bucket, as of the last look."""
    received = Sum("parts__size_bytes", filter=Q(parts__received_at__isnull=False), default=0)
    sessions = (
        UploadSession.objects.filter(created_by=user, completed_at__isnull=True, video__state=VideoState.UPLOADING)
        .select_related("video")
        .annotate(received_bytes=received)
        .order_by("-created_at", "-pk")
    )
    return [
        UnfinishedUpload(
            video=session.video.uuid,
            name=session.video.original_name,
            fingerprint=session.fingerprint,
            total_bytes=session.total_bytes,
            received_bytes=session.received_bytes,
            touched_at=session.touched_at,
        )
        for session in sessions
    ]


def part_address(part: PartPass, *, expires_at: datetime) -> str:
    """The path of this site that takes one part by PUT until it expires; no session of the browser is asked for."""
    facts = [str(part.video), part.number, part.size_bytes, part.sha256, int(expires_at.timestamp())]
    return reverse("media_pipeline:part", args=(signing.dumps(facts, salt=_SALT),))


def open_part_pass(token: str, *, now: datetime) -> PartPass:
    """Check the signature and time of a part's address; no statement.

    :raises PartPassRefusedError: forged, broken or expired.
    """
    try:
        video, number, size_bytes, sha256, expires = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise PartPassRefusedError("signature") from error
    if now.timestamp() >= expires:
        raise PartPassRefusedError("expired")
    return PartPass(video=UUID(video), number=number, size_bytes=size_bytes, sha256=sha256)
