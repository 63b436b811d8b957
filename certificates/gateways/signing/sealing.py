"""PAdES signatures: made once at issue, checked whenever somebody verifies."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path

import asn1crypto.x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_der_private_key
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.general import get_pyca_cryptography_hash
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from certificates.enums import KeyPurpose, SignatureLevel
from certificates.gateways.demo_key import demo_key_file
from certificates.gateways.signing.facts import (
    KeyFacts,
    SealedPdf,
    SignatureFacts,
    SignerUnavailableError,
    facts_of_certificate,
)

FIELD_NAME = "Seal"
REASON = "电子证书签发"
BROKEN_FILE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)  # what parsing rubbish may raise
ROOM_BYTES = 1536  # for the signature and its attributes, beside the certificates


def sign_pdf(pdf: bytes, *, now: datetime) -> bytes:
    """Sign as PAdES B-B (ETSI EN 319 142-1) with the configured key, claiming ``now`` as the time of signing.

    The signature certifies the file: every later change is a breach. The file stays PDF 1.7 and PDF/A-2b.

    :raises SignerUnavailableError: the key file is missing or its password wrong.
    """
    signer = _signer()
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD_NAME,
        md_algorithm="sha256",
        reason=REASON,
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    room = 2 * (sum(len(each.dump()) for each in _certificates()) + ROOM_BYTES)  # written in hexadecimal
    writer = _SealWriter(io.BytesIO(pdf))
    signed = _SealPdfSigner(metadata, signer, now=now).sign_pdf(writer, bytes_reserved=room)
    return bytes(signed.getbuffer())


def seal_pdf(pdf: bytes, *, signer: str, now: datetime) -> SealedPdf:
    """Seal a page with the key of ``signer`` (empty: the site's own), claiming ``now`` as the time of signing.

    :raises SignerUnavailableError: the key cannot be used now; try again later.
    """
    return SealedPdf(data=sign_pdf(pdf, now=now), key=_key_facts(), level=SignatureLevel.B_B)


def check_seal(pdf: bytes, *, keys: Sequence[KeyFacts], at: datetime) -> SignatureFacts | None:
    """Check the seal of a PDF that was issued ``at``; None where there is none to read.

    ``keys`` are the seal keys that ever signed here; the site's present key is one of them without being named.
    """
    return validate_signature(pdf)


def validate_signature(pdf: bytes) -> SignatureFacts | None:
    """Check the one signature of a PDF against the configured signer's chain; None where there is none to read."""
    try:
        embedded = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        if not embedded:
            return None
        status = validate_pdf_signature(embedded[0], _validation_context())
    except (PdfReadError, SignatureValidationError, *BROKEN_FILE):
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
    """The root certificates behind our signatures, as DER: what a verifier elsewhere must trust.

    Where the key file brings no root, it is the signer's own certificate.
    """
    return [each.dump() for each in _roots()]


class _LoadedKeySigner(signers.SimpleSigner):
    """Keeps the key open: reading it anew for every signature costs more than signing."""

    @cached_property
    def _key(self) -> PrivateKeyTypes:
        return load_der_private_key(self.signing_key.dump(), password=None)

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        if isinstance(self._key, EllipticCurvePrivateKey):
            return self._key.sign(data, ECDSA(get_pyca_cryptography_hash(digest_algorithm)))
        if isinstance(self._key, RSAPrivateKey) and not self.prefer_pss:
            return self._key.sign(data, PKCS1v15(), get_pyca_cryptography_hash(digest_algorithm))
        return super().sign_raw(data, digest_algorithm)


class _SealWriter(IncrementalPdfFileWriter):
    """Adds the signature and nothing else: rewritten metadata could break what makes the page PDF/A."""

    def _update_meta(self) -> None:
        pass


class _SealPdfSigner(signers.PdfSigner):
    """Claims the given time, and declares no extension: one for elliptic curves would turn the file into PDF 2.0."""

    def __init__(self, metadata: signers.PdfSignatureMetadata, signer: signers.Signer, *, now: datetime) -> None:
        super().__init__(metadata, signer)
        self._now = now

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._now
        return session

    def register_extensions(self, pdf_out: BasePdfFileWriter, *, md_algorithm: str) -> None:
        pass


@lru_cache(maxsize=1)
def _signer() -> _LoadedKeySigner:
    path, password = _key_file()
    signer = _LoadedKeySigner.load_pkcs12(str(path), passphrase=password)
    if signer is None:
        raise SignerUnavailableError(f"{path}: no such file, or another password")
    return signer


def _key_facts() -> KeyFacts:
    own, *chain = (x509.load_der_x509_certificate(each.dump()) for each in _certificates())
    return facts_of_certificate(KeyPurpose.SEAL, "seal", own, chain)


def _key_file() -> tuple[Path, bytes]:
    if settings.XUESHI_SIGNING_KEY_FILE:
        return Path(settings.XUESHI_SIGNING_KEY_FILE), settings.XUESHI_SIGNING_KEY_PASSWORD.encode()
    return demo_key_file(Path(settings.XUESHI_HOME) / "demo-signer")


def _validation_context() -> ValidationContext:
    return ValidationContext(trust_roots=_roots(), other_certs=_certificates(), allow_fetching=False)


def _roots() -> list[asn1crypto.x509.Certificate]:
    certificates = _certificates()
    return [each for each in certificates if each.self_issued] or certificates[:1]


def _certificates() -> list[asn1crypto.x509.Certificate]:
    """The signer's own certificate first, then what the key file brought beside it."""
    own = _signer().signing_cert
    return [own, *(each for each in _signer().cert_registry if each != own)]
