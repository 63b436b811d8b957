"""Keys, certificates and signers' files for tests: real ones, made on the spot, with names that show what they are."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
SINCE = datetime(2016, 1, 1, tzinfo=UTC)
UNTIL = datetime(2046, 1, 1, tzinfo=UTC)
PASSWORD = "测试口令-never-in-a-log"


def make_private_key(kind: str = "P-256") -> PrivateKey:
    """A key of ``P-256``, ``P-384`` or ``RSA-2048`` (any length)."""
    if kind.startswith("RSA"):
        return rsa.generate_private_key(65537, int(kind.removeprefix("RSA-")))
    return ec.generate_private_key(ec.SECP256R1() if kind == "P-256" else ec.SECP384R1())


def _public(key: PrivateKey | PublicKey) -> PublicKey:
    return key.public_key() if isinstance(key, PrivateKey) else key


def make_name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


@dataclass
class CertificationAuthority:
    """A root that certifies seals and time stamps, and tells which certificates it took back."""

    name: str = "测试根证书"
    key: PrivateKey = field(default_factory=make_private_key)

    def __post_init__(self) -> None:
        public = self.key.public_key()
        self.certificate = (
            self._builder(make_name(self.name), public, since=SINCE, until=UNTIL)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(False, False, False, False, False, True, True, False, False), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .sign(self.key, hashes.SHA256())
        )

    def certify(
        self,
        key: PrivateKey | PublicKey,
        name: str = "测试省电子印章",
        *,
        since: datetime = SINCE,
        until: datetime = UNTIL,
        stamps_times: bool = False,
        list_address: str = "",
    ) -> x509.Certificate:
        """Certify a key that seals, or one that stamps times; ``list_address`` is where its revocation would stand."""
        builder = self._builder(make_name(name), _public(key), since=since, until=until).add_extension(
            x509.KeyUsage(True, True, False, False, False, False, False, False, False), critical=True
        )
        if list_address:
            place = x509.DistributionPoint([x509.UniformResourceIdentifier(list_address)], None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([place]), critical=False)
        if stamps_times:
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        return builder.sign(self.key, hashes.SHA256())

    def revocation_list(self, *revoked: tuple[x509.Certificate, datetime]) -> bytes:
        """The list of what was taken back and when, as DER."""
        now = datetime.now(UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(make_name(self.name))
            .last_update(now - timedelta(hours=1))
            .next_update(now + timedelta(days=30))
        )
        for certificate, at in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number).revocation_date(at)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def _builder(
        self, subject: x509.Name, key: PublicKey, *, since: datetime, until: datetime
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(make_name(self.name))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(since)
            .not_valid_after(until)
        )


def write_key_file(
    folder: Path,
    *,
    kind: str = "P-256",
    name: str = "seal",
    authority: CertificationAuthority | None = None,
    password: str = PASSWORD,
    since: datetime = SINCE,
    until: datetime = UNTIL,
    common_name: str = "测试省电子印章",
    list_address: str = "",
) -> Path:
    """Write a PKCS#12 file with a new key, its certificate and the root above it."""
    authority, key = authority or CertificationAuthority(), make_private_key(kind)
    certificate = authority.certify(key, common_name, since=since, until=until, list_address=list_address)
    path = folder / f"{name}.p12"
    sealed = BestAvailableEncryption(password.encode())
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(name.encode(), key, certificate, [authority.certificate], sealed)
    )
    return path


def write_secret(folder: Path, name: str, secret: str = PASSWORD) -> Path:
    """Write a password file as an operator does: with a line end."""
    path = folder / name
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(f"{secret}\n")
    return path


def write_code_key(folder: Path, *, kind: str = "P-256", name: str = "code") -> Path:
    """Write a bare private key as PEM."""
    path = folder / f"{name}.pem"
    key = make_private_key(kind)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def write_certificates(path: Path, *certificates: x509.Certificate) -> Path:
    """Write certificates as PEM."""
    path.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in certificates))
    return path


def write_signers_file(folder: Path, text: str) -> Path:
    """Write a signers' file."""
    path = folder / "signers.toml"
    path.write_text(text, encoding="utf-8")
    return path


def one_signer(folder: Path, *, level: str = "B-B", more: str = "", **key: str) -> str:
    """The text of a signers' file whose one signer seals with a PKCS#12 file of ``folder``."""
    tsa = '\ntsa = "tsa"' if level != "B-B" else ""
    return (
        f'default = "site"\n[signers.site]\nseal = "seal"\nlevel = "{level}"{tsa}\n'
        f'[keys.seal]\nkind = "pkcs12"\nfile = "{folder / "seal.p12"}"\n'
        f'password_file = "{write_secret(folder, "password")}"\n{more}'
    )


def write_sm2_key(folder: Path, *, days: int = 3650) -> tuple[Path, Path]:
    """Write an SM2 key under the usual password, and the certificate that it signed itself."""
    key, certificate = folder / "sm2.pem", folder / "sm2-certificate.pem"
    bare = folder / "sm2-bare.pem"
    subject = ["-days", str(days), "-subj", "/CN=SM2 test seal", "-sigopt", "distid:1234567812345678"]
    commands: list[list[str]] = [
        ["genpkey", "-algorithm", "SM2", "-out", str(bare)],
        ["req", "-x509", "-new", "-key", str(bare), "-sm3", *subject, "-out", str(certificate)],
        ["pkey", "-in", str(bare), "-aes256", "-passout", f"pass:{PASSWORD}", "-out", str(key)],
    ]
    for command in commands:
        subprocess.run(["openssl", *command], check=True, capture_output=True, timeout=60)
    bare.unlink()
    return key, certificate


def write_sm2_signers_file(folder: Path) -> Path:
    """Write a signers' file whose one signer seals with P-256 and signs beside with SM2."""
    write_key_file(folder)
    key, certificate = write_sm2_key(folder)
    text = one_signer(folder).replace('level = "B-B"', 'level = "B-B"\nsm2 = "sm2"') + (
        f'[keys.sm2]\nkind = "sm2"\nfile = "{key}"\ncertificate = "{certificate}"\n'
        f'password_file = "{write_secret(folder, "sm2-password")}"\n'
    )
    return write_signers_file(folder, text)
