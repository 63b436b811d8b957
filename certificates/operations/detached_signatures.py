"""Signatures kept beside stored files, where an authority needs SM2."""

from __future__ import annotations

import base64
from datetime import datetime

from django.db import transaction

from accounts.operations import record_audit
from certificates.enums import IssuerMode
from certificates.gateways.certificate_store import read_certificate
from certificates.gateways.signing import SM2_ALGORITHM, DetachedSeal, seal_beside, sm2_signers
from certificates.models import Certificate, DetachedSignature, IssuerProfile
from certificates.operations.signing_keys import signing_key_row
from certificates.queries.signing_keys import certificates_without_sm2, signer_name


def sign_beside(*, certificate_id: int, now: datetime) -> DetachedSignature | None:
    """Sign a stored certificate with its authority's SM2 key, once; None where the authority has none.

    The file stays as it is. No lock is held while OpenSSL signs: of two at once, the first row counts. None as well
    where the file is lost or altered: what is not what was issued is signed by nobody (the nightly check reports it).

    :raises SignerUnavailableError: the key cannot be used now; try again later.
    """
    earlier: DetachedSignature | None = DetachedSignature.objects.filter(
        certificate_id=certificate_id, algorithm=SM2_ALGORITHM
    ).first()
    if earlier is not None:
        return earlier
    certificate = Certificate.objects.get(pk=certificate_id)
    if certificate.mode == IssuerMode.MINISTRY:
        return None
    signer = signer_name(certificate.authority_id)
    if not sm2_signers([signer]):
        return None
    data = read_certificate(certificate.pdf_path, sha256=certificate.pdf_sha256)
    seal = seal_beside(data, signer=signer) if data is not None else None
    return _keep(certificate, seal, now=now) if seal is not None else None


@transaction.atomic
def _keep(certificate: Certificate, seal: DetachedSeal, *, now: datetime) -> DetachedSignature:
    signature, created = DetachedSignature.objects.get_or_create(
        certificate=certificate,
        algorithm=seal.algorithm,
        defaults={
            "signing_key": signing_key_row(seal.key, now=now),
            "value": base64.b64encode(seal.value).decode(),
            "made_at": now,
        },
    )
    if created:
        detail = {"number": certificate.number, "algorithm": seal.algorithm, "kid": seal.key.kid}
        record_audit(actor=None, action="certificate.sign_beside", target=certificate, detail=detail, now=now)
    return signature


def sign_what_lacks_sm2(*, limit: int, now: datetime) -> int:
    """Sign beside at most ``limit`` certificates of authorities that need it, oldest first; returns how many.

    :raises SignerUnavailableError: a key cannot be used now; what was signed before stays.
    """
    own = dict(IssuerProfile.objects.exclude(signer="").values_list("authority_id", "signer"))
    needed = set(sm2_signers(["", *sorted(set(own.values()))]))
    if not needed:
        return 0
    others = [authority for authority, signer in own.items() if signer not in needed]
    only = None if "" in needed else [authority for authority, signer in own.items() if signer in needed]
    waiting = certificates_without_sm2(only=only, without=others, limit=limit)
    return sum(1 for each in waiting if sign_beside(certificate_id=each, now=now) is not None)
