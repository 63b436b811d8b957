"""Seals with time stamps (B-T) and for the archive (B-LTA), stamped by OpenSSL's own authority over HTTP."""

from __future__ import annotations

import asyncio
import io
import multiprocessing
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asn1crypto.x509
import pypdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from django.test import override_settings
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation import ades, policy_decl
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import NO_REVOCATION, REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from certificates.enums import SignatureLevel
from certificates.gateways.signing import SealedPdf, SignerUnavailableError, check_seal, seal_pdf
from tests.factories.certificate_pages import make_page, poppler
from tests.factories.signers import (
    PASSWORD,
    CertificationAuthority,
    one_signer,
    write_key_file,
    write_signers_file,
)
from tests.services.answering import Asked, Reply, answering
from tests.services.time_stamping import TimeStampAuthority, time_stamp_authority, tsa_table


@pytest.fixture
def tsa(tmp_path: Path) -> Iterator[tuple[TimeStampAuthority, str]]:
    with time_stamp_authority(tmp_path / "tsa") as running:
        yield running


def now() -> datetime:
    """A stamp bears the present time, whatever the signer claims."""
    return datetime.now(UTC).replace(microsecond=0)


def configure(folder: Path, level: str, tsa_text: str, *, authority: CertificationAuthority | None = None, **crl: str):
    """Write a signers' file with one key file and one authority."""
    write_key_file(folder, authority=authority, list_address="http://crl.example.org/never-asked.crl")
    lists = f'crls = ["{crl["crl"]}"]\n' if crl else ""
    return str(write_signers_file(folder, one_signer(folder, level=level, more=lists + tsa_text)))


def seal(folder: Path, settings, level: str, tsa: tuple[TimeStampAuthority, str], **options) -> SealedPdf:
    settings.XUESHI_SIGNERS_FILE = configure(folder, level, tsa_table(*tsa), **options)
    return seal_pdf(make_page(), signer="", now=now())


def keys_of(sealed: SealedPdf) -> list:
    return [sealed.key, sealed.key.witness]


def test_stamped_seal_says_when_it_was_made(tmp_path: Path, settings, tsa):
    began = now()
    sealed = seal(tmp_path, settings, "B-T", tsa)
    facts = check_seal(sealed.data, keys=keys_of(sealed), at=now())
    assert facts is not None
    assert (facts.valid, facts.trusted, facts.whole_file, facts.level) == (True, True, True, SignatureLevel.B_T)
    assert facts.stamped_at is not None
    assert began <= facts.stamped_at <= now() + timedelta(seconds=1)
    assert sealed.level == SignatureLevel.B_T
    assert (sealed.key.witness.name, sealed.key.witness.purpose) == ("tsa", "tsa")
    assert "Signature is Valid." in poppler("pdfsig", sealed.data, tmp_path, "-nocert")


def test_openssl_verifies_the_time_stamp_too(tmp_path: Path, settings, tsa):
    """The authority's own tool says that the stamp is its own, over the signature value."""
    sealed = seal(tmp_path, settings, "B-T", tsa)
    embedded = PdfFileReader(io.BytesIO(sealed.data)).embedded_signatures[0]
    (attribute,) = embedded.signer_info["unsigned_attrs"]
    (tmp_path / "token").write_bytes(attribute["values"][0].dump())
    (tmp_path / "signature").write_bytes(embedded.signer_info["signature"].native)
    assert next(extract_tst_data_iter(embedded.signer_info, signed=False), None) is not None
    command = ["openssl", "ts", "-verify", "-token_in", "-in", tmp_path / "token", "-data", tmp_path / "signature"]
    done = subprocess.run([*command, "-CAfile", tsa[0].roots], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "Verification: OK")


def test_archived_seal_holds_all_that_a_check_needs(tmp_path: Path, settings, tsa):
    authority = CertificationAuthority()
    (tmp_path / "list.crl").write_bytes(authority.revocation_list())
    sealed = seal(tmp_path, settings, "B-LTA", tsa, authority=authority, crl=str(tmp_path / "list.crl"))
    facts = check_seal(sealed.data, keys=keys_of(sealed), at=now())
    assert facts is not None
    assert (facts.valid, facts.trusted, facts.whole_file, facts.level) == (True, True, True, SignatureLevel.B_LTA)
    reader = PdfFileReader(io.BytesIO(sealed.data))
    dss = DocumentSecurityStore.read_dss(reader)
    assert (len(dss.certs), len(dss.crls)) == (4, 1)
    assert [each.field_name for each in reader.embedded_signatures] == ["Seal", "Archive"]
    report = poppler("pdfsig", sealed.data, tmp_path, "-nocert")
    assert "Signature Validation: Signature is Valid." in report


def test_archived_seal_passes_the_long_term_validation_of_pyhanko(tmp_path: Path, settings, tsa):
    """Another validator's own rules for PAdES-LTA, with nothing but the roots and what the file holds."""
    authority = CertificationAuthority()
    (tmp_path / "list.crl").write_bytes(authority.revocation_list())
    sealed = seal(tmp_path, settings, "B-LTA", tsa, authority=authority, crl=str(tmp_path / "list.crl"))
    roots = [
        asn1crypto.x509.Certificate.load(each.public_bytes(Encoding.DER))
        for each in (authority.certificate, tsa[0].authority.certificate)
    ]
    policy = CertValidationPolicySpec(SimpleTrustManager.build(roots), CertRevTrustPolicy(REQUIRE_REVINFO))
    of_stamps = replace(policy, revinfo_policy=CertRevTrustPolicy(NO_REVOCATION))
    local = policy_decl.RevocationInfoGatheringSpec(policy_decl.RevinfoOnlineFetchingRule.LOCAL_ONLY)
    spec = policy_decl.SignatureValidationSpec(policy, local, ts_cert_validation_policy=of_stamps)
    seal_in_file = PdfFileReader(io.BytesIO(sealed.data)).embedded_signatures[0]
    result = asyncio.run(ades.ades_lta_validation(seal_in_file, policy_decl.PdfSignatureValidationSpec(spec)))
    assert (result.ades_subindic, result.api_status.bottom_line) == (AdESPassed.OK, True)


def test_archive_keeps_the_file_pdf_a_and_the_page_as_it_was(tmp_path: Path, settings, tsa):
    """ISO 19005-2, 6.3 and 6.4: fields of no size that print; the metadata and the version stay."""
    sealed, page = seal(tmp_path, settings, "B-LTA", tsa), make_page()
    assert sealed.data.startswith(page)
    assert poppler("pdfinfo", sealed.data, tmp_path, "-meta") == poppler("pdfinfo", page, tmp_path, "-meta")
    assert re.search(r"^PDF version: +1.7$", poppler("pdfinfo", sealed.data, tmp_path), re.M)
    catalogue = pypdf.PdfReader(io.BytesIO(sealed.data)).root_object
    fields = [each.get_object() for each in catalogue["/AcroForm"]["/Fields"]]
    assert [(list(each["/Rect"]), each["/F"] & 0b100111) for each in fields] == [([0, 0, 0, 0], 0b100)] * 2
    assert "/Version" not in catalogue
    assert "/Extensions" not in catalogue


def test_bytes_added_to_an_archived_file_are_noticed(tmp_path: Path, settings, tsa):
    sealed = seal(tmp_path, settings, "B-LTA", tsa)
    stream = io.BytesIO(sealed.data)
    writer = IncrementalPdfFileWriter(stream)
    DocumentSecurityStore.supply_dss_in_writer(
        writer, sig_contents=None, certs=[asn1crypto.x509.Certificate.load(_stranger().public_bytes(Encoding.DER))]
    )
    writer.write_in_place()
    facts = check_seal(stream.getvalue(), keys=keys_of(sealed), at=now())
    assert facts is not None
    assert (facts.whole_file, facts.level) == (False, SignatureLevel.B_T)


def _stranger() -> x509.Certificate:
    return CertificationAuthority("陌生根证书").certificate


def test_archive_stamp_of_a_stranger_hides_no_addition(tmp_path: Path, settings, tsa):
    """Whoever adds to the file and has the result stamped by an authority of his own is found out."""
    sealed = seal(tmp_path, settings, "B-LTA", tsa)
    assert sealed.key.witness is not None
    stranger = replace(
        sealed.key.witness, certificate_pem="", chain_pem=_stranger().public_bytes(Encoding.PEM).decode()
    )
    facts = check_seal(sealed.data, keys=[sealed.key, stranger], at=now())
    assert facts is not None
    assert (facts.whole_file, facts.stamped_at, facts.level) == (False, None, SignatureLevel.B_B)


def test_any_flipped_bit_of_an_archived_file_is_noticed(tmp_path_factory: pytest.TempPathFactory):
    """Anywhere but in the room that stands empty after a time stamp; a copy by its digest finds that too."""
    folder = tmp_path_factory.mktemp("archived")
    write_key_file(folder)
    with time_stamp_authority(folder / "tsa") as tsa:
        text = one_signer(folder, level="B-LTA", more=tsa_table(*tsa))
        with override_settings(XUESHI_SIGNERS_FILE=str(write_signers_file(folder, text))):
            sealed = seal_pdf(make_page(), signer="", now=now())
    gaps = [(match.start(), match.end()) for match in re.finditer(rb"<[0-9A-F]{2000,}>", sealed.data)]
    assert len(gaps) == 2
    keys, at = keys_of(sealed), now()

    @effort(max_examples=60, deadline=None)
    @given(place=st.integers(0, len(sealed.data) - 1), bit=st.integers(0, 7))
    def flip(place: int, bit: int) -> None:
        altered = bytearray(sealed.data)
        altered[place] ^= 1 << bit
        facts = check_seal(bytes(altered), keys=keys, at=at)
        archive_start, archive_end = gaps[1]
        if not archive_start < place < archive_end - 1:
            assert facts is None or not (facts.intact and facts.valid and facts.whole_file)

    flip()


def test_forked_processes_ask_the_authority_by_connections_of_their_own(tmp_path: Path, settings, tsa):
    first = seal(tmp_path, settings, "B-T", tsa)
    page = make_page()
    with multiprocessing.get_context("fork").Pool(2) as pool:
        others = pool.starmap(_seal_now, [(page,)] * 4)
    for data in (first.data, *others, _seal_now(page)):
        facts = check_seal(data, keys=keys_of(first), at=now())
        assert facts is not None
        assert (facts.trusted, facts.level) == (True, "B-T")


def _seal_now(page: bytes) -> bytes:
    return seal_pdf(page, signer="", now=now()).data


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("another digest", "no trusted time stamp"),
        ("old answer", "another question"),
        ("rubbish", "no trusted time stamp"),
        ("empty", "no trusted time stamp"),
        ("cut", "no trusted time stamp"),
        ("no reply type", "answered 200 and no time stamp"),
        ("error", "answered 503 and no time stamp"),
    ],
)
def test_what_is_no_time_stamp_over_our_seal_is_refused(tmp_path: Path, settings, tsa, trouble: str, words: str):
    seal(tmp_path, settings, "B-T", tsa)
    tsa[0].trouble = trouble
    with pytest.raises(SignerUnavailableError, match=words):
        seal_pdf(make_page(), signer="", now=now())


def test_refusal_of_the_authority_stops_the_seal(tmp_path: Path, settings):
    refused = pytest.raises(SignerUnavailableError, match="answered rejection")
    with time_stamp_authority(tmp_path / "tsa", digests="sha512") as tsa, refused:
        seal(tmp_path, settings, "B-T", tsa)


def test_authority_that_leads_to_another_root_is_refused(tmp_path: Path, settings):
    with time_stamp_authority(tmp_path / "tsa") as tsa, time_stamp_authority(tmp_path / "other") as other:
        text = tsa_table(*tsa).replace(str(tsa[0].roots), str(other[0].roots))
        settings.XUESHI_SIGNERS_FILE = configure(tmp_path, "B-T", text)
        with pytest.raises(SignerUnavailableError, match="no trusted time stamp"):
            seal_pdf(make_page(), signer="", now=now())


def test_authority_that_is_silent_stops_the_seal_in_time(tmp_path: Path, settings, tsa):
    def never(_asked: Asked) -> Reply:
        time.sleep(1)
        return Reply()

    with answering(never) as address:
        settings.XUESHI_SIGNERS_FILE = configure(tmp_path, "B-T", tsa_table(tsa[0], address, timeout_seconds=0.3))
        with pytest.raises(SignerUnavailableError, match="Timeout"):
            seal_pdf(make_page(), signer="", now=now())


def test_revocation_list_that_is_not_to_be_had_stops_the_archive(tmp_path: Path, settings, tsa):
    with pytest.raises(SignerUnavailableError, match=r"gone\.crl"):
        seal(tmp_path, settings, "B-LTA", tsa, crl=str(tmp_path / "gone.crl"))
    with (
        answering(lambda _asked: Reply(b"rubbish")) as address,
        pytest.raises(SignerUnavailableError, match="no revoc"),
    ):
        seal(tmp_path, settings, "B-LTA", tsa, crl=f"{address}/list.crl")


def test_certificate_taken_back_before_the_seal_is_not_trusted(tmp_path: Path, settings, tsa):
    """The list inside the file speaks, though nobody has told us."""
    authority = CertificationAuthority()
    settings.XUESHI_SIGNERS_FILE = configure(
        tmp_path, "B-LTA", tsa_table(*tsa), authority=authority, crl=str(tmp_path / "list.crl")
    )
    _key, own, _chain = pkcs12.load_key_and_certificates((tmp_path / "seal.p12").read_bytes(), PASSWORD.encode())
    (tmp_path / "list.crl").write_bytes(authority.revocation_list((own, now() - timedelta(days=2))))
    sealed = seal_pdf(make_page(), signer="", now=now())
    facts = check_seal(sealed.data, keys=keys_of(sealed), at=now())
    assert facts is not None
    assert (facts.intact, facts.valid, facts.trusted) == (True, True, False)
