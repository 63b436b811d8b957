"""Strangers' PDF files, read by a process that can do nothing else (``pdf_child.py``)."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
import zlib
from pathlib import Path

from certificates.gateways.pdf_child import Ending
from certificates.rules.pdf_comparison import PageReading, PdfReading, lines_of

SECONDS = 8.0
WAIT_SECONDS = 4.0
MOST_ANSWER_BYTES = 4 * 1024**2
MOST_AT_ONCE = 2  # a process
_CHILD = Path(__file__).with_name("pdf_child.py")
_turns = threading.BoundedSemaphore(MOST_AT_ONCE)


class UnreadablePdfError(Exception):
    """The file cannot be read: it is broken, locked, or asks for more time or memory than any certificate needs."""


class ReadersBusyError(Exception):
    """Others' files are being read; try again in a few seconds."""


def read_pdf(pdf: bytes) -> PdfReading:
    """Read the first pages of a PDF.

    :raises UnreadablePdfError: see there.
    :raises ReadersBusyError: no turn came within a few seconds.
    """
    if not _turns.acquire(timeout=WAIT_SECONDS):
        raise ReadersBusyError
    try:
        code, answer = _ask_child(pdf)
    finally:
        _turns.release()
    if code != Ending.READ or len(answer) > MOST_ANSWER_BYTES:
        raise UnreadablePdfError(f"ended with {code}")
    try:
        return _reading(answer)
    except (ValueError, LookupError, TypeError, zlib.error) as error:
        raise UnreadablePdfError("no answer that makes sense") from error


def _ask_child(pdf: bytes) -> tuple[int, bytes]:
    """Run the child with an empty environment, and take no more of its answer than we want."""
    process = subprocess.Popen(
        [sys.executable, "-I", str(_CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
    )
    timer = threading.Timer(SECONDS, process.kill)
    timer.start()
    try:
        with process:
            if process.stdin is None or process.stdout is None:
                raise UnreadablePdfError("no pipe")
            try:
                process.stdin.write(pdf)
                process.stdin.close()
                answer = process.stdout.read(MOST_ANSWER_BYTES + 1)
            except BrokenPipeError:
                answer = b""
            process.stdout.close()
            code = process.wait()
    finally:
        timer.cancel()
    return code, answer


def _reading(answer: bytes) -> PdfReading:
    """Believe nothing: whoever breaks the child may write what they like."""
    found = json.loads(answer)
    pages = tuple(
        PageReading(
            width=int(page["width"]),
            height=int(page["height"]),
            lines=lines_of(str(page["text"])),
            pictures=tuple(str(each) for each in page["pictures"]),
            drawing=_unpacked(str(page["drawing"])),
        )
        for page in found["pages"]
    )
    return PdfReading(
        page_count=int(found["page_count"]), pages=pages, metadata=tuple(str(each) for each in found["metadata"])
    )


def _unpacked(drawing: str) -> bytes:
    return zlib.decompressobj().decompress(base64.b64decode(drawing, validate=True), MOST_ANSWER_BYTES)
