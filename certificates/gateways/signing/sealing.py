"""PAdES seals (ETSI EN 319 142-1): made once at issue, on a file that stays PDF 1.7 and PDF/A-2b."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import asn1crypto.crl
import asn1crypto.x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp, PdfSignedData, SignatureObject
from pyhanko.sign.validation.dss import DocumentSecurityStore

from certificates.enums import KeyPurpose, SignatureLevel
from certificates.gateways.signing.book import OpenKey, find_signer, forget_key, open_key
from certificates.gateways.signing.facts import KeyFacts, SealedPdf, SignerUnavailableError
from certificates.gateways.signing.revocation import revocation_lists
from certificates.gateways.signing.time_stamps import Tsa, open_tsa
from certificates.rules.signers import SignerPlan

FIELD_NAME = "Seal"
ARCHIVE_FIELD_NAME = "Archive"
REASON = "电子证书签发"
ROOM_BYTES = 1536  # for the signature and its attributes, beside certificates and time stamp
CERTIFYING = SigMDPSetup(md_algorithm="sha256", certify=True, docmdp_perms=MDPPerm.NO_CHANGES)


def seal_pdf(pdf: bytes, *, signer: str, now: datetime) -> SealedPdf:
    """Seal a page with the key of ``signer`` (empty: the site's own), claiming ``now`` as the time of signing.

    The seal certifies the file: every later change is a breach. Level B-B is made on this machine alone; for B-T and
    B-LTA the time-stamping authority must answer, and nothing of a lower level is given instead.

    :raises SignerUnavailableError: a key, an authority or a revocation list is not to be had now; try again later. A
        certificate that has expired, or is not valid yet, seals nothing.
    """
    plan = find_signer(signer)
    key = open_key(plan.seal, KeyPurpose.SEAL)
    _check_dates(key, now)
    tsa = open_tsa(plan.tsa) if plan.tsa else None
    data, facts = _seal(pdf, key, tsa, now=now)
    if plan.level == SignatureLevel.B_LTA and tsa is not None:
        data = _archive(data, key, facts, tsa, plan)
    return SealedPdf(data=data, key=facts, level=SignatureLevel(plan.level))


def sign_pdf(pdf: bytes, *, now: datetime) -> bytes:
    """Seal a page with the site's own key; see ``seal_pdf``."""
    return seal_pdf(pdf, signer="", now=now).data


def trust_roots(signer: str = "") -> list[bytes]:
    """The root certificates behind the seals of ``signer``, as DER: what a verifier elsewhere must trust.

    Where the key brings no root, it is the signer's own certificate.
    """
    certificates = open_key(find_signer(signer).seal, KeyPurpose.SEAL).certificates
    return [(_roots(certificates) or certificates[:1])[0].public_bytes(Encoding.DER)]


def _roots(certificates: list[x509.Certificate]) -> list[x509.Certificate]:
    return [each for each in certificates if each.issuer == each.subject]


def _check_dates(key: OpenKey, now: datetime) -> None:
    not_before, not_after = key.facts.not_before, key.facts.not_after
    if not_before and not_after and not not_before <= now <= not_after:
        raise SignerUnavailableError(f"{key.plan.name}: its certificate is valid from {not_before} to {not_after} only")


def _seal(pdf: bytes, key: OpenKey, tsa: Tsa | None, *, now: datetime) -> tuple[bytes, KeyFacts]:
    frame = key.frame
    if frame is None:
        raise SignerUnavailableError(f"{key.plan.name}: no certificate speaks for this key")
    witnesses: list[KeyFacts] = []

    def sign(digest: bytes) -> bytes:
        try:
            signature = key.key.sign(frame.signed_attributes(digest))
        except SignerUnavailableError:
            forget_key(key)
            raise
        if tsa is None:
            return frame.signed_data(digest, signature)
        stamp = tsa.stamp(hashlib.sha256(signature).digest())
        witnesses.append(stamp.witness)
        return frame.signed_data(digest, signature, time_stamp=stamp.token)

    room = len(frame.certificates) + ROOM_BYTES + (tsa.room_bytes() if tsa else 0)
    placeholder = SignatureObject(
        timestamp=now, reason=REASON, bytes_reserved=2 * room, subfilter=SigSeedSubFilter.PADES
    )
    data = _embed(_SealWriter(io.BytesIO(pdf)), FIELD_NAME, placeholder, CERTIFYING, sign)
    return data, replace(key.facts, witness=witnesses[0]) if witnesses else key.facts


def _archive(pdf: bytes, key: OpenKey, facts: KeyFacts, tsa: Tsa, plan: SignerPlan) -> bytes:
    """Add what a check in decades needs (certificates, revocation lists), under a time stamp over the whole file."""
    stored = [*key.certificates, *(_pem_certificates(facts.witness) if facts.witness else [])]
    lists = revocation_lists(plan.seal.crls, timeout_seconds=plan.seal.timeout_seconds)
    writer = _SealWriter(io.BytesIO(pdf))
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        sig_contents=None,
        certs=[asn1crypto.x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in stored],
        crls=[asn1crypto.crl.CertificateList.load(each) for each in lists],
    )
    placeholder = DocumentTimestamp(bytes_reserved=2 * tsa.room_bytes())
    return _embed(writer, ARCHIVE_FIELD_NAME, placeholder, None, lambda digest: tsa.stamp(digest).token)


def _embed(
    writer: IncrementalPdfFileWriter,
    field_name: str,
    placeholder: PdfSignedData,
    mdp: SigMDPSetup | None,
    sign: Callable[[bytes], bytes],
) -> bytes:
    """Write a signature field whose content is what ``sign`` gives for the digest of the file around it."""
    steps = PdfCMSEmbedder().write_cms(field_name=field_name, writer=writer)
    next(steps)
    steps.send(SigObjSetup(sig_placeholder=placeholder, mdp_setup=mdp))
    prepared, output = steps.send(SigIOSetup(md_algorithm="sha256", in_place=True))
    steps.send(sign(prepared.document_digest))
    return bytes(output.getbuffer())


def _pem_certificates(facts: KeyFacts) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates((facts.certificate_pem + facts.chain_pem).encode())


class _SealWriter(IncrementalPdfFileWriter):
    """Adds the signature and nothing else: rewritten metadata could break what makes the page PDF/A."""

    def _update_meta(self) -> None:
        pass
