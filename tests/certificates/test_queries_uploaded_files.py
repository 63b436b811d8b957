"""Whatever is changed in a stored file, it is never called genuine."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.storage import storages
from hypothesis import HealthCheck, assume, example, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from certificates.models import Certificate
from certificates.queries.uploaded_files import Verdict, examine_file
from certificates.rules.pdf_comparison import Change
from tests.factories.certificates import make_certificate

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(media_folder: Path) -> Certificate:
    return make_certificate()


def stored(certificate: Certificate) -> bytes:
    with storages["private"].open(certificate.pdf_path, "rb") as stream:
        return stream.read()


@effort(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
@example(place=0.0, flip=1)
@example(place=0.9999999, flip=0x80)
def test_a_flipped_byte_anywhere_is_told(certificate: Certificate, place: float, flip: int):
    data = bytearray(stored(certificate))
    at = int(place * len(data))
    data[at] ^= flip
    found = examine_file(bytes(data))
    assert found.verdict is Verdict.ALTERED
    told = {each.change: each for each in found.differences}
    assert (told[Change.BYTES].bytes, told[Change.BYTES].offset) == (1, at)
    assert {Change.SEAL_BROKEN, Change.SEAL_GONE} & told.keys()


@effort(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), length=st.integers(0, 5_000), filling=st.binary(max_size=400))
def test_a_part_replaced_cut_out_or_put_in_is_never_genuine(
    certificate: Certificate, place: float, length: int, filling: bytes
):
    data = stored(certificate)
    start = int(place * len(data))
    changed = data[:start] + filling + data[start + length :]
    assume(changed != data)
    found = examine_file(changed)
    assert found.verdict in (Verdict.ALTERED, Verdict.UNKNOWN)
    assert found.verdict is Verdict.UNKNOWN or found.facts is not None


def test_every_byte_of_the_seal_and_of_the_cross_references_counts(certificate: Certificate):
    data = stored(certificate)
    seal = data.rindex(b"/Contents <")
    for at in (seal + 12, seal + 400, data.rindex(b"/ByteRange") + 14, data.rindex(b"startxref") + 11, len(data) - 2):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        assert examine_file(changed).verdict is Verdict.ALTERED


def test_a_certificate_whose_stored_file_is_lost_is_still_recognised_by_its_digest(certificate: Certificate):
    data = stored(certificate)
    storages["private"].delete(certificate.pdf_path)
    found = examine_file(data)
    assert found.verdict is Verdict.GENUINE
    assert found.facts is not None
    assert found.facts.verdict == "file_altered"


def test_a_changed_file_of_a_lost_original_is_said_to_be_another(certificate: Certificate):
    data = stored(certificate)
    storages["private"].delete(certificate.pdf_path)
    found = examine_file(data + b"\n")
    assert found.verdict is Verdict.ALTERED
    assert [each.change for each in found.differences] == [Change.REWRITTEN]
