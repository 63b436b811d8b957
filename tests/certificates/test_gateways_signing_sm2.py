"""SM2 with SM3 beside a file: OpenSSL signs, another implementation checks."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import asn1crypto.algos
import asn1crypto.pem
import asn1crypto.x509
import gmalg
import pytest

from certificates.gateways.signing import (
    SignerUnavailableError,
    check_beside,
    seal_beside,
    seal_pdf,
    sm2_signers,
)
from tests.factories.certificate_pages import make_page
from tests.factories.signers import PASSWORD, write_secret, write_sm2_key, write_sm2_signers_file

SIGNED_AT = datetime(2026, 3, 10, tzinfo=UTC)


@pytest.fixture
def configured(tmp_path: Path, settings) -> Path:
    settings.XUESHI_SIGNERS_FILE = str(write_sm2_signers_file(tmp_path))
    return tmp_path


def agrees(data: bytes, value: bytes, certificate_pem: str) -> bool:
    """Ask gmalg, an implementation of its own in Python."""
    _kind, _headers, der = asn1crypto.pem.unarmor(certificate_pem.encode())
    point = asn1crypto.x509.Certificate.load(der).public_key["public_key"].native
    parts = asn1crypto.algos.DSASignature.load(value).native
    r, s = (parts[each].to_bytes(32, "big") for each in ("r", "s"))
    return gmalg.SM2(uid=b"1234567812345678", pk=point).verify(data, r, s)


def test_two_implementations_agree_on_the_signature(configured: Path):
    data = seal_pdf(make_page(), signer="", now=SIGNED_AT).data
    seal = seal_beside(data, signer="")
    assert seal is not None
    assert (seal.algorithm, seal.key.purpose, seal.key.public_jwk, len(seal.key.kid)) == ("SM2-SM3", "sm2", {}, 64)
    assert check_beside(data, seal.value, key=seal.key)
    assert agrees(data, seal.value, seal.key.certificate_pem)


def test_openssl_checks_what_another_implementation_signed(tmp_path: Path, configured: Path):
    """The other way round: a signature of gmalg, under the key of our certificate."""
    text = subprocess.run(
        ["openssl", "pkey", "-in", tmp_path / "sm2.pem", "-passin", f"pass:{PASSWORD}", "-noout", "-text"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    secret = bytes.fromhex("".join(text.split("priv:")[1].split("pub:")[0].replace(":", "").split()))[-32:]
    seal = seal_beside(b"", signer="")
    assert seal is not None
    r, s = gmalg.SM2(secret, uid=b"1234567812345678").sign(b"a file")
    numbers = {"r": int.from_bytes(r, "big"), "s": int.from_bytes(s, "big")}
    assert check_beside(b"a file", asn1crypto.algos.DSASignature(numbers).dump(), key=seal.key)


@pytest.mark.parametrize("changed", [b"another file", b""])
def test_another_file_or_another_signature_does_not_pass(configured: Path, changed: bytes):
    seal = seal_beside(b"a file", signer="")
    assert seal is not None
    assert not check_beside(changed, seal.value, key=seal.key)
    assert not check_beside(b"a file", b"rubbish", key=seal.key)
    assert not agrees(changed, seal.value, seal.key.certificate_pem)


def test_signer_without_an_sm2_key_signs_nothing_beside(settings):
    assert seal_beside(b"a file", signer="") is None
    assert sm2_signers(["", "nobody"]) == []


def test_signers_with_an_sm2_key_are_known(configured: Path):
    assert sm2_signers(["", "site", "nobody"]) == ["", "site"]


def test_wrong_password_is_refused_and_not_told(configured: Path):
    write_secret(configured, "sm2-password", "another-secret-4711")
    with pytest.raises(SignerUnavailableError, match=r"sm2\.pem: OpenSSL cannot use this key") as refused:
        seal_beside(b"a file", signer="")
    assert "4711" not in str(refused.value)


def test_certificate_of_another_key_is_refused(configured: Path):
    first = (configured / "sm2.pem").read_bytes()
    write_sm2_key(configured)
    (configured / "sm2.pem").write_bytes(first)
    with pytest.raises(SignerUnavailableError, match="is not the certificate of the key"):
        seal_beside(b"a file", signer="")


def test_missing_files_are_named(configured: Path):
    (configured / "sm2.pem").unlink()
    with pytest.raises(SignerUnavailableError, match=r"sm2\.pem"):
        seal_beside(b"a file", signer="")
    (configured / "sm2-certificate.pem").write_text("rubbish")
    with pytest.raises(SignerUnavailableError, match=r"sm2-certificate\.pem: holds no certificate"):
        seal_beside(b"a file", signer="")
