"""The CMS object of a seal (RFC 5652, RFC 5035, ETSI EN 319 122-1), written as DER without detours.

Building it of objects costs ten times as much as signing; only the digest and the signature differ from file to file.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding

SEQUENCE, SET, OCTETS, VERSION_1 = 0x30, 0x31, 0x04, bytes.fromhex("020101")
DATA = bytes.fromhex("06092a864886f70d010701")
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
CONTENT_TYPE = bytes.fromhex("06092a864886f70d010903")
MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
ALGORITHM_PROTECTION = bytes.fromhex("06092a864886f70d010934")
SIGNING_CERTIFICATE_V2 = bytes.fromhex("060b2a864886f70d010910022f")
TIME_STAMP_TOKEN = bytes.fromhex("060b2a864886f70d010910020e")
SHA256 = bytes.fromhex("300b0609608648016503040201")
ECDSA_WITH_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
RSA_WITH_SHA256 = bytes.fromhex("300d06092a864886f70d01010b0500")


@dataclass(frozen=True, slots=True)
class CmsFrame:
    """Everything of a seal's CMS object that is the same for every file of one key."""

    certificates: bytes
    signer: bytes
    signature_algorithm: bytes
    steady_attributes: tuple[bytes, ...]

    def signed_attributes(self, digest: bytes) -> bytes:
        """Write what the key signs for a file whose bytes have the SHA-256 ``digest``."""
        return tlv(SET, self._attributes(digest))

    def signed_data(self, digest: bytes, signature: bytes, *, time_stamp: bytes = b"") -> bytes:
        """Put the object together; ``time_stamp`` is the token over ``signature``."""
        unsigned = tlv(0xA1, attribute(TIME_STAMP_TOKEN, time_stamp)) if time_stamp else b""
        attributes = tlv(0xA0, self._attributes(digest))
        parts = (VERSION_1, self.signer, SHA256, attributes, self.signature_algorithm, tlv(OCTETS, signature), unsigned)
        infos = tlv(SET, tlv(SEQUENCE, b"".join(parts)))
        body = (VERSION_1, tlv(SET, SHA256), tlv(SEQUENCE, DATA), self.certificates, infos)
        return tlv(SEQUENCE, SIGNED_DATA + tlv(0xA0, tlv(SEQUENCE, b"".join(body))))

    def _attributes(self, digest: bytes) -> bytes:
        return b"".join(sorted((*self.steady_attributes, attribute(MESSAGE_DIGEST, tlv(OCTETS, digest)))))


def frame_of(certificate: x509.Certificate, chain: list[x509.Certificate]) -> CmsFrame:
    """Prepare the objects that the key of ``certificate`` will sign; ``chain`` goes into each beside it."""
    ders = [each.public_bytes(Encoding.DER) for each in (certificate, *chain)]
    algorithm = ECDSA_WITH_SHA256 if isinstance(certificate.public_key(), EllipticCurvePublicKey) else RSA_WITH_SHA256
    issuer = certificate.issuer.public_bytes() + _integer(certificate.serial_number)
    general_name = tlv(SEQUENCE, tlv(0xA4, certificate.issuer.public_bytes())) + _integer(certificate.serial_number)
    # ESSCertIDv2: SHA-256 is its default and is left out
    essential = tlv(SEQUENCE, tlv(OCTETS, hashlib.sha256(ders[0]).digest()) + tlv(SEQUENCE, general_name))
    protected = tlv(SEQUENCE, SHA256 + tlv(0xA1, _content(algorithm)))
    return CmsFrame(
        certificates=tlv(0xA0, b"".join(sorted(ders))),
        signer=tlv(SEQUENCE, issuer),
        signature_algorithm=algorithm,
        steady_attributes=(
            attribute(CONTENT_TYPE, DATA),
            attribute(ALGORITHM_PROTECTION, protected),
            attribute(SIGNING_CERTIFICATE_V2, tlv(SEQUENCE, tlv(SEQUENCE, essential))),
        ),
    )


def attribute(kind: bytes, value: bytes) -> bytes:
    """Write one attribute with one value."""
    return tlv(SEQUENCE, kind + tlv(SET, value))


def tlv(tag: int, body: bytes) -> bytes:
    """Write a DER element: tag, length, value (X.690)."""
    length = len(body)
    if length < 0x80:
        return bytes((tag, length)) + body
    size = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + length.to_bytes(size, "big") + body


def _integer(number: int) -> bytes:
    return tlv(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _content(element: bytes) -> bytes:
    """Strip tag and length of a short element."""
    return element[2:]
