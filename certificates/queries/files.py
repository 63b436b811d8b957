"""Stored files, opened for those who may have them."""

from __future__ import annotations

from typing import BinaryIO

from accounts.models import Learner
from certificates.gateways.certificate_store import open_certificate, open_photo
from certificates.models import Certificate


def certificate_file(certificate: Certificate) -> BinaryIO | None:
    """The stored PDF, open for reading; None where the storage has lost it."""
    return open_certificate(certificate.pdf_path)


def learner_photo(learner: Learner) -> bytes | None:
    """The learner's photo as JPEG, or None where none was given."""
    return open_photo(learner.photo_path) if learner.photo_path else None
