"""Credentials signed in the two forms that verifiers read."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from certificates.gateways.signing import code_key, sign_code
from certificates.queries.code_keys import issuer_of_site
from certificates.rules.code_payload import to_base64url
from certificates.rules.credentials import jwt_to_sign, proof_bytes, unsigned_proof, with_proof
from certificates.rules.did import multikey


def signed_jwt(credential: dict[str, Any], *, signer: str = "") -> str:
    """The credential as a VC-JWT (``application/vc+jwt``)."""
    text = jwt_to_sign(credential, kid=f"{issuer_of_site().did}#{code_key(signer).kid}")
    signature, _kid = sign_code(text.encode(), signer=signer)
    return f"{text}.{to_base64url(signature)}"


def signed_json(credential: dict[str, Any], *, now: datetime, signer: str = "") -> str:
    """The credential as JSON with a Data Integrity proof (``application/vc``)."""
    method = f"{issuer_of_site().did}#{multikey(code_key(signer).public_jwk)}"
    proof = unsigned_proof(credential, verification_method=method, created=now)
    signature, _kid = sign_code(proof_bytes(credential, proof), signer=signer)
    return json.dumps(with_proof(credential, proof, signature), ensure_ascii=False)
