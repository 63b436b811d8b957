"""Keys that lie in files, and what every key has in common."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12
from django.conf import settings

from certificates.gateways.signing.facts import SignerUnavailableError
from certificates.rules.signers import KeyPlan, Secret

SHORTEST_RSA_BITS = 2048


class Key(Protocol):
    """A key that signs: P-256 (the result as DER) or RSA (PKCS #1 v1.5), SHA-256 over ``data``."""

    @property
    def public_key(self) -> PublicKeyTypes:
        """The public half."""
        ...

    @property
    def certificates(self) -> list[x509.Certificate]:
        """The key's own certificate first, then what leads from it to the root; empty for a bare key."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Sign ``data``.

        :raises SignerUnavailableError: the key cannot be used now, or what came back is no signature of it.
        """
        ...


class FileKey:
    """A key read from a PKCS#12 or PEM file, kept open: reading it anew costs more than signing."""

    def __init__(self, private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, found: list[x509.Certificate]) -> None:
        self._private = private
        self.public_key: PublicKeyTypes = private.public_key()
        self.certificates = found

    def sign(self, data: bytes) -> bytes:
        """Sign in this process."""
        if isinstance(self._private, ec.EllipticCurvePrivateKey):
            return self._private.sign(data, ec.ECDSA(hashes.SHA256()))
        return self._private.sign(data, padding.PKCS1v15(), hashes.SHA256())


def open_file_key(plan: KeyPlan) -> FileKey:
    """Open a PKCS#12 or PEM file.

    :raises SignerUnavailableError: no such file, another password, a key of another kind; the file is named.
    """
    secret = read_secret(plan.secret, plan.name)
    try:
        data = Path(plan.file).read_bytes()
    except OSError as error:
        raise SignerUnavailableError(f"{plan.file}: {error.strerror}") from None
    try:
        if plan.kind == "pem":
            private: object = load_pem_private_key(data, password=secret or None)
            own, others = None, list[x509.Certificate]()
        else:
            private, own, others = pkcs12.load_key_and_certificates(data, secret)
    except (ValueError, TypeError):
        raise SignerUnavailableError(f"{plan.file}: not a key file, or another password") from None
    if not isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise SignerUnavailableError(f"{plan.file}: holds no P-256 or RSA key")
    if plan.kind == "pkcs12" and (own is None or own.public_key() != private.public_key()):
        raise SignerUnavailableError(f"{plan.file}: holds no certificate of its key")
    check_kind(private.public_key(), plan.file)
    return FileKey(private, [] if own is None else [own, *in_order(own, others)])


def check_kind(key: PublicKeyTypes, place: str) -> None:
    """Let P-256 and RSA of at least 2048 bits pass.

    :raises SignerUnavailableError: another kind of key.
    """
    fits = (isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == "secp256r1") or (
        isinstance(key, rsa.RSAPublicKey) and key.key_size >= SHORTEST_RSA_BITS
    )
    if not fits:
        raise SignerUnavailableError(f"{place}: neither a P-256 key nor RSA of {SHORTEST_RSA_BITS} bits or more")


def check_signature(key: PublicKeyTypes, data: bytes, signature: bytes, place: str) -> None:
    """Verify what a key elsewhere gave back: a wrong key, another digest or rubbish must not reach a certificate.

    :raises SignerUnavailableError: it is not this key's signature over ``data``.
    """
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        raise SignerUnavailableError(f"{place}: gave back what is no signature of its key over our data") from None


def read_certificates(path: str) -> list[x509.Certificate]:
    """Read a PEM file with certificates.

    :raises SignerUnavailableError: no such file, or no certificate in it.
    """
    try:
        return x509.load_pem_x509_certificates(Path(path).read_bytes())
    except OSError as error:
        raise SignerUnavailableError(f"{path}: {error.strerror}") from None
    except ValueError:
        raise SignerUnavailableError(f"{path}: holds no certificate") from None


def in_order(own: x509.Certificate, others: list[x509.Certificate]) -> list[x509.Certificate]:
    """Put the certificates in order that lead from ``own`` to its root, and leave out what does not belong there."""
    chain: list[x509.Certificate] = []
    last = own
    while last.issuer != last.subject:
        above = next((each for each in others if each not in chain and _issued(each, last)), None)
        if above is None:
            break
        chain.append(above)
        last = above
    return chain


def _issued(above: x509.Certificate, below: x509.Certificate) -> bool:
    """Whether ``above`` signed ``below``: a root that was renewed bears the same name as the one before."""
    try:
        below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def read_secret(secret: Secret, place: str) -> bytes:
    """Read a password, PIN or token where it stands; empty where none is named.

    :raises SignerUnavailableError: the variable or file is not there; its content is never part of a message.
    """
    if secret.value:
        return secret.value.encode()
    if secret.env:
        if secret.env not in settings.XUESHI_SECRETS:
            raise SignerUnavailableError(f"{place}: the environment variable {secret.env} is not set")
        return str(settings.XUESHI_SECRETS[secret.env]).encode()
    if secret.file:
        try:
            return Path(secret.file).read_bytes().rstrip(b"\r\n")
        except OSError as error:
            raise SignerUnavailableError(f"{secret.file}: {error.strerror}") from None
    return b""
