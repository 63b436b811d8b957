"""What the author of a SCORM package ought to know: what its files do that will not work, or will not count."""

from __future__ import annotations

from dataclasses import dataclass

from media_pipeline.enums import FindingCode, FindingLevel


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know. ``where`` is a path in the package or an item's identifier, ``detail`` data without words."""

    code: FindingCode
    level: FindingLevel
    where: str = ""
    detail: str = ""

    def as_json(self) -> dict[str, str]:
        """Give it as it is stored."""
        return {"code": self.code.value, "level": self.level.value, "where": self.where, "detail": self.detail}
