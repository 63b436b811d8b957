"""What a SCORM manifest (imsmanifest.xml) comes to: a package that can be played, or the reason why it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from media_pipeline.enums import FailureReason, ScormStandard
from media_pipeline.rules.scorm_findings import Finding


class ManifestRefusedError(ValueError):
    """The package cannot be played. ``detail`` is data: where in the file, which format, which identifier."""

    def __init__(self, reason: FailureReason, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class ParsedPackage:
    """What a manifest says. ``outline`` is as docs/scorm.md has it; ``declared_seconds`` None where it is silent."""

    standard: ScormStandard
    identifier: str
    title: str
    outline: dict[str, Any]
    findings: tuple[Finding, ...]
    declared_seconds: int | None
