"""Keys that are made on first use: the demonstration's seal, visibly no real one, and the site's key for codes."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

VALID_SINCE = datetime(2016, 1, 1, tzinfo=UTC)  # demonstrations tell of years gone by
VALID_FOR = timedelta(days=3650)


def demo_key_file(folder: Path) -> tuple[Path, bytes]:
    """Give the demonstration's PKCS#12 file and its password, made on first use (ECDSA P-256, mode 0600).

    Several processes may start at once: the first file wins and all use it.
    """
    bundle, password = folder / "demo-signer.p12", folder / "password"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    make_once(password, lambda: secrets.token_urlsafe(24).encode())
    secret = password.read_bytes()
    make_once(bundle, lambda: _make_bundle(secret))
    return bundle, secret


def make_code_key_file(path: Path) -> Path:
    """Make a P-256 key that signs codes and credentials, on first use (PEM, mode 0600)."""
    make_once(path, _make_code_key)
    return path


def _make_code_key() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def make_once(path: Path, make: Callable[[], bytes]) -> None:
    """Write a secret file (mode 0600) unless it is there; of several processes at once the first wins."""
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(make())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first, and its file serves
    finally:
        draft.unlink()


def _make_bundle(password: bytes) -> bytes:
    until = datetime.now(UTC) + VALID_FOR
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = _name("学时演示根证书（无法律效力）")
    root = (
        _builder(root_name, root_name, root_key.public_key(), until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    leaf = (
        _builder(_name("学时演示电子证照专用章（无法律效力）"), root_name, key.public_key(), until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign_certificates=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(issuer, critical=False)
        .sign(root_key, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(b"xueshi-demo", key, leaf, [root], BestAvailableEncryption(password))


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "学时演示 Xueshi Demo"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(VALID_SINCE)
        .not_valid_after(until)
    )


def _usage(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        content_commitment=not sign_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        encipher_only=False,
        decipher_only=False,
    )
