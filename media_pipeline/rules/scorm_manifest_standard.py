"""Which edition of SCORM a manifest is of, by its namespaces and by the version it writes; or what else it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from typing import TYPE_CHECKING

from media_pipeline.enums import FailureReason, FindingCode, FindingLevel, ScormStandard
from media_pipeline.rules.scorm_findings import Finding
from media_pipeline.rules.scorm_manifest import ManifestRefusedError
from media_pipeline.rules.scorm_manifest_words import attribute, child, child_text, name_of, namespace_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_SAID = (
    (re.compile(r"4\s*th", re.I), ScormStandard.V2004_4),
    (re.compile(r"3\s*rd", re.I), ScormStandard.V2004_3),
    (re.compile(r"2\s*nd|1\s*st|cam\s*1\.3|^1\.3", re.I), ScormStandard.V2004_2),
    (re.compile(r"2004", re.I), ScormStandard.V2004_3),
    (re.compile(r"^(?:scorm\s*)?1\.2", re.I), ScormStandard.V12),
)
_ADL_2004 = ("adlcp_v1p3", "adlseq_v1p3", "adlnav_v1p3")
_ADL_12 = ("adlcp_rootv1p2",)
_OTHERS = ("imscc", "desire2learn")
_ROOTS = {"coursestructure": "cmi5", "tincan": "xAPI (Tin Can)", "quiz": "Moodle", "html": "HTML"}
_AICC = (".au", ".crs", ".cst", ".des")
_FILES = {
    "cmi5.xml": "cmi5",
    "tincan.xml": "xAPI (Tin Can)",
    "h5p.json": "H5P",
    "moodle_backup.xml": "Moodle",
    "contentv3.xml": "eXeLearning",
}


def detect_standard(manifest: Element, namespaces: Set[str]) -> tuple[ScormStandard, Finding | None]:
    """Tell the edition. Where version and namespaces disagree the namespaces hold, and the finding says so.

    ``namespaces`` are those that the file declares anywhere.

    :raises ManifestRefusedError: it is of no SCORM at all; the detail names what it is.
    """
    if name_of(manifest) != "manifest":
        root = name_of(manifest)
        raise ManifestRefusedError(FailureReason.NOT_SCORM, _ROOTS.get(root, f"<{root[:60]}>"))
    metadata = child(manifest, "metadata")
    words = child_text(metadata, "schemaversion")
    schema = child_text(metadata, "schema")
    said = next((standard for pattern, standard in _SAID if pattern.search(words)), None)
    by_names = _by_namespaces(namespaces, manifest, said)
    if said is None and _is_foreign(namespaces, schema) and not _has_kinds(manifest):
        raise ManifestRefusedError(FailureReason.NOT_SCORM, _foreign(namespaces, schema, words))
    if by_names is None:
        if said is None or (schema and "scorm" not in schema.lower()):
            raise ManifestRefusedError(FailureReason.NOT_SCORM, _foreign(namespaces, schema, words))
        return said, None
    if by_names is ScormStandard.V12:
        return by_names, _disagreement(words) if said not in (None, ScormStandard.V12) else None
    if said is None or said is ScormStandard.V12:
        edition = ScormStandard.V2004_4 if _uses_fourth(manifest) else ScormStandard.V2004_3
        return edition, _disagreement(words) if said or words else None
    return said, None


def foreign_format(names: Iterable[str]) -> str:
    """Name the format of a package without imsmanifest.xml, by its files' names; empty where nothing tells."""
    last = {name.rpartition("/")[2].lower() for name in names}
    told = next((kind for name, kind in _FILES.items() if name in last), "")
    if told:
        return told
    found = {suffix for suffix in _AICC if any(name.endswith(suffix) for name in last)}
    return "AICC" if ".crs" in found or len(found) > 1 else ""


def _disagreement(words: str) -> Finding:
    return Finding(FindingCode.STANDARD_DISAGREES, FindingLevel.WARNING, detail=words[:80])


def _by_namespaces(namespaces: Set[str], manifest: Element, said: ScormStandard | None) -> ScormStandard | None:
    """Tell 1.2 from 2004 by ADL's namespaces; of both, those in use decide, then the written version."""
    newer, older = _any(namespaces, _ADL_2004), _any(namespaces, _ADL_12)
    if newer and older:
        used = _used(manifest)
        newer, older = _any(used, _ADL_2004), _any(used, _ADL_12)
        if newer == older:
            return said or ScormStandard.V2004_3
    return ScormStandard.V2004_3 if newer else ScormStandard.V12 if older else None


def _any(namespaces: Set[str], wanted: tuple[str, ...]) -> bool:
    return any(word in namespace for namespace in namespaces for word in wanted)


def _used(manifest: Element) -> set[str]:
    used = set()
    for element in manifest.iter():
        used.add(namespace_of(str(element.tag)))
        used.update(namespace_of(key) for key in element.attrib)
    return used


def _uses_fourth(manifest: Element) -> bool:
    """Whether it has what only the 4th Edition knows: shared data, thresholds as attributes, ADL's objectives."""
    for element in manifest.iter():
        namespace, name = namespace_of(str(element.tag)), name_of(element)
        if "adlcp_v1p3" in namespace and (name == "data" or (name == "completionthreshold" and element.attrib)):
            return True
        if "adlseq_v1p3" in namespace and name == "objectives":
            return True
    return False


def _is_foreign(namespaces: Set[str], schema: str) -> bool:
    """Whether it calls itself something else. Many borrow ADL's namespace for nothing but a place of metadata."""
    return bool(schema and not re.search("scorm|adl", schema, re.I)) or _any(namespaces, _OTHERS)


def _has_kinds(manifest: Element) -> bool:
    """Whether any resource says that it is a SCO or an asset."""
    return any(attribute(each, "scormtype") is not None for each in manifest.iter() if name_of(each) == "resource")


def _foreign(namespaces: Set[str], schema: str, words: str) -> str:
    if any("imscc" in namespace for namespace in namespaces):
        return "IMS Common Cartridge"
    if any("desire2learn" in namespace for namespace in namespaces):
        return "Brightspace (D2L)"
    if any("qti" in namespace for namespace in namespaces):
        return "IMS QTI"
    written = " ".join(each for each in (schema, words) if each)[:80]
    return written or "IMS Content Packaging"
