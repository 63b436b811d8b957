"""What a manifest's metadata say (IEEE LOM, and IMS metadata in SCORM 1.2): title, description, how long it takes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from media_pipeline.rules.scorm_manifest_words import child, children, name_of, text_of, worded

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_SECONDS = 7 * 24 * 3600
_DURATION = re.compile(
    r"P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?"
    r"(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})(?:\.\d{1,9})?S)?)?",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(\d{1,4}):([0-5]?\d)(?::([0-5]?\d)(?:\.\d{1,9})?)?")
_UNITS = (365 * 86_400, 30 * 86_400, 7 * 86_400, 86_400, 3600, 60, 1)

LoadMetadata = Callable[[str], "Element | None"]  # an external file, by the address that the manifest gives


@dataclass(frozen=True, slots=True)
class Told:
    """What metadata tell. ``seconds`` is None where they say nothing, ``unreadable`` what they say instead."""

    title: str = ""
    description: str = ""
    seconds: int | None = None
    unreadable: str = ""


def read_metadata(holder: Element, load: LoadMetadata) -> Told:
    """Read the metadata of a manifest, organization, item or resource: its own ``lom`` first, then external files."""
    told = Told()
    for metadata in children(holder, "metadata"):
        found = [each for each in metadata.iter() if name_of(each) in ("lom", "record")]
        found += [root for each in children(metadata, "location") if (root := load(text_of(each))) is not None]
        for lom in found:
            told = _either(told, _read(lom))
    return told


def _read(lom: Element) -> Told:
    general = child(lom, "general")
    title = worded(child(general, "title"))
    description = worded(child(general, "description"))
    time = child(child(lom, "educational"), "typicallearningtime")
    said = [each for each in time if name_of(each) in ("datetime", "duration")] if time is not None else []
    words = text_of(said[0] if said else time)
    seconds = parse_duration(words)
    says_nothing = seconds is not None or _says_nought(words)
    return Told(title, description, seconds, "" if says_nothing else words[:80])


def _says_nought(words: str) -> bool:
    """Whether it is a length of nought, which tools write where their authors said nothing: ``PT0H0M0S``."""
    is_length = _CLOCK.fullmatch(words) or _DURATION.fullmatch(words)
    return is_length is not None and not re.search("[1-9]", words)


def _either(one: Told, other: Told) -> Told:
    seconds = one.seconds if one.seconds is not None else other.seconds
    return Told(
        one.title or other.title,
        one.description or other.description,
        seconds,
        "" if seconds is not None else one.unreadable or other.unreadable,
    )


def parse_duration(text: str) -> int | None:
    """Read an ISO 8601 duration or a clock's ``hh:mm[:ss]`` as whole seconds; None for none, nought, or over a week.

    >>> parse_duration("PT1H30M"), parse_duration("00:45:00"), parse_duration("PT0S")
    (5400, 2700, None)
    """
    word = text.strip()
    clock = _CLOCK.fullmatch(word)
    if clock:
        seconds = sum(int(part or 0) * unit for part, unit in zip(clock.groups(), (3600, 60, 1), strict=True))
    elif match := _DURATION.fullmatch(word):
        seconds = sum(int(part or 0) * unit for part, unit in zip(match.groups(), _UNITS, strict=True))
    else:
        return None
    return seconds if 0 < seconds <= MOST_SECONDS else None
