"""Keys at a remote seal service: what it may send back, and what must never reach a certificate."""

from __future__ import annotations

import asyncio
import io
import time
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import csc_signer

from certificates.gateways.signing import SignerUnavailableError, check_seal, seal_pdf
from certificates.gateways.signing.facts import facts_of_certificate
from tests.factories.certificate_pages import make_page, poppler
from tests.factories.signers import write_secret, write_signers_file
from tests.services.seal_service import CREDENTIAL, PIN, TOKEN, seal_service

SIGNED_AT = datetime(2026, 3, 10, 0, 30, tzinfo=UTC)


def configure(folder: Path, address: str, *, pin: str = "", token: str = TOKEN, credential: str = CREDENTIAL) -> str:
    """Write a signers' file for a service."""
    text = (
        'default = "site"\n[signers.site]\nseal = "far"\n[keys.far]\nkind = "remote"\n'
        f'url = "{address}"\ncredential = "{credential}"\ntimeout_seconds = 0.8\n'
        f'token_file = "{write_secret(folder, "token", token)}"\n'
    )
    if pin:
        text += f'pin_file = "{write_secret(folder, "pin", pin)}"\n'
    return str(write_signers_file(folder, text))


@pytest.mark.parametrize("kind", ["P-256", "RSA-2048"])
@pytest.mark.parametrize("wants_pin", [False, True])
def test_remote_service_seals_a_file_that_validates(tmp_path: Path, settings, kind: str, wants_pin: bool):
    with seal_service(kind=kind, wants_pin=wants_pin) as (service, address):
        settings.XUESHI_SIGNERS_FILE = configure(tmp_path, address, pin=PIN if wants_pin else "")
        sealed = seal_pdf(make_page(), signer="", now=SIGNED_AT)
    facts = check_seal(sealed.data, keys=[sealed.key], at=SIGNED_AT)
    assert facts is not None
    assert (facts.signer, facts.valid, facts.trusted, facts.whole_file) == ("测试远程印章", True, True, True)
    assert "Signature is Valid." in poppler("pdfsig", sealed.data, tmp_path, "-nocert")
    authorized = ["credentials/authorize"] if wants_pin else []
    assert service.asked == ["credentials/info", *authorized, "signatures/signHash"]


@pytest.mark.parametrize("kind", ["P-256", "RSA-2048"])
def test_the_service_of_these_tests_keeps_to_the_interface(kind: str):
    """Another client of the same interface, pyHanko's, gets a valid seal out of it."""
    with seal_service(kind=kind, wants_pin=True) as (service, address):
        page = asyncio.run(_seal_as_pyhanko(address))
    key = facts_of_certificate("seal", "far", service.certificate, [service.authority.certificate])
    facts = check_seal(page, keys=[key], at=datetime.now(UTC))
    assert facts is not None
    assert (facts.intact, facts.valid, facts.trusted) == (True, True, True)


async def _seal_as_pyhanko(address: str) -> bytes:
    about = csc_signer.CSCServiceSessionInfo(service_url=address, credential_id=CREDENTIAL, oauth_token=TOKEN)
    async with aiohttp.ClientSession() as http:
        credential = await csc_signer.fetch_certs_in_csc_credential(http, about)
        signer = csc_signer.CSCSigner(
            http, _PinAuthorization(about, credential, http), sign_timeout=5, embed_roots=True
        )
        metadata = PdfSignatureMetadata(field_name="Seal", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
        writer = IncrementalPdfFileWriter(io.BytesIO(make_page()))
        output = await PdfSigner(metadata, signer).async_sign_pdf(writer)
    return bytes(output.getbuffer())


class _PinAuthorization(csc_signer.CSCAuthorizationManager):
    """Asks the service to authorise each signature with the PIN."""

    def __init__(self, about: object, credential: object, http: aiohttp.ClientSession) -> None:
        super().__init__(about, credential)
        self._http = http

    async def authorize_signature(self, hash_b64s: list[str]) -> csc_signer.CSCAuthorizationInfo:
        question = self.format_csc_auth_request(pin=PIN, hash_b64s=hash_b64s)
        url = self.csc_session_info.endpoint_url("credentials/authorize")
        async with self._http.post(url, headers=self.auth_headers, json=question) as response:
            return self.parse_csc_auth_response(await response.json())


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("another key", "no signature of its key"),
        ("another digest", "no signature of its key"),
        ("rubbish", "no signature of its key"),
        ("no base64", "no base64"),
        ("no JSON", "no JSON object"),
        ("no object", "no JSON object"),
        ("none", "another number"),
        ("two", "another number"),
        ("error", "answered 500"),
        ("moved", "answered 302"),
        ("silent", "Timeout"),
        ("drip", "no whole answer within"),
        ("endless", "more than"),
    ],
)
def test_what_is_no_signature_of_the_key_is_refused(tmp_path: Path, settings, trouble: str, words: str):
    with seal_service(wants_pin=True) as (service, address):
        settings.XUESHI_SIGNERS_FILE = configure(tmp_path, address, pin=PIN)
        service.trouble = trouble
        began = time.monotonic()
        with pytest.raises(SignerUnavailableError, match=words) as refused:
            seal_pdf(make_page(), signer="", now=SIGNED_AT)
        assert time.monotonic() - began < 5
        service.trouble = ""
        assert seal_pdf(make_page(), signer="", now=SIGNED_AT).key.name == "far"
    assert [secret for secret in (TOKEN, PIN) if secret in str(refused.value)] == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"token": "another"}, "answered 401"),
        ({"pin": "0000"}, "credentials/authorize: answered 400"),
        ({"credential": "another"}, "credentials/info: answered 400"),
    ],
)
def test_service_that_refuses_us_is_named(tmp_path: Path, settings, wrong: dict[str, str], words: str):
    with seal_service(wants_pin=True) as (_service, address):
        settings.XUESHI_SIGNERS_FILE = configure(tmp_path, address, **({"pin": PIN} | wrong))
        with pytest.raises(SignerUnavailableError, match=words) as refused:
            seal_pdf(make_page(), signer="", now=SIGNED_AT)
    assert address in str(refused.value)


def test_service_that_is_down_or_sends_no_certificate_is_named(tmp_path: Path, settings):
    with seal_service(trouble="no certificate") as (_service, address):
        settings.XUESHI_SIGNERS_FILE = configure(tmp_path, address)
        with pytest.raises(SignerUnavailableError, match="no certificate"):
            seal_pdf(make_page(), signer="", now=SIGNED_AT)
    with pytest.raises(SignerUnavailableError, match="ConnectionError"):
        seal_pdf(make_page(), signer="", now=SIGNED_AT)


def test_key_that_the_service_changed_is_asked_for_anew(tmp_path: Path, settings):
    with seal_service() as (service, address):
        settings.XUESHI_SIGNERS_FILE = configure(tmp_path, address)
        before = seal_pdf(make_page(), signer="", now=SIGNED_AT)
        service.change_key()
        with pytest.raises(SignerUnavailableError, match="no signature of its key"):
            seal_pdf(make_page(), signer="", now=SIGNED_AT)
        after = seal_pdf(make_page(), signer="", now=SIGNED_AT)
    assert before.key.kid != after.key.kid
    checked = [check_seal(each.data, keys=[before.key, after.key], at=SIGNED_AT) for each in (before, after)]
    assert [facts and (facts.signer, facts.trusted) for facts in checked] == [
        ("测试远程印章", True),
        ("测试远程新印章", True),
    ]
