"""The seal: what two validators say of it, and that nothing can be changed under it."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pypdf
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from certificates.gateways import signing
from certificates.gateways.signing import SignatureFacts, seal_pdf, sign_pdf
from tests.factories.certificate_pages import make_page, poppler, words_of

SIGNED_AT = datetime(2026, 3, 10, 0, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def signed(own_home: Path) -> bytes:
    return sign_pdf(make_page(), now=SIGNED_AT)


def test_signature_is_intact_valid_trusted_and_covers_the_whole_file(signed: bytes):
    assert signing.validate_signature(signed) == SignatureFacts(
        signer="测试省电子印章",
        signed_at=SIGNED_AT,
        intact=True,
        valid=True,
        trusted=True,
        whole_file=True,
        kid=seal_pdf(make_page(), signer="", now=SIGNED_AT).key.kid,
    )


def test_signature_is_valid_for_poppler_too(signed: bytes, tmp_path: Path):
    report = poppler("pdfsig", signed, tmp_path, "-nocert")
    assert "Signature Type: ETSI.CAdES.detached" in report
    assert "Total document signed" in report
    assert "Signature Validation: Signature is Valid." in report
    assert "Signing Hash Algorithm: SHA-256" in report


def test_signing_leaves_the_page_and_its_metadata_as_they_were(signed: bytes, tmp_path: Path):
    page = make_page()
    assert signed.startswith(page)
    assert words_of(signed, tmp_path) == words_of(page, tmp_path)
    assert poppler("pdfinfo", signed, tmp_path, "-meta") == poppler("pdfinfo", page, tmp_path, "-meta")
    assert re.search(r"^PDF version: +1.7$", poppler("pdfinfo", signed, tmp_path), re.M)


def test_signature_field_keeps_to_pdf_a_2(signed: bytes):
    """ISO 19005-2, 6.3 and 6.4: printable and not hidden, an empty rectangle, no appearance to be made by a reader."""
    catalogue = pypdf.PdfReader(io.BytesIO(signed)).root_object
    form = catalogue["/AcroForm"]
    (field,) = (each.get_object() for each in form["/Fields"])
    assert "/NeedAppearances" not in form
    assert (list(field["/Rect"]), field["/F"] & 0b100111) == ([0, 0, 0, 0], 0b100)
    assert field["/V"]["/SubFilter"] == "/ETSI.CAdES.detached"
    assert catalogue["/Perms"]["/DocMDP"] == field["/V"]
    assert "/Version" not in catalogue


def test_an_unsigned_page_has_no_signature_to_speak_of():
    assert signing.validate_signature(make_page()) is None


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"not a file of this kind", b"%PDF-1.7\n%%EOF\n" * 50])
def test_what_is_no_pdf_has_no_signature_to_speak_of(data: bytes):
    assert signing.validate_signature(data) is None


@effort(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_flipped_bit_is_noticed(signed: bytes, data: st.DataObject):
    place = data.draw(st.integers(0, len(signed) - 1))
    bit = data.draw(st.integers(0, 7))
    altered = bytearray(signed)
    altered[place] ^= 1 << bit
    start, end = signed_gap(signed)
    facts = signing.validate_signature(bytes(altered))
    if not start <= place < end:  # within the gap stands the signature itself, with room left over
        assert facts is None or not (facts.intact and facts.whole_file and facts.valid)


@pytest.mark.parametrize("word", [b"/TransformMethod", b"/Size", b"/ByteRange", b"/SubFilter", b"/Root"])
def test_broken_word_in_the_signed_part_is_noticed(signed: bytes, word: bytes):
    place = signed.rindex(word)
    facts = signing.validate_signature(signed[: place + 1] + b"X" + signed[place + 2 :])
    assert facts is None or not (facts.intact and facts.whole_file and facts.valid)


def signed_gap(pdf: bytes) -> tuple[int, int]:
    """Where the signature itself is written: the bytes between the two signed ranges."""
    first, length, second, _rest = (int(each) for each in re.findall(rb"/ByteRange\s*\[([^]]+)\]", pdf)[-1].split())
    return first + length, second


def test_bytes_added_after_signing_are_noticed(signed: bytes):
    stream = io.BytesIO(signed)
    writer = IncrementalPdfFileWriter(stream)
    writer.root["/Lang"] = writer.root["/Lang"]
    writer.update_root()
    writer.write_in_place()
    facts = signing.validate_signature(stream.getvalue())
    assert facts is not None
    assert not facts.whole_file
