"""What was stored is compared with what its sender declared, so that no storage has to be trusted."""

from __future__ import annotations

import hashlib
from pathlib import Path

from media_pipeline.enums import FailureReason
from media_pipeline.models import UploadPart, UploadSession
from media_pipeline.operations.claims import Claim
from media_pipeline.operations.inspection import SourceRefusedError

_CHUNK_BYTES = 1024**2


def compare_with_digests(source: Path, *, claim: Claim) -> None:
    """Read the original once and compare every part with its declared SHA-256; then the upload is forgotten.

    A video that did not come in parts is let through. Memory stays flat.

    :raises SourceRefusedError: a part differs, or the length does.
    """
    session = UploadSession.objects.filter(video=claim.video, completed_at__isnull=False).first()
    if session is None:
        return
    with source.open("rb") as content:
        for part in session.parts.order_by("number"):
            if _digest(content, part, claim) != part.sha256:
                raise SourceRefusedError(FailureReason.MISMATCH, f"part {part.number} differs")
        if content.tell() != session.total_bytes or content.read(1):
            raise SourceRefusedError(FailureReason.MISMATCH, f"not {session.total_bytes} bytes")
    UploadSession.objects.filter(pk=session.pk).delete()


def _digest(content: object, part: UploadPart, claim: Claim) -> str:
    digest, left = hashlib.sha256(), part.size_bytes
    while left and (chunk := content.read(min(_CHUNK_BYTES, left))):  # type: ignore[attr-defined]
        digest.update(chunk)
        left -= len(chunk)
    claim.beat()
    return digest.hexdigest()
