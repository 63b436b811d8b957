"""The site as an issuer of credentials: its decentralised identifier and its keys in the forms verifiers ask for.

Source: did:web method specification; W3C Controlled Identifiers 1.0, section 2.2.2 (Multikey).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

P256_PUBLIC = b"\x80\x24"  # multicodec 0x1200 as a varint
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def did_of_site(site_url: str) -> str:
    """``did:web`` of the site, its document at ``/verify/did.json``: https://a.example → did:web:a.example:verify."""
    return f"did:web:{quote(urlsplit(site_url).netloc, safe='.-')}:verify"


def multikey(jwk: Mapping[str, str]) -> str:
    """A P-256 key as ``publicKeyMultibase``: compressed point, multicodec, base58."""
    x, y = (base64.urlsafe_b64decode(jwk[name] + "=" * (-len(jwk[name]) % 4)) for name in ("x", "y"))
    return "z" + base58(P256_PUBLIC + (b"\x03" if y[-1] & 1 else b"\x02") + x)


def base58(data: bytes) -> str:
    """Base58 in Bitcoin's alphabet, without a check."""
    number, text = int.from_bytes(data), ""
    while number:
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    return BASE58[0] * (len(data) - len(data.lstrip(b"\0"))) + text


def did_document(did: str, jwks: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """The document behind ``did``: every key twice, as JWK (``#kid``) and as Multikey (``#z…``), the newest first.

    Keys with ``compromised_at`` are left out: who verifies credentials looks for the key here and for nothing else, and
    would believe whatever a thief signed.
    """
    methods: list[dict[str, Any]] = []
    for jwk in jwks:
        if "compromised_at" in jwk:
            continue
        key = {name: jwk[name] for name in ("kty", "crv", "x", "y")}
        methods.append(
            {
                "id": f"{did}#{jwk['kid']}",
                "type": "JsonWebKey",
                "controller": did,
                "publicKeyJwk": {**key, "kid": jwk["kid"]},
            }
        )
        name = multikey(jwk)
        methods.append({"id": f"{did}#{name}", "type": "Multikey", "controller": did, "publicKeyMultibase": name})
    return {
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/jwk/v1",
            "https://w3id.org/security/multikey/v1",
        ],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }
