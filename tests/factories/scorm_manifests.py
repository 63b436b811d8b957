"""Manifests of SCORM packages for tests, written by hand from the specification."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from media_pipeline.gateways.scorm_manifest import parse_manifest
from media_pipeline.rules.scorm_manifest import ParsedPackage

NS_12 = (
    'xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"'
    ' xmlns:imsmd="http://www.imsglobal.org/xsd/imsmd_rootv1p2p1"'
)
NS_2004 = (
    'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"'
    ' xmlns:adlseq="http://www.adlnet.org/xsd/adlseq_v1p3" xmlns:adlnav="http://www.adlnet.org/xsd/adlnav_v1p3"'
    ' xmlns:imsss="http://www.imsglobal.org/xsd/imsss" xmlns:lom="http://ltsc.ieee.org/xsd/LOM"'
)
VERSIONS = {
    "1.2": (NS_12, "1.2"),
    "2004-2": (NS_2004, "CAM 1.3"),
    "2004-3": (NS_2004, "2004 3rd Edition"),
    "2004-4": (NS_2004, "2004 4th Edition"),
}
ITEM = '<item identifier="I1" identifierref="R1"><title>测试第一课</title></item>'
RESOURCE = (
    '<resource identifier="R1" type="webcontent" adlcp:{kind}="sco" href="a.html"><file href="a.html"/></resource>'
)


def make_manifest(
    standard: str = "1.2",
    *,
    items: str = ITEM,
    resources: str | None = None,
    organization: str = "",
    organizations: str | None = None,
    metadata: str = "",
    after: str = "",
    attributes: str = "",
    resources_attributes: str = "",
    version: str | None = None,
    prolog: str = '<?xml version="1.0" encoding="UTF-8"?>',
) -> str:
    """A manifest with one item that launches ``a.html``, and whatever is given in the place of its parts.

    ``organization`` stands inside the organization's tag, ``attributes`` inside the manifest's, ``after`` at its end.
    """
    namespaces, said = VERSIONS[standard]
    marked = "scormtype" if standard == "1.2" else "scormType"
    if organizations is None:
        organizations = (
            f'<organizations default="ORG"><organization identifier="ORG" {organization}>'
            f"<title>测试课件</title>{items}</organization></organizations>"
        )
    return (
        f'{prolog}<manifest identifier="MAN-1" version="1" {namespaces} {attributes}>'
        f"<metadata><schema>ADL SCORM</schema><schemaversion>{said if version is None else version}</schemaversion>"
        f"{metadata}</metadata>{organizations}"
        f"<resources {resources_attributes}>{resources or RESOURCE.format(kind=marked)}</resources>"
        f"{after}</manifest>"
    )


def read_manifest(
    text: str | bytes,
    *,
    files: Mapping[str, bytes] | None = None,
    base: str = "",
    read_text: Callable[[str], bytes] | None = None,
) -> ParsedPackage:
    """Read a manifest of a package that has ``a.html``, or the given files."""
    held = {"a.html": b"<p>"} if files is None else files
    data = text.encode() if isinstance(text, str) else text
    sizes = {path: len(content) for path, content in held.items()}
    return parse_manifest(data, base=base, files=sizes, read_text=read_text or held.__getitem__)


def only_item(package: ParsedPackage) -> dict:
    """The first item below the organization."""
    return package.outline["root"]["children"][0]


def codes(package: ParsedPackage) -> list[str]:
    """The codes of what was found."""
    return [finding.code.value for finding in package.findings]
