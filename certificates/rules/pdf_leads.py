"""Which certificate a PDF claims to be: codes and numbers that stand in it, in its text or between its bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_LEADS = 40
_TOKEN = re.compile(rb"/verify/([A-Za-z0-9_-]{16,64})(?![A-Za-z0-9_-])")
_NUMBER = re.compile(r"(?<![0-9A-Z])(?=[0-9A-Z]*[0-9]{6})[0-9A-Z]{10,40}(?![0-9A-Z])")


@dataclass(frozen=True, slots=True)
class Leads:
    """Codes and numbers in the order they were found, each once, at most :data:`MOST_LEADS` of either."""

    tokens: tuple[str, ...]
    numbers: tuple[str, ...]


def leads_in(pdf: bytes, text: str) -> Leads:
    """Look through the text that was read, and through what lies uncompressed in the file.

    A file that no program can read any more often still names its certificate in its description.
    """
    raw = pdf.decode("latin-1")
    tokens = [found.decode() for found in _TOKEN.findall(text.encode() + b"\n" + pdf)]
    numbers = [found[0] for part in (text, raw) for found in _NUMBER.finditer(part)]
    return Leads(tokens=_first(tokens), numbers=_first(numbers))


def _first(found: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))[:MOST_LEADS]
