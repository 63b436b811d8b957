"""The keys that check codes and credentials, for anyone."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from certificates.enums import KeyPurpose
from certificates.gateways.signing import code_key
from certificates.models import SigningKey
from certificates.rules.credentials import Issuer
from certificates.rules.did import did_of_site

Jwk = dict[str, str]


def issuer_of_site() -> Issuer:
    """The site as an issuer of credentials. No statement."""
    site_url = settings.XUESHI_SITE_URL.rstrip("/")
    return Issuer(site_url=site_url, did=did_of_site(site_url), name=str(settings.SITE_NAME))


def published_keys() -> list[Jwk]:
    """Every key that ever signed codes here, as JWK (RFC 7517), the present one first. One statement.

    ``retired_at`` says since when a key signs no more (what it signed stays good), ``compromised_at`` since when it
    cannot be trusted.
    """
    present = code_key("")
    keys = {present.kid: {**present.public_jwk, "kid": present.kid, "alg": "ES256", "use": "sig"}}
    rows = SigningKey.objects.filter(purpose=KeyPurpose.CODE, algorithm="ES256").order_by("-first_used_at", "-pk")
    for row in rows:
        moments = {"retired_at": row.retired_at, "compromised_at": row.compromised_at}
        told = {name: _instant(at) for name, at in moments.items() if at is not None}
        keys[row.kid] = {**row.public_jwk, "kid": row.kid, "alg": "ES256", "use": "sig", **told}
    return list(keys.values())


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
