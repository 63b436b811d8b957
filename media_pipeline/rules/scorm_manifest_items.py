"""Items of an organization as activities of the outline (SCORM 1.2 and 2004 CAM, section 3.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from media_pipeline.enums import FailureReason, FindingCode, ScormStandard
from media_pipeline.rules.scorm_findings import FindingList
from media_pipeline.rules.scorm_manifest import ManifestRefusedError
from media_pipeline.rules.scorm_manifest_paths import join_parameters
from media_pipeline.rules.scorm_manifest_resources import Resource, note_place
from media_pipeline.rules.scorm_manifest_sequencing import read_sequencing, sequenced_elements
from media_pipeline.rules.scorm_manifest_words import (
    as_bool,
    as_decimal,
    attribute,
    child,
    child_text,
    children,
    name_of,
    text_of,
    worded,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_IDENTIFIER_LETTERS = 255
MOST_ITEMS = 5_000
MOST_TITLE_LETTERS = 400
# many items may refer to the same resource and the same sequencing, and each gets all of it
MOST_HREF_LETTERS = 8_000
MOST_SEQUENCED = 300_000
_ROOT_MARK = "-organization"
_HIDDEN = {
    each.lower(): each for each in ("previous", "continue", "exit", "exitAll", "abandon", "abandonAll", "suspendAll")
}


@dataclass(slots=True)
class Reading:
    """What reading the items needs to know, and what it has met."""

    standard: ScormStandard
    resources: Mapping[str, Resource]
    collection: Mapping[str, Element]
    submanifests: frozenset[str]
    findings: FindingList
    keys: set[str] = field(default_factory=set)
    sequenced: int = 0

    @property
    def is_2004(self) -> bool:
        """Whether sequencing and the rest of SCORM 2004 apply."""
        return self.standard is not ScormStandard.V12


def read_activity(element: Element, reading: Reading, *, is_root: bool = False) -> dict[str, Any]:
    """Give an organization or an item with all below it.

    :raises ManifestRefusedError: an identifier is too long or stands twice, or there is too much of something.
    """
    key = _key(element, reading, is_root=is_root)
    items = list(children(element, "item"))
    launch = None if is_root else _launch(element, key, reading, has_children=bool(items))
    sequencing = _sequencing(element, key, reading)
    said_threshold = child(element, "completionthreshold")
    visible = as_bool(attribute(element, "isvisible") or "true")
    limit = child_text(element, "maxtimeallowed") or _limit(sequencing)
    return {
        "id": key,
        "title": _title(element, key, reading, is_root=is_root),
        "isVisible": visible is not False,
        "launch": launch,
        "prerequisites": child_text(element, "prerequisites"),
        "maxTimeAllowed": limit,
        "timeLimitAction": child_text(element, "timelimitaction").lower(),
        "dataFromLms": _raw_text(child(element, "datafromlms")),
        "masteryScore": _mastery(element, key, reading),
        "completionThreshold": None if said_threshold is None else _threshold(said_threshold, key, reading),
        "hideLmsUi": _hidden(element, key, reading),
        "sharedData": _shared_data(element),
        "sequencing": sequencing,
        "children": [read_activity(each, reading) for each in items],
    }


def plain_activity(key: str, title: str, launch: dict[str, str] | None, below: list[dict[str, Any]]) -> dict[str, Any]:
    """An activity that no item stands for: made where the manifest has no organization."""
    return {
        "id": key,
        "title": title,
        "isVisible": True,
        "launch": launch,
        "prerequisites": "",
        "maxTimeAllowed": "",
        "timeLimitAction": "",
        "dataFromLms": "",
        "masteryScore": None,
        "completionThreshold": None,
        "hideLmsUi": [],
        "sharedData": [],
        "sequencing": None,
        "children": below,
    }


def launch_of(resource: Resource, parameters: str = "") -> dict[str, str]:
    """Give what an item launches."""
    assert resource.place is not None  # noqa: S101  (the caller has looked)
    return {
        "href": join_parameters(resource.place.href, parameters),
        "kind": resource.kind,
        "resource": resource.key,
    }


def _key(element: Element, reading: Reading, *, is_root: bool) -> str:
    key = attribute(element, "identifier") or ""
    items = (each for each in element.iter() if is_root and name_of(each) == "item")
    if key and any(attribute(each, "identifier") == key for each in items):
        reading.findings.warn(FindingCode.IDENTIFIER_REPEATED, key)  # items keep theirs: progress goes by it
        key = f"{key[: MOST_IDENTIFIER_LETTERS - len(_ROOT_MARK)]}{_ROOT_MARK}"
    if len(key) > MOST_IDENTIFIER_LETTERS:
        raise ManifestRefusedError(FailureReason.BAD_IDENTIFIER, f"{key[:80]}… ({len(key)})")
    if not key:
        number = len(reading.keys) + 1
        while (key := f"item-{number}") in reading.keys:
            number += 1
        reading.findings.warn(FindingCode.IDENTIFIER_MISSING, key)
    elif key in reading.keys:
        raise ManifestRefusedError(FailureReason.BAD_IDENTIFIER, key)
    reading.keys.add(key)
    if len(reading.keys) > MOST_ITEMS:
        raise ManifestRefusedError(FailureReason.MANIFEST_LARGE, f"> {MOST_ITEMS} items")
    return key


def _title(element: Element, key: str, reading: Reading, *, is_root: bool) -> str:
    title = worded(child(element, "title"))
    if not title and not is_root:
        reading.findings.inform(FindingCode.TITLE_MISSING, key)
    return (title or key)[:MOST_TITLE_LETTERS]


def _launch(element: Element, key: str, reading: Reading, *, has_children: bool) -> dict[str, str] | None:
    wanted = attribute(element, "identifierref")
    if not wanted:
        if not has_children:
            reading.findings.warn(FindingCode.NOTHING_TO_OPEN, key)
        return None
    resource = reading.resources.get(wanted)
    if resource is not None and resource.place is None:
        if not has_children:
            reading.findings.error(FindingCode.NOTHING_TO_OPEN, key, wanted[:200])
        return None
    if resource is None or resource.place is None:
        code = FindingCode.SUBMANIFEST if wanted in reading.submanifests else FindingCode.RESOURCE_MISSING
        reading.findings.error(code, key, wanted[:200])
        return None
    if has_children and reading.is_2004:
        reading.findings.warn(FindingCode.CLUSTER_CONTENT, key)
        return None
    if len(resource.place.href) > MOST_HREF_LETTERS:
        raise ManifestRefusedError(FailureReason.MANIFEST_LARGE, f"{wanted[:80]}: {len(resource.place.href)}")
    note_place(resource.place, key, reading.findings, is_launch=True)
    return launch_of(resource, attribute(element, "parameters") or "") if resource.place.is_there else None


def _sequencing(element: Element, key: str, reading: Reading) -> dict[str, Any] | None:
    if not reading.is_2004:
        return None

    def complain(what: str) -> None:
        reading.findings.warn(FindingCode.VALUE_UNREADABLE, key, what)

    reading.sequenced += sequenced_elements(element, reading.collection)
    if reading.sequenced > MOST_SEQUENCED:
        raise ManifestRefusedError(FailureReason.MANIFEST_LARGE, f"> {MOST_SEQUENCED} sequencing elements")
    found, lost = read_sequencing(element, reading.collection, complain)
    if lost:
        reading.findings.warn(FindingCode.SEQUENCING_MISSING, key, lost[:200])
    return found


def _limit(sequencing: dict[str, Any] | None) -> str:
    """The time that SCORM 2004 tells content it has: the limit on one attempt."""
    limits = (sequencing or {}).get("limitConditions", {})
    return str(limits.get("attemptAbsoluteDurationLimit", ""))


def _raw_text(element: Element | None) -> str:
    """Launch data come as they are written, but for the blanks around them."""
    return "" if element is None else "".join(element.itertext()).strip()


def _mastery(element: Element, key: str, reading: Reading) -> str | None:
    said = child_text(element, "masteryscore")
    if not said:
        return None
    score = as_decimal(said)
    if score is None or not 0 <= score <= 100:
        reading.findings.warn(FindingCode.VALUE_UNREADABLE, key, f"masteryscore={said[:80]}")
        return None
    return said


def _threshold(element: Element, key: str, reading: Reading) -> dict[str, Any]:
    """The 4th Edition says it by attributes, the 2nd and 3rd by the element's text, a measure that must be reached.

    Some tools write an element inside for each of the attributes.
    """

    def said(name: str) -> str | None:
        return attribute(element, name) or child_text(element, name) or None

    def measure(name: str, words: str | None) -> float:
        read = as_decimal(words) if words else 1.0
        if read is None or not 0 <= read <= 1:
            reading.findings.warn(FindingCode.VALUE_UNREADABLE, key, f"{name}={(words or '')[:80]}")
            return 1.0
        return read

    text, least, by_measure = text_of(element), said("minprogressmeasure"), said("completedbymeasure")
    by_text = bool(text) and attribute(element, "minprogressmeasure") is None
    return {
        "completedByMeasure": by_text if by_measure is None else as_bool(by_measure) is True,
        "minProgressMeasure": measure("minProgressMeasure", (least or text) if by_text else least),
        "progressWeight": measure("progressWeight", said("progressweight")),
    }


def _hidden(element: Element, key: str, reading: Reading) -> list[str]:
    presentation = child(element, "presentation")
    found: list[str] = []
    for each in children(child(presentation, "navigationinterface"), "hidelmsui"):
        word = _HIDDEN.get(text_of(each).lower())
        if word is None:
            reading.findings.warn(FindingCode.VALUE_UNREADABLE, key, f"hideLMSUI={text_of(each)[:80]}")
        elif word not in found:
            found.append(word)
    return found


def _shared_data(element: Element) -> list[dict[str, Any]]:
    """The 4th Edition's stores that items share, with the defaults of its schema."""
    return [
        {
            "targetId": attribute(each, "targetid"),
            "readSharedData": as_bool(attribute(each, "readshareddata") or "true") is not False,
            "writeSharedData": as_bool(attribute(each, "writeshareddata") or "true") is not False,
        }
        for each in children(child(element, "data"), "map")
        if attribute(each, "targetid")
    ]
