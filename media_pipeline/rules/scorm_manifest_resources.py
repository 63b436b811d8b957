"""The resources of a manifest: what each one launches, of which kind it is, and whether its files are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from media_pipeline.enums import FailureReason, FindingCode
from media_pipeline.rules.scorm_archive import is_junk
from media_pipeline.rules.scorm_findings import FindingList
from media_pipeline.rules.scorm_manifest import ManifestRefusedError
from media_pipeline.rules.scorm_manifest_paths import FileNames, Place, locate
from media_pipeline.rules.scorm_manifest_words import attribute, child, children

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SCO, ASSET = "sco", "asset"
MOST_FOLLOWED_LETTERS = 20_000_000  # of all addresses with the bases that each is read in


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource. ``place`` is what it launches, None where it launches nothing (it is a bundle of files)."""

    key: str
    kind: str
    place: Place | None
    element: Element


def read_resources(manifest: Element, base: str, names: FileNames, findings: FindingList) -> dict[str, Resource]:
    """Give the resources by their identifiers, in their order, and note what is wrong with their files.

    :raises ManifestRefusedError: there are more addresses than any course has.
    """
    holder = child(manifest, "resources")
    bases = [base, attribute(manifest, "base") or "", attribute(holder, "base") or ""]
    elements = list(children(holder, "resource"))
    left = MOST_FOLLOWED_LETTERS
    no_kinds = all(attribute(each, "scormtype") is None for each in elements)
    found: dict[str, Resource] = {}
    for element in elements:
        key = attribute(element, "identifier") or ""
        if key in found:
            findings.warn(FindingCode.IDENTIFIER_REPEATED, key)
            continue
        own_bases = [*bases, attribute(element, "base") or ""]
        left -= _letters(element, own_bases)
        if left < 0:
            raise ManifestRefusedError(FailureReason.MANIFEST_LARGE, f"> {MOST_FOLLOWED_LETTERS} letters of addresses")
        href = attribute(element, "href")
        place = locate(href, own_bases, names) if href else None
        kind = _kind(element, key, no_kinds, place, findings)
        found[key] = Resource(key, kind, place, element)
        _check_files(element, key, own_bases, names, findings)
    _check_dependencies(found, findings)
    return found


def _letters(element: Element, bases: Sequence[str]) -> int:
    """How many letters have to be read to follow all addresses of a resource."""
    hrefs = [element.get("href") or "", *(attribute(file, "href") or "" for file in children(element, "file"))]
    return sum(map(len, hrefs)) + len(hrefs) * sum(map(len, bases))


def note_place(place: Place, where: str, findings: FindingList, *, is_launch: bool) -> None:
    """Note what had to be mended of an address, or why it leads nowhere."""
    for code in place.remarks:
        if code is FindingCode.EXTERNAL_LAUNCH and not is_launch:
            continue
        if is_launch and not place.is_there:
            findings.error(code, where, place.path[:200])
        else:
            findings.warn(code, where, place.path[:200])


def _kind(element: Element, key: str, no_kinds: bool, place: Place | None, findings: FindingList) -> str:
    """SCO or asset. Unmarked ones are assets, unless nothing in the package is marked."""
    given = (attribute(element, "scormtype") or "").lower()
    if given in (SCO, ASSET):
        return given
    kind = SCO if no_kinds else ASSET
    if place is not None:
        findings.warn(FindingCode.KIND_MISSING, key, kind)
    return kind


def _check_files(element: Element, key: str, bases: Sequence[str], names: FileNames, findings: FindingList) -> None:
    for file in children(element, "file"):
        href = attribute(file, "href") or ""
        # some tools list folders too, and what systems leave behind, which is not imported
        if href and not href.endswith(("/", "\\")) and not is_junk(href.replace("\\", "/")):
            note_place(locate(href, bases, names), key, findings, is_launch=False)


def _check_dependencies(resources: dict[str, Resource], findings: FindingList) -> None:
    for resource in resources.values():
        for each in children(resource.element, "dependency"):
            wanted = attribute(each, "identifierref") or ""
            if wanted not in resources:
                findings.warn(FindingCode.RESOURCE_MISSING, resource.key, wanted[:200])
