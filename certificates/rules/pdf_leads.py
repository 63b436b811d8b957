"""Which certificate a PDF claims to be: codes and numbers that stand in it, in its text or between its bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

MOST_LEADS = 40
NAME_LABEL, NEXT_LABEL = "姓名", "证件号码"
_BEFORE_NAME = re.compile(r"(?:Name)?[:：]?")
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


def name_in(lines: Sequence[str]) -> str:
    """The one name that a page gives as its holder's: all between the first label of a name and the label after it.

    One name a file, whole: whoever hands in a list of names learns nothing about any of them. Empty where no name, or
    no end of it, is found. ``lines`` are without blanks.
    """
    start = next((place for place, line in enumerate(lines) if line.startswith(NAME_LABEL)), None)
    if start is None:
        return ""
    given = [lines[start].removeprefix(NAME_LABEL)]
    for line in lines[start + 1 :]:
        if line.startswith(NEXT_LABEL):
            return _BEFORE_NAME.sub("", "".join(given), count=1)
        given.append(line)
    return ""


def _first(found: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))[:MOST_LEADS]
