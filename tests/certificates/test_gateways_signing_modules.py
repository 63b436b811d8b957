"""Keys in a hardware module (SoftHSM): seals that validate, sessions of each process, refusals that tell no PIN."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from certificates.enums import KeyPurpose
from certificates.gateways.signing import SignerUnavailableError, check_seal, code_key, seal_pdf, sign_code
from certificates.gateways.signing.book import find_signer, open_key
from tests.factories.certificate_pages import make_page, poppler
from tests.factories.signers import CertificationAuthority, write_certificates, write_secret, write_signers_file
from tests.services.soft_module import TOKEN, SoftModule, start_soft_module

SIGNED_AT = datetime(2026, 3, 10, 0, 30, tzinfo=UTC)
Configure = Callable[..., None]


@pytest.fixture(scope="session")
def soft_module(tmp_path_factory: pytest.TempPathFactory) -> SoftModule:
    return start_soft_module(tmp_path_factory.mktemp("module"))


@pytest.fixture(scope="session", params=["P-256", "RSA-2048"])
def label(request: pytest.FixtureRequest, soft_module: SoftModule) -> str:
    """A key in the token, with its certificate and the root beside it."""
    authority, name = CertificationAuthority(), f"seal-{request.param}"
    certificate = authority.certify(soft_module.make_key(name, request.param), "测试模块印章")
    soft_module.keep_certificate(name, certificate)
    soft_module.keep_certificate(f"root-{name}", authority.certificate)
    return name


@pytest.fixture
def configure(soft_module: SoftModule, tmp_path: Path, settings) -> Configure:
    """Configure a signer whose key is in the module."""

    def write(label: str, *, pin: str | None = None, more: str = "", **changes: str) -> None:
        key = {
            "kind": "pkcs11",
            "module": soft_module.module,
            "token": TOKEN,
            "label": label,
            "pin_file": str(write_secret(tmp_path, "pin", pin or soft_module.pin)),
        } | changes
        lines = "\n".join(f'{name} = "{value}"' for name, value in key.items())
        text = f'default = "site"\n[signers.site]\nseal = "module"\n{more}\n[keys.module]\n{lines}\n'
        settings.XUESHI_SIGNERS_FILE = str(write_signers_file(tmp_path, text))

    return write


def test_key_in_a_module_seals_a_file_that_validates(label: str, configure: Configure, tmp_path: Path):
    configure(label)
    sealed = seal_pdf(make_page(), signer="", now=SIGNED_AT)
    facts = check_seal(sealed.data, keys=[sealed.key], at=SIGNED_AT)
    assert facts is not None
    assert (facts.signer, facts.valid, facts.trusted, facts.whole_file) == ("测试模块印章", True, True, True)
    assert sealed.key.algorithm == ("ES256" if "P-256" in label else "RS256")
    assert sealed.key.chain_pem.count("BEGIN CERTIFICATE") == 1
    assert "Signature is Valid." in poppler("pdfsig", sealed.data, tmp_path, "-nocert")


def test_forked_process_opens_its_own_session(label: str, configure: Configure):
    configure(label)
    page = make_page()
    mine = seal_pdf(page, signer="", now=SIGNED_AT)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        theirs = pool.starmap(_seal, [(page,)] * 6)
    mine_again = seal_pdf(page, signer="", now=SIGNED_AT)
    for data in (mine.data, *theirs, mine_again.data):
        facts = check_seal(data, keys=[mine.key], at=SIGNED_AT)
        assert facts is not None
        assert (facts.intact, facts.valid, facts.trusted) == (True, True, True)


def _seal(page: bytes) -> bytes:
    return seal_pdf(page, signer="", now=SIGNED_AT).data


def test_threads_take_turns_at_the_module(label: str, configure: Configure):
    configure(label)
    page = make_page()
    with ThreadPoolExecutor(4) as pool:
        sealed = list(pool.map(lambda _turn: seal_pdf(page, signer="", now=SIGNED_AT), range(12)))
    checked = [check_seal(each.data, keys=[each.key], at=SIGNED_AT) for each in sealed]
    assert [facts is not None and facts.trusted for facts in checked] == [True] * 12


def test_session_that_broke_is_opened_anew(label: str, configure: Configure):
    configure(label)
    opened = open_key(find_signer("").seal, KeyPurpose.SEAL)
    opened.key._session.close()
    sealed = seal_pdf(make_page(), signer="", now=SIGNED_AT)
    facts = check_seal(sealed.data, keys=[sealed.key], at=SIGNED_AT)
    assert facts is not None
    assert facts.trusted


def test_code_key_may_stay_in_the_module_too(soft_module: SoftModule, configure: Configure, tmp_path: Path):
    public = soft_module.make_key("code", "P-256")
    configure("code", more='code = "module"')
    signature, kid = sign_code(b"a code", signer="")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    public.verify(encode_dss_signature(r, s), b"a code", ec.ECDSA(hashes.SHA256()))
    assert (len(signature), kid) == (64, code_key("").kid)
    with pytest.raises(SignerUnavailableError, match="no certificate speaks for this key"):
        seal_pdf(make_page(), signer="", now=SIGNED_AT)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pin": "918273"}, "PinIncorrect"),
        ({"token": "another"}, "NoSuchToken"),
        ({"label": "another"}, "NoSuchKey"),
        ({"module": "/nowhere/module.so"}, "/nowhere/module.so"),
    ],
)
def test_module_that_cannot_be_used_is_named_and_the_pin_is_not(
    soft_module: SoftModule, configure: Configure, changes: dict[str, str], words: str
):
    configure(**{"label": "seal-P-256", **changes})
    # a process that has logged in is not asked for the PIN again: try in a new one
    with (
        multiprocessing.get_context("fork").Pool(1) as pool,
        pytest.raises(SignerUnavailableError, match=words) as refused,
    ):
        pool.apply(_seal, [make_page()])
    told = f"{refused.value!r} {refused.value.__cause__!r}"
    assert soft_module.pin not in told
    assert "918273" not in told


def test_certificate_of_another_key_is_refused(soft_module: SoftModule, configure: Configure, tmp_path: Path):
    soft_module.make_key("lonely", "P-256")
    authority = CertificationAuthority()
    other = authority.certify(soft_module.make_key("other", "P-256"))
    path = write_certificates(tmp_path / "other.pem", other, authority.certificate)
    configure("lonely", certificate=str(path))
    with pytest.raises(SignerUnavailableError, match="no signature of its key"):
        seal_pdf(make_page(), signer="", now=SIGNED_AT)
