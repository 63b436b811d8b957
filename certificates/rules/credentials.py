"""What our credentials say, and the bytes that their proofs sign.

Sources: W3C Verifiable Credentials 2.0; Bitstring Status List 1.0; Open Badges 3.0; Securing Verifiable Credentials
using JOSE and COSE; Data Integrity ECDSA Cryptosuites 1.0 (ecdsa-rdfc-2019).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from certificates.rules.code_payload import to_base64url
from certificates.rules.credential_quads import canonical_quads
from certificates.rules.did import base58
from certificates.rules.status_lists import list_of

VC_CONTEXT = "https://www.w3.org/ns/credentials/v2"
BADGE_CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
PURPOSES = ("revocation", "suspension", "refresh")

Credential = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues: the site's address without a slash at its end, its DID, and its name for readers."""

    site_url: str
    did: str
    name: str


@dataclass(frozen=True, slots=True)
class BadgeFacts:
    """What a badge says of a certificate: what the page prints, less the identity number and the photo.

    ``hours`` is the newest line's, in 学时 as printed, empty without one.
    """

    uuid: str
    number: str
    full_name: str
    title: str
    post_code: str
    post_name: str
    authority_name: str
    hours: str
    issued_at: datetime
    status_index: int | None


def list_url(site_url: str, purpose: str, number: int, form: str) -> str:
    """Where a status list is published; ``form`` is ``jwt`` or ``json``."""
    return f"{site_url}/verify/status/{purpose}/{number}.{form}"


def status_list_credential(
    issuer: Issuer, *, purpose: str, number: int, form: str, encoded: str, made_at: datetime, until: datetime
) -> Credential:
    """One published status list; a verifier that meets it after ``until`` must fetch a newer one."""
    url = list_url(issuer.site_url, purpose, number, form)
    return {
        "@context": [VC_CONTEXT],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer.did,
        "validFrom": _instant(made_at),
        "validUntil": _instant(until),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded,
        },
    }


def badge_credential(issuer: Issuer, facts: BadgeFacts, *, form: str) -> Credential:
    """An Open Badge of a certificate, given to its holder, who shows it to whom they like; ``form`` as for lists."""
    subject: dict[str, Any] = {
        "type": ["AchievementSubject"],
        "identifier": [
            {"type": "IdentityObject", "hashed": False, "identityHash": facts.full_name, "identityType": "name"}
        ],
        "licenseNumber": facts.number,
        "achievement": {
            "id": f"{issuer.did}#post-{facts.post_code}",
            "type": ["Achievement"],
            "achievementType": "License",
            "name": facts.post_name,
            "description": f"{facts.title} · {facts.post_name} · {facts.authority_name}",
            "criteria": {"narrative": "持有岗位证书，并按主管部门的规定完成继续教育学时，经认定后签发。"},
            "inLanguage": "zh-CN",
        },
    }
    if facts.hours.isdigit():  # other forms of a number have no one spelling in RDF
        subject["creditsEarned"] = int(facts.hours)
    credential: Credential = {
        "@context": [VC_CONTEXT, BADGE_CONTEXT],
        "id": f"urn:uuid:{facts.uuid}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": issuer.did, "type": ["Profile"], "name": issuer.name, "url": f"{issuer.site_url}/"},
        "validFrom": _instant(facts.issued_at),
        "name": f"{facts.post_name} · {facts.number}",
        "credentialSubject": subject,
    }
    if facts.status_index is not None:
        credential["credentialStatus"] = [
            _status_entry(issuer, purpose, facts.status_index, form) for purpose in PURPOSES
        ]
    return credential


def jwt_to_sign(credential: Credential, *, kid: str) -> str:
    """Header and payload of the credential as a JWT; the signature over these characters follows after a dot.

    Besides the credential the payload bears the registered names that say the same (Open Badges 3.0, 8.2.4).
    """
    issuer = credential["issuer"]
    claims = {
        **credential,
        "iss": issuer["id"] if isinstance(issuer, Mapping) else issuer,
        "jti": credential["id"],
        "nbf": _seconds(credential["validFrom"]),
    }
    if "validUntil" in credential:
        claims["exp"] = _seconds(credential["validUntil"])
    if subject := credential["credentialSubject"].get("id"):
        claims["sub"] = subject
    header = {"alg": "ES256", "typ": "vc+jwt", "cty": "vc", "kid": kid}
    return ".".join(to_base64url(_compact(part)) for part in (header, claims))


def unsigned_proof(credential: Credential, *, verification_method: str, created: datetime) -> dict[str, Any]:
    """A Data Integrity proof that lacks its value."""
    return {
        "@context": credential["@context"],
        "type": "DataIntegrityProof",
        "cryptosuite": "ecdsa-rdfc-2019",
        "created": _instant(created),
        "verificationMethod": verification_method,
        "proofPurpose": "assertionMethod",
    }


def proof_bytes(credential: Credential, proof: Mapping[str, Any]) -> bytes:
    """The 64 bytes that the proof signs: the digests of its own canonical form and of the credential's."""
    return b"".join(hashlib.sha256(canonical_quads(each).encode()).digest() for each in (proof, credential))


def with_proof(credential: Credential, proof: Mapping[str, Any], signature: bytes) -> Credential:
    """The credential with its proof and the proof's value."""
    shown = {name: value for name, value in proof.items() if name != "@context"}
    return {**credential, "proof": {**shown, "proofValue": "z" + base58(signature)}}


def _status_entry(issuer: Issuer, purpose: str, index: int, form: str) -> dict[str, str]:
    number, place = list_of(index)
    url = list_url(issuer.site_url, purpose, number, form)
    return {
        "id": f"{url}#{place}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(place),
        "statusListCredential": url,
    }


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _seconds(instant: str) -> int:
    return int(datetime.fromisoformat(instant).timestamp())


def _compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
