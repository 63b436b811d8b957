"""A stored certificate, fetched whole for a copy: a fault is an answer here, not an accident."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from botocore.exceptions import BotoCoreError, ClientError
from django.core.exceptions import SuspiciousOperation

from certificates.gateways.certificate_store import StoreAwayError, open_certificate


class FileFault(StrEnum):
    """Why a stored file cannot be handed out."""

    MISSING = "missing"
    ALTERED = "altered"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class FetchedPdf:
    """The bytes that were issued, or the fault that keeps them back."""

    data: bytes | None
    fault: FileFault | None = None


def fetch_certificate(path: str, *, sha256: str, size_bytes: int) -> FetchedPdf:
    """Read a stored PDF of ``size_bytes`` whose digest must be ``sha256``; no more is read than it may have."""
    try:
        stream = open_certificate(path)
        if stream is None:
            return FetchedPdf(None, FileFault.MISSING)
        with stream:
            data = stream.read(size_bytes + 1)
    except (StoreAwayError, OSError, BotoCoreError, ClientError, SuspiciousOperation):
        return FetchedPdf(None, FileFault.UNREADABLE)
    if hashlib.sha256(data).hexdigest() != sha256:
        return FetchedPdf(None, FileFault.ALTERED)
    return FetchedPdf(data)
