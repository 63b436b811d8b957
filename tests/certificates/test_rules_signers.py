"""The signers' file: what it may say, and how a mistake in it is named."""

from __future__ import annotations

import pytest

from certificates.rules.signers import KeyPlan, Secret, SignerPlan, SignersFileError, TsaPlan, parse_signers

WHOLE = """
default = "site"

[signers.site]
seal = "seal-2026"
code = "code-2026"
sm2 = "sm2-2026"
level = "B-LTA"
tsa = "national"

[signers.province]
seal = "far"

[keys.seal-2026]
kind = "pkcs11"
module = "/usr/lib/softhsm/libsofthsm2.so"
token = "xueshi"
label = "seal-2026"
pin_file = "/run/secrets/pin"
crls = ["http://crl.example.org/ca.crl"]

[keys.far]
kind = "remote"
url = "https://seal.example.org"
credential = "SEAL-1"
token_env = "XUESHI_SECRET_TOKEN"
pin_file = "/run/secrets/seal-pin"
timeout_seconds = 5

[keys.code-2026]
kind = "pem"
file = "/run/secrets/code.pem"

[keys.sm2-2026]
kind = "sm2"
file = "/run/secrets/sm2.pem"
certificate = "/etc/xueshi/sm2.pem"
password_file = "/run/secrets/sm2-password"

[tsa.national]
url = "https://tsa.example.org/"
roots = "/etc/xueshi/tsa-root.pem"
user = "xueshi"
password_env = "XUESHI_SECRET_TSA"
"""
SHORT = """default = "site"
[signers.site]
seal = "seal"
[keys.seal]
kind = "pkcs12"
file = "/run/secrets/seal.p12"
"""


def test_whole_file_is_understood():
    book = parse_signers(WHOLE)
    assert book.find("") == SignerPlan(
        name="site",
        seal=KeyPlan(
            name="seal-2026",
            kind="pkcs11",
            module="/usr/lib/softhsm/libsofthsm2.so",
            token="xueshi",
            label="seal-2026",
            crls=("http://crl.example.org/ca.crl",),
            secret=Secret(file="/run/secrets/pin"),
        ),
        code=KeyPlan(name="code-2026", kind="pem", file="/run/secrets/code.pem"),
        sm2=KeyPlan(
            name="sm2-2026",
            kind="sm2",
            file="/run/secrets/sm2.pem",
            certificate="/etc/xueshi/sm2.pem",
            secret=Secret(file="/run/secrets/sm2-password"),
        ),
        level="B-LTA",
        tsa=TsaPlan(
            name="national",
            url="https://tsa.example.org/",
            roots="/etc/xueshi/tsa-root.pem",
            user="xueshi",
            password=Secret(env="XUESHI_SECRET_TSA"),
        ),
    )
    assert book.find("province") == SignerPlan(
        name="province",
        seal=KeyPlan(
            name="far",
            kind="remote",
            url="https://seal.example.org",
            credential="SEAL-1",
            secret=Secret(env="XUESHI_SECRET_TOKEN"),
            authorization=Secret(file="/run/secrets/seal-pin"),
            timeout_seconds=5.0,
        ),
    )
    assert book.find("nobody") is None


def test_shortest_file_seals_at_the_lowest_level():
    signer = parse_signers(SHORT).find("")
    assert signer is not None
    assert (signer.level, signer.tsa, signer.code, signer.sm2, signer.seal.secret) == (
        "B-B",
        None,
        None,
        None,
        Secret(),
    )


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('default = "site"', "default = ", "not TOML"),
        ('default = "site"', 'default = "other"', r"default: no \[signers.other\]"),
        ('default = "site"', "", "file.default: missing"),
        ('seal = "seal"', "", "signers.site.seal: missing"),
        ('seal = "seal"', "seal = 7", "signers.site.seal: not a text"),
        ('seal = "seal"', 'seal = "other"', r"signers.site.seal: no \[keys.other\]"),
        ('seal = "seal"', 'seal = "seal"\nsm2 = "seal"', "signers.site.sm2: a key of kind pkcs12 cannot do this"),
        ('seal = "seal"', 'seal = "seal"\nlevel = "B-X"', "signers.site.level: one of B-B, B-T, B-LTA"),
        ('seal = "seal"', 'seal = "seal"\nlevel = "B-T"', "signers.site.tsa: levels B-T and B-LTA take time stamps"),
        ('seal = "seal"', 'seal = "seal"\ntsa = "x"', "signers.site.tsa: levels B-T and B-LTA take time stamps"),
        ('seal = "seal"', 'seal = "seal"\nlevel = "B-T"\ntsa = "x"', r"signers.site.tsa: no \[tsa.x\]"),
        ('seal = "seal"', 'seal = "seal"\npassword = "x"', "signers.site: unknown entry password"),
        ('kind = "pkcs12"', 'kind = "pgp"', "keys.seal.kind: one of"),
        ('kind = "pkcs12"', 'kind = "pem"', "signers.site.seal: a key of kind pem cannot do this"),
        ('kind = "pkcs12"', 'kind = "pkcs12"\npassword = "x"', "keys.seal: unknown entry password"),
        ('kind = "pkcs12"', 'kind = "pkcs12"\npassword_env = "HOME"', "seal.password_env: a name that begins with"),
        ('kind = "pkcs12"', 'kind = "pkcs12"\npassword_env = "A"\npassword_file = "B"', "password_file, not both"),
        ('kind = "pkcs12"', 'kind = "pkcs12"\ncrls = "x"', "keys.seal.crls: not a list of texts"),
        ('file = "/run/secrets/seal.p12"', "", "keys.seal.file: missing"),
        ("[keys.seal]", "keys = 7\n[other]", "unknown entry other"),
    ],
)
def test_mistake_is_named_with_its_place(old: str, new: str, words: str):
    with pytest.raises(SignersFileError, match=words):
        parse_signers(SHORT.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("https://seal.example.org", "seal.example.org", "keys.far.url: not an address"),
        ("https://tsa.example.org/", "ftp://tsa.example.org/", "tsa.national.url: not an address"),
        ("timeout_seconds = 5", "timeout_seconds = 0", "keys.far.timeout_seconds: above 0"),
        ("timeout_seconds = 5", "timeout_seconds = true", "keys.far.timeout_seconds: above 0"),
        ("timeout_seconds = 5", "timeout_seconds = 999", "keys.far.timeout_seconds: above 0"),
        ('label = "seal-2026"', "", "keys.seal-2026.label: missing"),
        ('roots = "/etc/xueshi/tsa-root.pem"', "", "tsa.national.roots: missing"),
        ("[tsa.national]", "[tsa]", "tsa.url: not a table"),
    ],
)
def test_mistake_in_a_longer_file_is_named_too(old: str, new: str, words: str):
    with pytest.raises(SignersFileError, match=words):
        parse_signers(WHOLE.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("https://seal.example.org", "http://seal.example.org", "keys.far.url: a secret goes there"),
        ("https://tsa.example.org/", "http://tsa.example.org/", "tsa.national.url: a secret goes there"),
        ("https://seal.example.org", "http://127.0.0.1.example.org", "keys.far.url: a secret goes there"),
        ("https://seal.example.org", "http://localhost@seal.example.org", "keys.far.url: holds a password"),
        ("https://seal.example.org", "https://me:word@seal.example.org", "keys.far.url: holds a password"),
        ("https://tsa.example.org/", "https://me:word@tsa.example.org/", "tsa.national.url: holds a password"),
    ],
)
def test_secrets_go_nowhere_in_the_clear(old: str, new: str, words: str):
    with pytest.raises(SignersFileError, match=words) as refused:
        parse_signers(WHOLE.replace(old, new))
    assert "word@" not in str(refused.value)


def test_a_service_on_this_machine_and_time_stamps_without_a_password_need_no_encryption():
    near = WHOLE.replace("https://seal.example.org", "http://127.0.0.1:8443")
    assert parse_signers(near).signers["province"].seal.url == "http://127.0.0.1:8443"
    open_to_all = WHOLE.replace("https://tsa", "http://tsa").replace(
        'user = "xueshi"\npassword_env = "XUESHI_SECRET_TSA"\n', ""
    )
    stamps = parse_signers(open_to_all).signers["site"].tsa
    assert stamps is not None
    assert stamps.url == "http://tsa.example.org/"
