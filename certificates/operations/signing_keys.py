"""Whose keys signed what: the public halves are kept for ever."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.operations import record_audit
from certificates.gateways.signing import KeyFacts
from certificates.models import SigningKey


def signing_key_row(key: KeyFacts, *, now: datetime) -> SigningKey:
    """Give the row of a key that signed, written on its first use. One statement for a known key.

    The key that stamped the time of a seal gets a row too.
    """
    if key.witness is not None:
        signing_key_row(key.witness, now=now)
    known = SigningKey.objects.filter(kid=key.kid).first()
    return known if known is not None else _keep_key(key, now=now)


@transaction.atomic
def _keep_key(key: KeyFacts, *, now: datetime) -> SigningKey:
    row, created = SigningKey.objects.get_or_create(
        kid=key.kid,
        defaults={
            "purpose": key.purpose,
            "name": key.name,
            "algorithm": key.algorithm,
            "public_jwk": key.public_jwk,
            "certificate_pem": key.certificate_pem,
            "chain_pem": key.chain_pem,
            "not_before": key.not_before,
            "not_after": key.not_after,
            "first_used_at": now,
        },
    )
    if created:
        detail = {"kid": key.kid, "name": key.name, "purpose": key.purpose}
        record_audit(actor=None, action="signing_key.first_use", target=row, detail=detail, now=now)
    return row
