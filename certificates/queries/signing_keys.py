"""The keys that signed here, for those who check."""

from __future__ import annotations

from certificates.enums import KeyPurpose
from certificates.gateways.signing import KeyFacts, configured_seal_keys
from certificates.models import SigningKey


def seal_keys() -> list[KeyFacts]:
    """Every key that ever sealed a file here or stamped its time, the first used first. One statement.

    The configured keys that lie in files are among them before their first use.
    """
    rows = SigningKey.objects.filter(purpose__in=[KeyPurpose.SEAL, KeyPurpose.TSA]).order_by("pk")
    known = {row.kid: key_facts(row) for row in rows}
    new = {each.kid: each for each in configured_seal_keys() if each.kid not in known}
    return [*known.values(), *new.values()]


def code_keys() -> list[KeyFacts]:
    """Every key that ever signed codes and credentials here, the first used first. One statement."""
    return [key_facts(row) for row in SigningKey.objects.filter(purpose=KeyPurpose.CODE).order_by("pk")]


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
