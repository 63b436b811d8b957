"""The process that reads strangers' files can do nothing else."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from certificates.gateways import pdf_child, pdf_reading
from certificates.gateways.pdf_reading import ReadersBusyError, UnreadablePdfError, read_pdf
from tests.factories.certificate_pages import make_page

TRIALS = """
import socket, sys
sys.path.insert(0, {folder!r})
import pdf_child
pdf_child.give_up_rights()
said = []
for name, trial in (
    ("read", lambda: open("/etc/passwd")),
    ("write", lambda: open({target!r}, "w")),
    ("connect", lambda: socket.socket()),
    ("pipe", lambda: __import__("os").pipe()),
    ("fill", lambda: bytearray(2 * 1024**3)),
):
    try:
        trial()
    except (OSError, MemoryError):
        said.append(name)
print(*said)
"""


def test_nothing_can_be_opened_written_begun_or_filled(tmp_path: Path):
    target = tmp_path / "from-a-pdf"
    code = TRIALS.format(folder=str(Path(pdf_child.__file__).parent), target=str(target))
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["read", "write", "connect", "pipe", "fill"]
    assert not target.exists()


def test_a_page_is_read_with_its_words_and_looks(own_home: Path):
    reading = read_pdf(make_page())
    assert reading.page_count == 1
    assert (reading.pages[0].width, reading.pages[0].height) == (842, 595)
    assert "扫码验证" in reading.text or "扫码核验" in reading.text
    assert len(set(reading.pages[0].drawing)) > 10


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"\0" * 100_000])
def test_what_is_no_pdf_is_unreadable(data: bytes):
    with pytest.raises(UnreadablePdfError):
        read_pdf(data)


def test_a_reader_that_takes_too_long_is_stopped(own_home: Path, monkeypatch):
    monkeypatch.setattr(pdf_reading, "SECONDS", 0.01)
    with pytest.raises(UnreadablePdfError):
        read_pdf(make_page())


def test_who_gets_no_turn_is_told_so(monkeypatch):
    turns = threading.BoundedSemaphore(1)
    turns.acquire()
    monkeypatch.setattr(pdf_reading, "_turns", turns)
    monkeypatch.setattr(pdf_reading, "WAIT_SECONDS", 0.01)
    with pytest.raises(ReadersBusyError):
        read_pdf(b"%PDF-1.7")
