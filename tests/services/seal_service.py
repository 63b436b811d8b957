"""A remote seal service as the Cloud Signature Consortium describes it (API 1.0.4), with a real key inside.

It answers what a real service answers, and refuses what one refuses; ``trouble`` makes it fail in a chosen way.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding

from tests.factories.signers import CertificationAuthority, PrivateKey, make_private_key
from tests.services.answering import Asked, Reply, answering

SHA256_OID = "2.16.840.1.101.3.4.2.1"
ALGORITHMS = {"P-256": "1.2.840.10045.4.3.2", "RSA-2048": "1.2.840.113549.1.1.11"}
TOKEN, PIN, CREDENTIAL = "bearer-token-of-a-test", "pin-of-a-test-4711", "SEAL-2026"


@dataclass
class SealService:
    """The service; ``asked`` tells what it was asked, ``trouble`` how it misbehaves (empty: not at all)."""

    kind: str = "P-256"
    wants_pin: bool = False
    trouble: str = ""
    asked: list[str] = field(default_factory=list)
    granted: dict[str, str] = field(default_factory=dict)
    authority: CertificationAuthority = field(default_factory=CertificationAuthority)

    def __post_init__(self) -> None:
        self.key = make_private_key(self.kind)
        self.certificate = self.authority.certify(self.key, "测试远程印章")
        self.other_key = make_private_key(self.kind)

    def change_key(self) -> None:
        """Put another key in place of the credential's, as a service does when a certificate is renewed."""
        self.key = make_private_key(self.kind)
        self.certificate = self.authority.certify(self.key, "测试远程新印章")

    def answer(self, asked: Asked) -> Reply:
        """Answer one question."""
        what = asked.path.removeprefix("/csc/v1/")
        self.asked.append(what)
        if asked.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _refuse(401, "invalid_request")
        if what == "signatures/signHash" and self.trouble and (reply := self._misbehave()) is not None:
            return reply
        question = json.loads(asked.body)
        if question.get("credentialID") != CREDENTIAL:
            return _refuse(400, "invalid_request")
        answers = {
            "credentials/info": self._info,
            "credentials/authorize": self._authorize,
            "signatures/signHash": self._sign,
        }
        return answers[what](question) if what in answers else _refuse(404, "invalid_request")

    def _info(self, question: dict[str, Any]) -> Reply:
        chain = [self.certificate, self.authority.certificate]
        texts = [base64.b64encode(each.public_bytes(Encoding.DER)).decode() for each in chain]
        if self.trouble == "no certificate":
            texts = [base64.b64encode(b"rubbish").decode()]
        return _json(
            {
                "key": {"status": "enabled", "algo": [ALGORITHMS[self.kind]], "len": 256},
                "cert": {"status": "valid", "certificates": texts},
                "authMode": "explicit" if self.wants_pin else "implicit",
                "SCAL": "2" if self.wants_pin else "1",
                "multisign": 1,
            }
        )

    def _authorize(self, question: dict[str, Any]) -> Reply:
        if question.get("PIN") != PIN or question.get("numSignatures") != 1:
            return _refuse(400, "invalid_pin")
        sad = base64.b64encode(hashlib.sha256(json.dumps(question).encode()).digest()).decode()
        self.granted[sad] = question["hash"][0]
        return _json({"SAD": sad, "expiresIn": 60})

    def _sign(self, question: dict[str, Any]) -> Reply:
        (digest,) = question["hash"]
        if self.wants_pin and self.granted.pop(question.get("SAD", ""), None) != digest:
            return _refuse(400, "invalid_sad")
        if question.get("signAlgo") != ALGORITHMS[self.kind] or question.get("hashAlgo") != SHA256_OID:
            return _refuse(400, "invalid_algo")
        data = base64.b64decode(digest)
        if self.trouble == "another digest":
            data = hashlib.sha256(data).digest()
        key = self.other_key if self.trouble == "another key" else self.key
        return _json(
            {"signatures": [base64.b64encode(_sign(key, data)).decode()] * (2 if self.trouble == "two" else 1)}
        )

    def _misbehave(self) -> Reply | None:
        replies = {
            "no JSON": Reply(b"<html>bad gateway</html>"),
            "no object": Reply(b"[]"),
            "no base64": _json({"signatures": ["%%%"]}),
            "rubbish": _json({"signatures": [base64.b64encode(b"rubbish").decode()]}),
            "none": _json({"signatures": []}),
            "error": _refuse(500, f"the token was {TOKEN}"),
            "moved": Reply(status=302),
            "endless": Reply(pieces=iter(lambda: b" " * 65536, b"")),
            "drip": Reply(pieces=_drip()),
        }
        if self.trouble == "silent":
            time.sleep(1.5)
        return replies.get(self.trouble)


def _drip() -> Iterator[bytes]:
    while True:
        time.sleep(0.1)
        yield b" "


def _sign(key: PrivateKey, digest: bytes) -> bytes:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))
    return key.sign(digest, padding.PKCS1v15(), Prehashed(hashes.SHA256()))


def _json(value: dict[str, Any]) -> Reply:
    return Reply(json.dumps(value).encode())


def _refuse(status: int, error: str) -> Reply:
    return Reply(json.dumps({"error": error}).encode(), status=status)


@contextmanager
def seal_service(**options: Any) -> Iterator[tuple[SealService, str]]:
    """Run a service; gives it and its address."""
    service = SealService(**options)
    with answering(service.answer) as address:
        yield service, address
