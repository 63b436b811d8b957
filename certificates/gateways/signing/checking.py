"""Seals are checked against the keys that ever sealed here, as of the time when they were made.

A key that was put out of use, or whose certificate has run out since, leaves what it sealed good.
"""

from __future__ import annotations

import asyncio
import io
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asn1crypto.x509
from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import SignatureValidationError, ValidationInfoReadingError
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import (
    EmbeddedPdfSignature,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from certificates.enums import KeyPurpose, SignatureLevel
from certificates.gateways.signing.book import configured_seal_keys
from certificates.gateways.signing.facts import KeyFacts, SignatureFacts, facts_of_certificate

BROKEN_FILE = (  # what parsing rubbish may raise
    PdfError,
    SignatureValidationError,
    UnsupportedAlgorithm,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class _Trust:
    """The keys that count: seal keys by kid, witnesses by kid, and the roots above the witnesses."""

    seals: dict[str, KeyFacts]
    witnesses: dict[str, KeyFacts]

    def seal_context(self, kid: str, moment: datetime, reader: PdfFileReader) -> ValidationContext:
        """Trust the root of the key ``kid``, of no other; a stranger's key leads nowhere."""
        facts = self.seals.get(kid)
        certificates = _certificates(facts) if facts else []
        options = {**_options(moment), "trust_roots": _anchors(certificates), "other_certs": certificates}
        try:
            return DocumentSecurityStore.read_dss(reader).as_validation_context(options)
        except ValidationInfoReadingError:
            return ValidationContext(**options)

    def witness_context(self, moment: datetime) -> ValidationContext:
        """Trust the roots of every authority that stamped times here."""
        chains = [_certificates(each) for each in self.witnesses.values()]
        roots = [root for chain in chains for root in _anchors(chain)]
        return ValidationContext(
            **_options(moment), trust_roots=roots, other_certs=[each for c in chains for each in c]
        )


def check_seal(pdf: bytes, *, keys: Sequence[KeyFacts], at: datetime) -> SignatureFacts | None:
    """Check the first seal of a PDF that our register says was issued ``at``; None where there is none to read.

    ``keys`` are all that ever sealed files here or stamped their time (``certificates.queries.seal_keys``). The seal
    counts as made at the time of its trusted time stamp, without one ``at``: what a signer claims proves nothing.
    """
    try:
        return asyncio.run(_check(pdf, _trust(keys), at))
    except BROKEN_FILE:
        return None


def validate_signature(pdf: bytes) -> SignatureFacts | None:
    """Check the seal of a PDF against the keys that are configured now, as of now."""
    return check_seal(pdf, keys=configured_seal_keys(), at=datetime.now(UTC))


async def _check(pdf: bytes, trust: _Trust, at: datetime) -> SignatureFacts | None:
    reader = PdfFileReader(io.BytesIO(pdf))
    seals = reader.embedded_regular_signatures
    if not seals:
        return None
    seal = seals[0]
    own = facts_of_certificate(KeyPurpose.SEAL, "", _loaded(seal.signer_cert), [])
    claimed = _time_of(next(extract_tst_data_iter(seal.signer_info, signed=False), None))
    status = await async_validate_pdf_signature(
        seal,
        signer_validation_context=trust.seal_context(own.kid, claimed or at, reader),
        ts_validation_context=trust.witness_context(claimed or at),
    )
    stamped_at = _stamped_at(status, trust)
    if claimed and not stamped_at:  # the stamp is nobody's we know: the seal counts as made when we issued it
        status = await async_validate_pdf_signature(
            seal, trust.seal_context(own.kid, at, reader), trust.witness_context(at)
        )
    is_archived = await _is_archived(reader, trust)
    has_nothing_added = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    has_archive_added = is_archived and status.modification_level == ModificationLevel.LTA_UPDATES
    return SignatureFacts(
        signer=str(status.signing_cert.subject.native.get("common_name", "")),
        signed_at=status.signer_reported_dt,
        intact=bool(status.intact),
        valid=bool(status.valid),
        trusted=bool(status.trusted) and _was_good(trust.seals.get(own.kid), stamped_at or at),
        whole_file=bool(has_nothing_added or (has_archive_added and status.docmdp_ok)),
        kid=own.kid,
        level=_level(stamped_at, is_archived=has_archive_added),
        stamped_at=stamped_at,
    )


async def _is_archived(reader: PdfFileReader, trust: _Trust) -> bool:
    """Whether the newest thing in the file is a trusted time stamp over all of it."""
    stamps = reader.embedded_timestamp_signatures
    if not stamps or reader.embedded_signatures[-1] is not stamps[-1]:
        return False
    moment = _time_of(stamps[-1].signed_data)
    if moment is None:
        return False
    status = await async_validate_pdf_timestamp(stamps[-1], trust.witness_context(moment))
    if not (status.intact and status.valid and status.trusted):
        return False
    covers_all: bool = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    return covers_all and _witness_was_good(stamps[-1], trust, moment)


def _witness_was_good(stamp: EmbeddedPdfSignature, trust: _Trust, moment: datetime) -> bool:
    kid = facts_of_certificate(KeyPurpose.TSA, "", _loaded(stamp.signer_cert), []).kid
    return kid not in trust.witnesses or _was_good(trust.witnesses[kid], moment)


def _stamped_at(status: PdfSignatureStatus, trust: _Trust) -> datetime | None:
    stamp = status.timestamp_validity
    if stamp is None or not (stamp.intact and stamp.valid and stamp.trusted):
        return None
    kid = facts_of_certificate(KeyPurpose.TSA, "", _loaded(stamp.signing_cert), []).kid
    witness = trust.witnesses.get(kid)
    moment: datetime = stamp.timestamp
    return moment if witness is None or _was_good(witness, moment) else None


def _was_good(key: KeyFacts | None, moment: datetime) -> bool:
    """Whether a key was ours and not yet in foreign hands; what it signs from ``compromised_at`` on is not."""
    return key is not None and (key.compromised_at is None or moment < key.compromised_at)


def _level(stamped_at: datetime | None, *, is_archived: bool) -> SignatureLevel:
    if stamped_at is None:
        return SignatureLevel.B_B
    return SignatureLevel.B_LTA if is_archived else SignatureLevel.B_T


def _time_of(token: cms.SignedData | None) -> datetime | None:
    """Read the time that a time stamp claims."""
    if token is None:
        return None
    moment: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
    return moment


def _trust(keys: Sequence[KeyFacts]) -> _Trust:
    return _Trust(
        seals={each.kid: each for each in keys if each.purpose == KeyPurpose.SEAL and each.certificate_pem},
        witnesses={each.kid: each for each in keys if each.purpose == KeyPurpose.TSA},
    )


def _options(moment: datetime) -> dict[str, Any]:
    """Check as of ``moment``, with what is at hand; a revocation list made later counts for what it says of earlier."""
    return {
        "moment": moment,
        "allow_fetching": False,
        "revocation_mode": "soft-fail",
        "retroactive_revinfo": True,
    }


def _anchors(chain: list[asn1crypto.x509.Certificate]) -> list[asn1crypto.x509.Certificate]:
    """The root at the end of a chain; where none was kept, the key's own certificate is trusted as it stands."""
    return [each for each in chain if each.self_issued] or chain[:1]


def _certificates(facts: KeyFacts) -> list[asn1crypto.x509.Certificate]:
    loaded = x509.load_pem_x509_certificates((facts.certificate_pem + facts.chain_pem).encode())
    return [asn1crypto.x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in loaded]


def _loaded(certificate: asn1crypto.x509.Certificate) -> x509.Certificate:
    return x509.load_der_x509_certificate(certificate.dump())
