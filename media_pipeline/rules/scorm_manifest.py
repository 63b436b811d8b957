"""A SCORM manifest (imsmanifest.xml): which standard it is of, what it launches and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from media_pipeline.enums import ScormStandard
from media_pipeline.rules.scorm_findings import Finding

MOST_IDENTIFIER_LETTERS = 255


class ManifestFault(StrEnum):
    """Why a manifest is refused. Short enough for a reason of failure."""

    EMPTY = "manifest_empty"
    BROKEN = "manifest_broken"
    UNSAFE = "manifest_unsafe"
    TOO_LARGE = "manifest_large"
    NOT_SCORM = "not_scorm"
    NO_ORGANIZATION = "no_organization"
    NO_LAUNCHABLE = "no_launchable"
    LONG_IDENTIFIER = "long_identifier"
    SAME_IDENTIFIER = "same_identifier"


class ManifestRefusedError(ValueError):
    """The package cannot be played. ``detail`` is data: where in the file, which format, which identifier."""

    def __init__(self, reason: ManifestFault, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class ParsedPackage:
    """What a manifest says. ``outline`` is as docs/scorm.md describes it; ``declared_seconds`` None where it says none."""

    standard: ScormStandard
    identifier: str
    title: str
    outline: dict[str, Any]
    findings: tuple[Finding, ...]
    declared_seconds: int | None
