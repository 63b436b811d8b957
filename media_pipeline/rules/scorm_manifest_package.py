"""A manifest as a whole: its edition, the organization that is played, and what its author ought to know."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import TYPE_CHECKING, Any

from media_pipeline.enums import FailureReason, FindingCode, FindingLevel, ScormStandard
from media_pipeline.rules.scorm_findings import FindingList
from media_pipeline.rules.scorm_manifest import ManifestRefusedError, ParsedPackage
from media_pipeline.rules.scorm_manifest_items import (
    MOST_IDENTIFIER_LETTERS,
    MOST_ITEMS,
    MOST_TITLE_LETTERS,
    Reading,
    launch_of,
    plain_activity,
    read_activity,
)
from media_pipeline.rules.scorm_manifest_metadata import LoadMetadata, Told, read_metadata
from media_pipeline.rules.scorm_manifest_paths import FileNames
from media_pipeline.rules.scorm_manifest_resources import SCO, Resource, note_place, read_resources
from media_pipeline.rules.scorm_manifest_sequencing import sequencing_collection
from media_pipeline.rules.scorm_manifest_standard import detect_standard
from media_pipeline.rules.scorm_manifest_words import as_bool, attribute, child, children, worded

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def read_package(
    manifest: Element,
    *,
    namespaces: Set[str],
    base: str,
    names: FileNames,
    load: LoadMetadata,
    findings: FindingList,
) -> ParsedPackage:
    """Read a manifest's elements.

    :raises ManifestRefusedError: it is of no SCORM, or nothing in it can be launched.
    """
    standard, remark = detect_standard(manifest, namespaces)
    if remark:
        findings.add(remark)
    identifier = _identifier(manifest)
    submanifests = frozenset(attribute(each, "identifier") or "" for each in children(manifest, "manifest"))
    for key in sorted(submanifests):
        findings.warn(FindingCode.SUBMANIFEST, key)
    resources = read_resources(manifest, base, names, findings)
    reading = Reading(standard, resources, sequencing_collection(manifest), submanifests, findings)
    holder = child(manifest, "organizations")
    organization = _organization(holder, findings)
    root = read_activity(organization, reading, is_root=True) if organization is not None else None
    if root is None or not root["children"]:
        root = _made_up(reading)
    elif not _launches(root):
        raise ManifestRefusedError(FailureReason.NOTHING_TO_PLAY, _why_nothing(findings) or root["id"])
    told = read_metadata(manifest, load)
    seconds = _seconds(told, organization, resources, load, findings)
    title = _title(organization, told, identifier)
    if organization is not None and not (told.title or worded(child(organization, "title"))):
        findings.inform(FindingCode.TITLE_MISSING, root["id"])
    root["title"] = title if root["title"] in ("", root["id"]) else root["title"]
    outline = _outline(standard, identifier, title, holder, organization, root)
    if told.description:
        outline["description"] = told.description[:2000]
    return ParsedPackage(standard, identifier, title, outline, findings.listed(), seconds)


def _identifier(manifest: Element) -> str:
    key = attribute(manifest, "identifier") or ""
    if len(key) > MOST_IDENTIFIER_LETTERS:
        raise ManifestRefusedError(FailureReason.BAD_IDENTIFIER, f"{key[:80]}… ({len(key)})")
    return key


def _organization(holder: Element | None, findings: FindingList) -> Element | None:
    """The one that is the default, else the first; None where there is none that has items."""
    found = list(children(holder, "organization"))
    if not found:
        return None
    wanted = attribute(holder, "default")
    chosen = next((each for each in found if wanted and attribute(each, "identifier") == wanted), None)
    if chosen is None:
        chosen = found[0]
        if wanted or len(found) > 1:
            findings.warn(FindingCode.DEFAULT_MISSING, attribute(chosen, "identifier") or "", (wanted or "")[:200])
    if len(found) > 1:
        others = [attribute(each, "identifier") or "" for each in found if each is not chosen]
        findings.inform(FindingCode.OTHER_ORGANIZATIONS, detail=", ".join(others)[:400])
    return chosen


def _made_up(reading: Reading) -> dict[str, Any]:
    """An item for each resource that launches something: for SCOs where there are any, else for assets.

    :raises ManifestRefusedError: there is none.
    """
    findings = reading.findings
    opening = [each for each in reading.resources.values() if each.place is not None]
    chosen = [each for each in opening if each.kind == SCO] or opening
    for each in chosen:
        if each.place is not None:
            note_place(each.place, each.key, findings, is_launch=True)
    chosen = [each for each in chosen if each.place is not None and each.place.is_there]
    if not chosen:
        reason = FailureReason.NOTHING_TO_PLAY if opening else FailureReason.NO_ORGANIZATION
        raise ManifestRefusedError(reason, ", ".join(each.key for each in opening)[:200])
    if len(chosen) > MOST_ITEMS:
        raise ManifestRefusedError(FailureReason.MANIFEST_LARGE, f"> {MOST_ITEMS} items")
    if long := next((each.key for each in chosen if len(each.key) > MOST_IDENTIFIER_LETTERS), ""):
        raise ManifestRefusedError(FailureReason.BAD_IDENTIFIER, f"{long[:80]}… ({len(long)})")
    findings.warn(FindingCode.ORGANIZATION_MISSING, detail=str(len(chosen)))
    below = [
        plain_activity(each.key or f"item-{number}", each.key, launch_of(each), [])
        for number, each in enumerate(chosen, start=1)
    ]
    root_key = "organization"
    while any(each["id"] == root_key for each in below):
        root_key += "-"
    root = plain_activity(root_key, "", None, below)
    if reading.is_2004:
        root["sequencing"] = {"controlMode": {"choice": True, "flow": True}}
    return root


def _why_nothing(findings: FindingList) -> str:
    """What the items that cannot be opened lead to: the files that are not there, above all."""
    lost = [each for each in findings.listed() if each.level is FindingLevel.ERROR]
    return ", ".join(f"{each.where}: {each.detail}" for each in lost[:3])[:200]


def _launches(activity: Mapping[str, Any]) -> bool:
    return activity["launch"] is not None or any(_launches(each) for each in activity["children"])


def _title(organization: Element | None, told: Told, identifier: str) -> str:
    said = worded(child(organization, "title")) or told.title or identifier
    return said[:MOST_TITLE_LETTERS]


def _seconds(
    told: Told,
    organization: Element | None,
    resources: Mapping[str, Resource],
    load: LoadMetadata,
    findings: FindingList,
) -> int | None:
    """How long learning takes: of the whole package, else of the organization, else of its items together."""
    for each in (told, read_metadata(organization, load) if organization is not None else Told()):
        if each.seconds is not None:
            return each.seconds
        if each.unreadable:
            findings.warn(FindingCode.VALUE_UNREADABLE, detail=f"typicalLearningTime={each.unreadable}")
    if organization is None:
        return None
    parts: list[int] = []
    for item in organization.iter():
        if (key := attribute(item, "identifierref")) is None:
            continue
        own = read_metadata(item, load).seconds
        resource = resources.get(key)
        if own is None and resource is not None:
            own = read_metadata(resource.element, load).seconds
        if own is not None:
            parts.append(own)
    return sum(parts) or None


def _outline(
    standard: ScormStandard,
    identifier: str,
    title: str,
    holder: Element | None,
    organization: Element | None,
    root: dict[str, Any],
) -> dict[str, Any]:
    """The outline; what is global to the system unless the organization says otherwise (4th Edition CAM 3.4.1.3)."""
    organizations = [
        {"identifier": attribute(each, "identifier") or "", "title": worded(child(each, "title"))[:MOST_TITLE_LETTERS]}
        for each in children(holder, "organization")
    ]

    def is_global(name: str) -> bool:
        return as_bool(attribute(organization, name) or "true") is not False

    return {
        "identifier": identifier,
        "title": title,
        "standard": standard.value,
        "organization": root["id"],
        "organizations": organizations or [{"identifier": root["id"], "title": root["title"]}],
        "objectivesGlobalToSystem": is_global("objectivesglobaltosystem"),
        "sharedDataGlobalToSystem": is_global("shareddataglobaltosystem"),
        "root": root,
    }
