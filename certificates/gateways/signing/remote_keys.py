"""Keys kept by a seal service elsewhere, reached as the Cloud Signature Consortium has it (API 1.0.4 and later 1.x).

The service sees digests, never a certificate. What it gives back is verified before it is used.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from http import HTTPStatus
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from certificates.gateways.signing.answers import NoAnswerError, ask, new_session
from certificates.gateways.signing.facts import SignerUnavailableError
from certificates.gateways.signing.keys import check_kind, check_signature, in_order, read_secret
from certificates.rules.signers import KeyPlan

SHA256_OID = "2.16.840.1.101.3.4.2.1"
ECDSA_WITH_SHA256_OID = "1.2.840.10045.4.3.2"
RSA_WITH_SHA256_OID = "1.2.840.113549.1.1.11"
LARGEST_ANSWER_BYTES = 256 * 1024


class RemoteKey:
    """A credential of a remote seal service; its HTTP connection is kept open by this process."""

    def __init__(self, plan: KeyPlan) -> None:
        self._plan = plan
        self._http = new_session()
        self.certificates = self._ask_certificates()
        self.public_key: PublicKeyTypes = self.certificates[0].public_key()
        check_kind(self.public_key, self._place)

    def sign(self, data: bytes) -> bytes:
        """Have the digest of ``data`` signed."""
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        is_curve = isinstance(self.public_key, EllipticCurvePublicKey)
        question: dict[str, Any] = {
            "credentialID": self._plan.credential,
            "hash": [digest],
            "hashAlgo": SHA256_OID,
            "signAlgo": ECDSA_WITH_SHA256_OID if is_curve else RSA_WITH_SHA256_OID,
        }
        pin = read_secret(self._plan.authorization, self._plan.name).decode()
        if pin:
            asked = {"credentialID": self._plan.credential, "numSignatures": 1, "hash": [digest], "PIN": pin}
            question["SAD"] = self._text(self._ask("credentials/authorize", asked), "SAD")
        answer = self._ask("signatures/signHash", question)
        signatures = answer.get("signatures")
        if not isinstance(signatures, list) or len(signatures) != 1:
            raise SignerUnavailableError(f"{self._place}: one signature was asked for, another number came")
        signature = self._bytes(signatures[0])
        check_signature(self.public_key, data, signature, self._place)
        return signature

    @property
    def _place(self) -> str:
        return f"{self._plan.name} ({self._plan.url})"

    def _ask_certificates(self) -> list[x509.Certificate]:
        asked = {"credentialID": self._plan.credential, "certificates": "chain", "certInfo": False, "authInfo": False}
        about = self._ask("credentials/info", asked).get("cert")
        texts = about.get("certificates") if isinstance(about, dict) else None
        if not isinstance(texts, list) or not texts:
            raise SignerUnavailableError(f"{self._place}: names no certificate")
        try:
            own, *others = [x509.load_der_x509_certificate(self._bytes(each)) for each in texts]
        except ValueError:
            raise SignerUnavailableError(f"{self._place}: sent what is no certificate") from None
        return [own, *in_order(own, others)]

    def _ask(self, what: str, question: dict[str, Any]) -> dict[str, Any]:
        """Ask the service; its words are not repeated, for they may hold what was sent."""
        token = read_secret(self._plan.secret, self._plan.name).decode()
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        try:
            came = ask(
                self._http,
                f"{self._plan.url.rstrip('/')}/csc/v1/{what}",
                body=json.dumps(question).encode(),
                headers=headers,
                timeout_seconds=self._plan.timeout_seconds,
                largest_bytes=LARGEST_ANSWER_BYTES,
            )
        except NoAnswerError as error:
            raise SignerUnavailableError(f"{self._place}: {what}: {error}") from None
        if came.status != HTTPStatus.OK:
            raise SignerUnavailableError(f"{self._place}: {what}: answered {came.status}")
        try:
            answer = json.loads(came.body)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise SignerUnavailableError(f"{self._place}: {what}: answered no JSON object")
        return answer

    def _text(self, answer: dict[str, Any], name: str) -> str:
        value = answer.get(name)
        if not isinstance(value, str) or not value:
            raise SignerUnavailableError(f"{self._place}: the answer holds no {name}")
        return value

    def _bytes(self, text: Any) -> bytes:
        try:
            return base64.b64decode(text, validate=True)
        except (TypeError, ValueError, binascii.Error):
            raise SignerUnavailableError(f"{self._place}: sent what is no base64") from None
