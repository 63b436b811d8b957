"""PAdES signatures: made once at issue, checked whenever somebody verifies."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from certificates.gateways.demo_key import demo_key_file

FIELD_NAME = "Seal"
REASON = "电子证书签发"


class SignerUnavailableError(RuntimeError):
    """The signing key cannot be opened; the message says which file."""


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """What a check of a PDF's signature found.

    ``intact``: the signed bytes are unchanged; ``valid``: the signature fits them and the signer's key;
    ``trusted``: the signer's certificate leads to one of ours; ``whole_file``: nothing was appended after signing.
    """

    signer: str
    signed_at: datetime | None
    intact: bool
    valid: bool
    trusted: bool
    whole_file: bool


def sign_pdf(pdf: bytes) -> bytes:
    """Sign as PAdES B-B (ETSI EN 319 142-1) with the configured key; the claimed time is this machine's clock.

    :raises SignerUnavailableError: the key file is missing or its password wrong.
    """
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD_NAME,
        md_algorithm="sha256",
        reason=REASON,
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    signed = signers.PdfSigner(metadata, signer=_signer()).sign_pdf(writer)
    return bytes(signed.getbuffer())


def validate_signature(pdf: bytes) -> SignatureFacts | None:
    """Check the one signature of a PDF against the configured signer's chain; None where there is none to read."""
    try:
        embedded = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        if not embedded:
            return None
        status = validate_pdf_signature(embedded[0], _validation_context())
    except (PdfReadError, SignatureValidationError, ValueError):
        return None
    return SignatureFacts(
        signer=str(status.signing_cert.subject.native.get("common_name", "")),
        signed_at=status.signer_reported_dt,
        intact=bool(status.intact),
        valid=bool(status.valid),
        trusted=bool(status.trusted),
        whole_file=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
    )


def trust_roots() -> list[bytes]:
    """The root certificates behind our signatures, as DER: what a verifier elsewhere must trust."""
    return [cert.dump() for cert in _signer().cert_registry if cert.self_issued == "yes"]


@lru_cache(maxsize=1)
def _signer() -> signers.SimpleSigner:
    path, password = _key_file()
    signer = signers.SimpleSigner.load_pkcs12(str(path), passphrase=password)
    if signer is None:
        raise SignerUnavailableError(f"{path}: no such file, or another password")
    return signer


def _key_file() -> tuple[Path, bytes]:
    if settings.XUESHI_SIGNING_KEY_FILE:
        return Path(settings.XUESHI_SIGNING_KEY_FILE), settings.XUESHI_SIGNING_KEY_PASSWORD.encode()
    return demo_key_file(Path(settings.XUESHI_HOME) / "demo-signer")


def _validation_context() -> ValidationContext:
    registry = list(_signer().cert_registry)
    roots = [cert for cert in registry if cert.self_issued]
    return ValidationContext(trust_roots=roots, other_certs=registry, allow_fetching=False)
