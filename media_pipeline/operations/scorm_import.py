"""SCORM packages: from an uploaded zip to files that learners open one by one."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from media_pipeline.enums import DeclaredBy, FailureReason, FindingCode, MediaKind
from media_pipeline.gateways.package_store import THREADS, store_package
from media_pipeline.gateways.scorm_archive import Archive
from media_pipeline.gateways.scorm_manifest import parse_manifest
from media_pipeline.gateways.storage import local_path
from media_pipeline.gateways.workplace import check_space
from media_pipeline.models import ScormContent, Video
from media_pipeline.models.scorm import DEFAULT_DECLARED_SECONDS
from media_pipeline.operations.claims import Claim
from media_pipeline.operations.inspection import SourceRefusedError
from media_pipeline.rules.member_names import ReadNames
from media_pipeline.rules.package_limits import MAX_MANIFEST_BYTES, MAX_METADATA_BYTES, PackageRefusedError
from media_pipeline.rules.progress import percent_of
from media_pipeline.rules.scorm_archive import Package, choose_package, manifest_of
from media_pipeline.rules.scorm_findings import FindingList
from media_pipeline.rules.scorm_manifest import ManifestRefusedError, ParsedPackage
from media_pipeline.rules.scorm_pages import PageFacts, scan_text, summarise
from media_pipeline.rules.signatures import is_named_zip, is_office_file, is_zip_head

_HEAD_BYTES = 4
_SHOWN_NAMES = 5


@dataclass(frozen=True, slots=True)
class ImportedPackage:
    """A package whose files are stored: the facts of a ready row, and what goes into its ``ScormContent``."""

    facts: dict[str, Any]
    content: dict[str, Any]


def is_package(source: Path, original_name: str) -> bool:
    """Whether a source is to be taken for a package: a zip that is no office file, or whatever is called ``.zip``."""
    with source.open("rb") as opened:
        if not is_zip_head(opened.read(_HEAD_BYTES)):
            return is_named_zip(original_name)
    try:
        with Archive(source) as archive:
            names = [entry.raw_name for entry in archive.entries()[1]]
    except PackageRefusedError:
        return is_named_zip(original_name)
    return is_named_zip(original_name) or not is_office_file(names)


def import_package(source: Path, folder: Path, prefix: str, *, claim: Claim) -> ImportedPackage:
    """Judge a package whole, then unpack it below ``prefix``; ``folder`` is for what is on its way.

    What its manifest launches is read before a byte is stored. The row's kind is written at once.

    :raises SourceRefusedError: it cannot be imported; the detail names the file in it.
    """
    claim.write(kind=MediaKind.SCORM)
    with source.open("rb") as opened:
        if not is_zip_head(opened.read(_HEAD_BYTES)):
            raise SourceRefusedError(FailureReason.NOT_ZIP)
    try:
        with Archive(source) as archive:
            return _import(archive, folder, prefix, claim)
    except (PackageRefusedError, ManifestRefusedError) as error:
        raise SourceRefusedError(error.reason, error.detail) from error


@transaction.atomic
def finish_package(*, claim: Claim, package: ImportedPackage) -> None:
    """End the run: the row is ready, and says what it holds, at the same moment.

    :raises ClaimLostError: the work is someone else's by now.
    """
    claim.finish(**package.facts)
    ScormContent.objects.update_or_create(video=claim.video, defaults={**package.content, "imported_at": claim.clock()})


def _import(archive: Archive, folder: Path, prefix: str, claim: Claim) -> ImportedPackage:
    members, names = archive.members()
    package = choose_package(members)
    claim.beat()
    files = {member.name: member.unpacked_bytes for member in package.members}
    parsed = _read_manifest(archive, package, files)
    _check_room(package, folder)
    claim.begin_transcoding()
    pages: list[PageFacts] = []

    def look_through(name: str, text: bytes) -> None:
        facts = scan_text(name, _letters_of(text))
        if facts != PageFacts(name):
            pages.append(facts)

    def progress(written: int) -> None:
        claim.beat(percent_of(written, package.unpacked_bytes))

    store_package(archive, package, prefix, spool=folder, on_text=look_through, on_bytes=progress)
    pages.sort(key=lambda facts: facts.name)  # threads come to them in any order
    holds_flash = any(name.lower().endswith(".swf") for name in files)
    of_pages = summarise(pages, standard=parsed.standard, holds_flash=holds_flash)
    findings = [finding.as_json() for finding in (*parsed.findings, *_findings_of(package, names), *of_pages)]
    return _imported(claim.video, package, parsed, findings, files, prefix)


def _letters_of(text: bytes) -> str:
    """A text as far as addresses and names of calls go: they are the same in every coding but those of two bytes."""
    if text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return text.decode("utf-16", "replace")
    return text.decode("latin-1")


def _read_manifest(archive: Archive, package: Package, files: Mapping[str, int]) -> ParsedPackage:
    by_name = {member.name: member for member in package.members}
    data = archive.read_member(manifest_of(package), most_bytes=MAX_MANIFEST_BYTES)

    def read_text(name: str) -> bytes:
        return archive.read_member(by_name[name], most_bytes=MAX_METADATA_BYTES)

    return parse_manifest(data, base="", files=files, read_text=read_text)


def _check_room(package: Package, folder: Path) -> None:
    """See that there is room for what is on its way, and for all of it where the storage is a folder.

    :raises NoSpaceError: there is too little.
    """
    if (kept := local_path("videos")) is not None:
        check_space(kept, package.unpacked_bytes)
        return
    largest = sorted((member.unpacked_bytes for member in package.members), reverse=True)
    check_space(folder, sum(largest[:THREADS]))


def _findings_of(package: Package, names: ReadNames) -> tuple[Any, ...]:
    found = FindingList()
    if package.junk:
        found.inform(FindingCode.JUNK_IGNORED, detail=str(package.junk))
    if package.outside:
        shown = ", ".join(package.outside[:_SHOWN_NAMES])
        found.warn(FindingCode.OUTSIDE_ROOT, where=package.root, detail=f"{len(package.outside)}: {shown}")
    if names.guessed:
        found.inform(FindingCode.NAMES_DECODED, detail=names.guessed.value)
    if names.had_backslashes:
        found.inform(FindingCode.NAMES_MENDED)
    for name in package.twins:
        found.warn(FindingCode.CASE_TWINS, where=name)
    return found.listed()


def _imported(
    video: Video,
    package: Package,
    parsed: ParsedPackage,
    findings: list[dict[str, str]],
    files: dict[str, int],
    prefix: str,
) -> ImportedPackage:
    before = ScormContent.objects.filter(video__replacements=video).first()  # what an editor said of the last version
    declared, declared_by = _declared(parsed, before)
    facts = {
        "kind": MediaKind.SCORM,
        "hls_prefix": prefix,
        "duration_ms": declared * 1000,
        "source_facts": {
            "format": f"SCORM {parsed.standard}",
            "files": len(files),
            "unpacked_bytes": package.unpacked_bytes,
        },
    }
    content = {
        "standard": parsed.standard,
        "identifier": parsed.identifier,
        "outline": parsed.outline,
        "findings": findings,
        "files": files,
        "file_count": len(files),
        "unpacked_bytes": package.unpacked_bytes,
        "declared_seconds": declared,
        "declared_by": declared_by,
        "allowed_hosts": before.allowed_hosts if before else [],
    }
    return ImportedPackage(facts, content)


def _declared(parsed: ParsedPackage, before: ScormContent | None) -> tuple[int, DeclaredBy]:
    """How long it takes: an editor's word for the version before counts most, then the manifest's."""
    if before is not None and before.declared_by == DeclaredBy.EDITOR:
        return before.declared_seconds, DeclaredBy.EDITOR
    if parsed.declared_seconds:
        return parsed.declared_seconds, DeclaredBy.MANIFEST
    return DEFAULT_DECLARED_SECONDS, DeclaredBy.NOBODY
