"""Issued files: kept once, never written over, and never handed out with other bytes."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from certificates.gateways.certificate_store import (
    open_certificate,
    open_photo,
    read_certificate,
    store_certificate,
    store_photo,
)

BEGUN_AT = datetime(2026, 3, 10, tzinfo=UTC)
KEY = "0a5b7c1e-0000-4000-8000-000000000001"


@pytest.fixture
def private(media_folder: Path) -> Path:
    return media_folder / "private"


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_certificate_is_stored_under_its_issue_and_digest(private: Path):
    stored = store_certificate(b"%PDF one", issue_key=KEY, begun_at=BEGUN_AT)
    digest = hashlib.sha256(b"%PDF one").hexdigest()
    assert (stored.path, stored.sha256, stored.size_bytes) == (
        f"certificates/2026/03/10/{KEY}-{digest[:16]}.pdf",
        digest,
        8,
    )
    assert files_in(private) == {stored.path: b"%PDF one"}


def test_storing_the_same_bytes_again_changes_nothing(private: Path):
    first = store_certificate(b"%PDF one", issue_key=KEY, begun_at=BEGUN_AT)
    assert store_certificate(b"%PDF one", issue_key=KEY, begun_at=BEGUN_AT) == first
    assert files_in(private) == {first.path: b"%PDF one"}


def test_another_attempt_never_writes_over_what_was_stored(private: Path):
    first = store_certificate(b"%PDF one", issue_key=KEY, begun_at=BEGUN_AT)
    second = store_certificate(b"%PDF two", issue_key=KEY, begun_at=BEGUN_AT)
    assert files_in(private) == {first.path: b"%PDF one", second.path: b"%PDF two"}


def test_file_that_a_crash_cut_short_is_written_anew(private: Path):
    first = store_certificate(b"%PDF one", issue_key=KEY, begun_at=BEGUN_AT)
    (private / first.path).write_bytes(b"%PD")
    assert store_certificate(b"%PDF one", issue_key=KEY, begun_at=BEGUN_AT) == first
    assert files_in(private) == {first.path: b"%PDF one"}


def test_certificate_with_other_bytes_or_none_is_not_read(private: Path):
    stored = store_certificate(b"%PDF one", issue_key=KEY, begun_at=BEGUN_AT)
    assert read_certificate(stored.path, sha256=stored.sha256) == b"%PDF one"
    (private / stored.path).write_bytes(b"%PDF 0ne")
    assert read_certificate(stored.path, sha256=stored.sha256) is None
    (private / stored.path).unlink()
    assert read_certificate(stored.path, sha256=stored.sha256) is None
    assert open_certificate(stored.path) is None


def test_certificate_opens_for_download():
    stored = store_certificate(b"%PDF one", issue_key=KEY, begun_at=BEGUN_AT)
    stream = open_certificate(stored.path)
    assert stream is not None
    with stream:
        assert stream.read() == b"%PDF one"


def test_photo_is_kept_once_under_its_digest(private: Path):
    stored = store_photo(b"a photo")
    assert store_photo(b"a photo") == stored
    assert stored.path == f"photos/{hashlib.sha256(b'a photo').hexdigest()}.jpg"
    assert files_in(private) == {stored.path: b"a photo"}
    assert open_photo(stored.path) == b"a photo"


def test_lost_photo_reads_as_none(private: Path):
    assert open_photo("photos/none.jpg") is None
