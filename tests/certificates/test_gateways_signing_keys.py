"""Keys in files, and which key signs for whom."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from certificates.gateways.signing import (
    SignatureFacts,
    SignerUnavailableError,
    check_seal,
    code_key,
    configured_keys,
    seal_pdf,
    sign_code,
    sign_pdf,
    trust_roots,
    validate_signature,
)
from certificates.gateways.signing.book import find_signer
from certificates.gateways.signing.facts import thumbprint
from tests.factories.certificate_pages import make_page, poppler
from tests.factories.signers import (
    PASSWORD,
    CertificationAuthority,
    one_signer,
    write_code_key,
    write_key_file,
    write_secret,
    write_signers_file,
)

SIGNED_AT = datetime(2026, 3, 10, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["P-256", "RSA-2048", "RSA-3072"])
def test_configured_key_file_signs(tmp_path: Path, settings, kind: str):
    authority = CertificationAuthority()
    settings.XUESHI_SIGNING_KEY_FILE = str(write_key_file(tmp_path, kind=kind, authority=authority))
    settings.XUESHI_SIGNING_KEY_PASSWORD = PASSWORD
    sealed = seal_pdf(make_page(), signer="", now=SIGNED_AT)
    assert validate_signature(sealed.data) == SignatureFacts(
        "测试省电子印章", SIGNED_AT, intact=True, valid=True, trusted=True, whole_file=True, kid=sealed.key.kid
    )
    assert "Signature is Valid." in poppler("pdfsig", sealed.data, tmp_path, "-nocert")
    assert [x509.load_der_x509_certificate(each) for each in trust_roots()] == [authority.certificate]


def test_thumbprint_is_that_of_rfc_7638():
    """The example of section 3.1."""
    n = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3"
        "oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdA"
        "ZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-"
        "kEgU8awapJzKnqDKgw"
    )
    assert thumbprint({"e": "AQAB", "kty": "RSA", "n": n}) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


@pytest.mark.parametrize(
    ("kind", "algorithm", "library"), [("P-256", "ES256", ECAlgorithm), ("RSA-2048", "RS256", RSAAlgorithm)]
)
def test_key_is_told_as_another_library_reads_it(tmp_path: Path, settings, kind: str, algorithm: str, library: type):
    settings.XUESHI_SIGNING_KEY_FILE = str(write_key_file(tmp_path, kind=kind))
    settings.XUESHI_SIGNING_KEY_PASSWORD = PASSWORD
    key = seal_pdf(make_page(), signer="", now=SIGNED_AT).key
    own = x509.load_pem_x509_certificate(key.certificate_pem.encode())
    assert library.from_jwk(key.public_jwk) == own.public_key()
    assert (key.kid, key.algorithm) == (thumbprint(key.public_jwk), algorithm)


@pytest.mark.parametrize("password", ["another", ""])
def test_key_file_with_another_password_is_named(tmp_path: Path, settings, password: str):
    settings.XUESHI_SIGNING_KEY_FILE = str(write_key_file(tmp_path))
    settings.XUESHI_SIGNING_KEY_PASSWORD = password
    with pytest.raises(SignerUnavailableError, match=r"seal\.p12: not a key file, or another password"):
        sign_pdf(make_page(), now=SIGNED_AT)


def test_missing_key_file_is_named(tmp_path: Path, settings):
    settings.XUESHI_SIGNING_KEY_FILE = str(tmp_path / "lost.p12")
    with pytest.raises(SignerUnavailableError, match=r"lost\.p12: No such file"):
        sign_pdf(make_page(), now=SIGNED_AT)


@pytest.mark.parametrize("kind", ["P-384", "RSA-1024"])
def test_key_of_another_kind_is_refused(tmp_path: Path, settings, kind: str):
    settings.XUESHI_SIGNING_KEY_FILE = str(write_key_file(tmp_path, kind=kind))
    settings.XUESHI_SIGNING_KEY_PASSWORD = PASSWORD
    with pytest.raises(SignerUnavailableError, match="neither a P-256 key nor RSA of 2048 bits or more"):
        sign_pdf(make_page(), now=SIGNED_AT)


def test_outside_a_demonstration_nothing_is_sealed_without_a_key(settings, tmp_path: Path):
    settings.XUESHI_HOME, settings.XUESHI_SIGNING_KEY_FILE = tmp_path, ""
    with pytest.raises(SignerUnavailableError, match="set XUESHI_SIGNING_KEY_FILE or XUESHI_SIGNERS_FILE"):
        sign_pdf(make_page(), now=SIGNED_AT)
    assert list(tmp_path.iterdir()) == []


def test_demonstration_seals_with_its_own_key(settings, tmp_path: Path):
    settings.XUESHI_HOME, settings.XUESHI_SIGNING_KEY_FILE, settings.XUESHI_DEMO = tmp_path, "", True
    sealed = seal_pdf(make_page(), signer="", now=SIGNED_AT)
    facts = check_seal(sealed.data, keys=[sealed.key], at=SIGNED_AT)
    assert facts is not None
    assert (facts.signer, facts.trusted) == ("学时演示电子证照专用章（无法律效力）", True)


def test_authorities_have_signers_of_their_own(settings, tmp_path: Path):
    secret = write_secret(tmp_path, "password")
    for name in ("site", "other"):
        write_key_file(tmp_path, name=name, common_name=f"{name} seal")
    keys = "".join(
        f'[keys.{name}]\nkind = "pkcs12"\nfile = "{tmp_path}/{name}.p12"\npassword_file = "{secret}"\n'
        for name in ("site", "other")
    )
    text = f'default = "all"\n[signers.all]\nseal = "site"\n[signers.province]\nseal = "other"\n{keys}'
    settings.XUESHI_SIGNERS_FILE = str(write_signers_file(tmp_path, text))
    sealed = {name: seal_pdf(make_page(), signer=name, now=SIGNED_AT) for name in ("", "all", "province")}
    found = [check_seal(each.data, keys=configured_keys(), at=SIGNED_AT) for each in sealed.values()]
    assert [(facts.signer, facts.trusted) for facts in found if facts] == [
        ("site seal", True),
        ("site seal", True),
        ("other seal", True),
    ]
    with pytest.raises(SignerUnavailableError, match="no signer named nobody"):
        seal_pdf(make_page(), signer="nobody", now=SIGNED_AT)


def test_password_may_come_from_the_environment(settings, tmp_path: Path):
    write_key_file(tmp_path)
    place = f'password_file = "{tmp_path / "password"}"'
    text = one_signer(tmp_path).replace(place, 'password_env = "XUESHI_SECRET_SEAL"')
    settings.XUESHI_SIGNERS_FILE = str(write_signers_file(tmp_path, text))
    with pytest.raises(SignerUnavailableError, match="environment variable XUESHI_SECRET_SEAL is not set"):
        sign_pdf(make_page(), now=SIGNED_AT)
    settings.XUESHI_SECRETS = {"XUESHI_SECRET_SEAL": PASSWORD}
    assert sign_pdf(make_page(), now=SIGNED_AT).startswith(b"%PDF")


def test_changed_signers_file_counts_at_once_and_a_broken_one_is_named(settings, tmp_path: Path):
    write_key_file(tmp_path)
    path = write_signers_file(tmp_path, one_signer(tmp_path))
    settings.XUESHI_SIGNERS_FILE = str(path)
    sign_pdf(make_page(), now=SIGNED_AT)
    path.write_text("default = [")
    os.utime(path, (1, 1))
    with pytest.raises(SignerUnavailableError, match=r"signers\.toml: not TOML"):
        sign_pdf(make_page(), now=SIGNED_AT)
    path.unlink()
    with pytest.raises(SignerUnavailableError, match=r"signers\.toml: No such file"):
        sign_pdf(make_page(), now=SIGNED_AT)


def test_passwords_stand_in_no_representation(settings, tmp_path: Path):
    settings.XUESHI_SIGNING_KEY_FILE, settings.XUESHI_SIGNING_KEY_PASSWORD = str(write_key_file(tmp_path)), PASSWORD
    assert PASSWORD not in repr(find_signer(""))


def test_codes_are_signed_raw_by_a_key_made_once(settings, tmp_path: Path):
    settings.XUESHI_HOME = tmp_path
    signature, kid = sign_code(b"a code", signer="")
    path = tmp_path / "code-key.pem"
    made = path.read_bytes()
    assert (len(signature), path.stat().st_mode & 0o777, code_key("").kid) == (64, 0o600, kid)
    verify(b"a code", signature, code_key("").public_jwk)
    assert sign_code(b"a code", signer="")[1] == kid
    assert path.read_bytes() == made


def verify(data: bytes, signature: bytes, jwk: dict[str, str]) -> None:
    public = ECAlgorithm.from_jwk(jwk)
    assert isinstance(public, ec.EllipticCurvePublicKey)
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    public.verify(encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))


def test_configured_code_key_signs(settings, tmp_path: Path):
    settings.XUESHI_CODE_KEY_FILE = str(write_code_key(tmp_path))
    signature, kid = sign_code(b"a code", signer="")
    verify(b"a code", signature, code_key("").public_jwk)
    write_key_file(tmp_path)
    text = one_signer(tmp_path).replace('level = "B-B"', 'level = "B-B"\ncode = "code"')
    text += f'[keys.code]\nkind = "pem"\nfile = "{write_code_key(tmp_path, name="other")}"\n'
    settings.XUESHI_SIGNERS_FILE = str(write_signers_file(tmp_path, text))
    assert sign_code(b"a code", signer="site")[1] != kid


@pytest.mark.parametrize("kind", ["RSA-2048", "P-384"])
def test_codes_are_signed_with_p_256_only(settings, tmp_path: Path, kind: str):
    settings.XUESHI_CODE_KEY_FILE = str(write_code_key(tmp_path, kind=kind))
    with pytest.raises(SignerUnavailableError, match="P-256"):
        sign_code(b"a code", signer="")
