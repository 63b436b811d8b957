"""Time stamps of an authority elsewhere (RFC 3161 over HTTP): who witnesses when a seal was made."""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar

import asn1crypto.x509
from asn1crypto import algos, cms, core, tsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from certificates.enums import KeyPurpose
from certificates.gateways.signing.answers import NoAnswerError, ask, new_session
from certificates.gateways.signing.facts import KeyFacts, SignerUnavailableError, facts_of_certificate
from certificates.gateways.signing.keys import in_order, read_certificates, read_secret
from certificates.rules.signers import TsaPlan

LARGEST_ANSWER_BYTES = 64 * 1024
MEDIA_TYPE = "application/timestamp-reply"
GRANTED = {"granted", "granted_with_mods"}
BROKEN = (ValueError, TypeError, LookupError, AttributeError)  # what parsing rubbish may raise

_open: dict[tuple[TsaPlan, float], Tsa] = {}


class _Answer(core.Sequence):
    """TimeStampResp (RFC 3161, 2.4.2): a refusal bears no token."""

    _fields: ClassVar = [("status", tsp.PKIStatusInfo), ("time_stamp_token", cms.ContentInfo, {"optional": True})]


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """A token (DER) over our digest, and the authority's key, which leads to a root that we were given."""

    token: bytes
    witness: KeyFacts


class Tsa:
    """One time-stamping authority; its HTTP connection is kept open by this process."""

    def __init__(self, plan: TsaPlan) -> None:
        self._plan = plan
        self._http = new_session()
        self._roots = read_certificates(plan.roots)
        self.token_bytes = 0  # the longest token so far

    def room_bytes(self) -> int:
        """Say how long a token may become, after a first trial."""
        if not self.token_bytes:
            self.stamp(secrets.token_bytes(32))
        return self.token_bytes + 256  # serial numbers and times differ in length

    def stamp(self, digest: bytes) -> TimeStamp:
        """Have a SHA-256 ``digest`` stamped.

        :raises SignerUnavailableError: no answer in time, a refusal, or what is no trusted time stamp over our digest.
        """
        nonce = secrets.randbits(63) | 1 << 62
        imprint = {"hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}), "hashed_message": digest}
        question = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "nonce": nonce, "cert_req": True})
        body = self._ask(question.dump())
        try:
            answer = _Answer.load(body, strict=True)
            status = answer["status"]["status"].native
            if status not in GRANTED:
                raise self._refused(f"answered {status}")
            token = answer["time_stamp_token"]
            info = token["content"]["encap_content_info"]["content"].parsed
            if info["nonce"].native != nonce:
                raise self._refused("the answer is to another question")
            witness = self._check(token["content"], digest)
        except (SignatureValidationError, *BROKEN) as error:
            raise self._refused(f"sent no trusted time stamp ({type(error).__name__})") from None
        data: bytes = token.dump()
        self.token_bytes = max(self.token_bytes, len(data))
        return TimeStamp(token=data, witness=witness)

    def _check(self, signed: cms.SignedData, digest: bytes) -> KeyFacts:
        roots = [asn1crypto.x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in self._roots]
        context = ValidationContext(trust_roots=roots, allow_fetching=False)
        found = asyncio.run(validate_tst_signed_data(signed, context, lambda _algorithm: digest))
        status = TimestampSignatureStatus(**found)
        if not (status.intact and status.valid and status.trusted):
            raise self._refused("sent no trusted time stamp")
        sent = [x509.load_der_x509_certificate(each.chosen.dump()) for each in signed["certificates"]]
        own = x509.load_der_x509_certificate(status.signing_cert.dump())
        return facts_of_certificate(KeyPurpose.TSA, self._plan.name, own, in_order(own, [*sent, *self._roots]))

    def _ask(self, question: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query", "Accept": MEDIA_TYPE}
        if self._plan.user:
            password = read_secret(self._plan.password, self._plan.name)
            headers["Authorization"] = "Basic " + base64.b64encode(self._plan.user.encode() + b":" + password).decode()
        try:
            came = ask(
                self._http,
                self._plan.url,
                body=question,
                headers=headers,
                timeout_seconds=self._plan.timeout_seconds,
                largest_bytes=LARGEST_ANSWER_BYTES,
            )
        except NoAnswerError as error:
            raise self._refused(str(error)) from None
        if came.status != HTTPStatus.OK or came.media_type != MEDIA_TYPE:
            raise self._refused(f"answered {came.status} and no time stamp")
        return came.body

    def _refused(self, words: str) -> SignerUnavailableError:
        return SignerUnavailableError(f"{self._plan.name} ({self._plan.url}): {words}")


def open_tsa(plan: TsaPlan) -> Tsa:
    """Give the authority of a plan, one a process.

    :raises SignerUnavailableError: its roots cannot be read.
    """
    try:
        cache_key = (plan, os.stat(plan.roots).st_mtime)
    except OSError as error:
        raise SignerUnavailableError(f"{plan.roots}: {error.strerror}") from None
    if cache_key not in _open:
        _open[cache_key] = Tsa(plan)
    return _open[cache_key]


os.register_at_fork(after_in_child=_open.clear)
