"""The keys that signed here, for those who check."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef

from certificates.enums import IssuerMode, KeyPurpose
from certificates.gateways.signing import SM2_ALGORITHM, KeyFacts, configured_seal_keys
from certificates.models import Certificate, DetachedSignature, IssuerProfile, SigningKey


def seal_keys() -> list[KeyFacts]:
    """Every key that ever sealed a file here or stamped its time, the first used first. One statement.

    The configured keys that lie in files are among them before their first use.
    """
    rows = SigningKey.objects.filter(purpose__in=[KeyPurpose.SEAL, KeyPurpose.TSA]).order_by("pk")
    known = {row.kid: key_facts(row) for row in rows}
    new = {each.kid: each for each in configured_seal_keys() if each.kid not in known}
    return [*known.values(), *new.values()]


def signer_name(authority_id: int) -> str:
    """Name the signer of an authority; empty for the site's own. One statement."""
    name = IssuerProfile.objects.filter(authority_id=authority_id).values_list("signer", flat=True).first()
    return name or ""


def detached_signature(certificate: Certificate) -> DetachedSignature | None:
    """Give the SM2 signature that is kept beside a certificate's file, with its key. One statement."""
    found: DetachedSignature | None = (
        DetachedSignature.objects.filter(certificate=certificate, algorithm=SM2_ALGORITHM)
        .select_related("signing_key")
        .first()
    )
    return found


def certificates_without_sm2(*, only: Collection[int] | None, without: Collection[int], limit: int) -> list[int]:
    """List certificates made here that have no SM2 signature, oldest first; of the authorities ``only`` (None: any),
    never of those ``without``. One statement.
    """
    missing = Certificate.objects.filter(
        ~Exists(DetachedSignature.objects.filter(certificate=OuterRef("pk"), algorithm=SM2_ALGORITHM)),
        mode=IssuerMode.OWN,
    ).exclude(authority_id__in=without)
    if only is not None:
        missing = missing.filter(authority_id__in=only)
    return list(missing.order_by("pk").values_list("pk", flat=True)[:limit])


def key_facts(row: SigningKey) -> KeyFacts:
    """Give a kept key as the gateways know keys."""
    return KeyFacts(
        kid=row.kid,
        purpose=KeyPurpose(row.purpose),
        name=row.name,
        algorithm=row.algorithm,
        public_jwk=row.public_jwk,
        certificate_pem=row.certificate_pem,
        chain_pem=row.chain_pem,
        not_before=row.not_before,
        not_after=row.not_after,
        retired_at=row.retired_at,
        compromised_at=row.compromised_at,
    )
