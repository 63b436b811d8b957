"""What the author of a SCORM package ought to know: what its files do that will not work, or will not count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from media_pipeline.enums import FindingCode, FindingLevel

MOST_OF_A_KIND = 20
_MOST_COMPARED = 2_000  # of a code and level; beyond that they are counted, and the same one may count twice


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


class FindingList:
    """Findings as they come up, each told once."""

    def __init__(self) -> None:
        self._found: dict[Finding, None] = {}
        self._counts: Counter[tuple[FindingCode, FindingLevel]] = Counter()

    def error(self, code: FindingCode, where: str = "", detail: str = "") -> None:
        """Note what does not work."""
        self.add(Finding(code, FindingLevel.ERROR, where, detail))

    def warn(self, code: FindingCode, where: str = "", detail: str = "") -> None:
        """Note what may not work."""
        self.add(Finding(code, FindingLevel.WARNING, where, detail))

    def inform(self, code: FindingCode, where: str = "", detail: str = "") -> None:
        """Note what is good to know."""
        self.add(Finding(code, FindingLevel.INFO, where, detail))

    def add(self, finding: Finding) -> None:
        """Note it, unless it is noted already."""
        if finding in self._found:
            return
        kind = finding.code, finding.level
        self._counts[kind] += 1
        if self._counts[kind] <= _MOST_COMPARED:
            self._found[finding] = None

    def listed(self) -> tuple[Finding, ...]:
        """All of them, as many of each code as a person reads."""
        return _cap(self._found, self._counts)


def cap_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Keep the first of each code and level, and say how many more there were (``where`` names the code)."""
    found = list(findings)
    return _cap(found, Counter((finding.code, finding.level) for finding in found))


def _cap(findings: Iterable[Finding], totals: Counter[tuple[FindingCode, FindingLevel]]) -> tuple[Finding, ...]:
    counts: Counter[tuple[FindingCode, FindingLevel]] = Counter()
    kept: list[Finding] = []
    for finding in findings:
        counts[finding.code, finding.level] += 1
        if counts[finding.code, finding.level] <= MOST_OF_A_KIND:
            kept.append(finding)
    for (code, level), count in totals.items():
        if count > MOST_OF_A_KIND:
            kept.append(Finding(FindingCode.MORE, level, code.value, str(count - MOST_OF_A_KIND)))
    return tuple(kept)
