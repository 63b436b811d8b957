"""What must hold of a package that was played, whatever is in it; and what its folder says about it besides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

REFUSED, READY = "failed", "ready"


@dataclass(slots=True)
class Played:
    """What was seen of one package.

    ``reported`` are the items that said anything by the API, ``opened`` those whose page came; ``shut`` those that
    could not be chosen at the beginning, ``kept_shut`` those that never could. ``resumed`` is None where no item left
    a bookmark. ``attempt`` is the server's row; ``shown`` what the page said of it.
    """

    name: str
    state: str
    reason: str = ""
    standard: str = ""
    leaves: list[str] = field(default_factory=list)
    scos: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    reported: list[str] = field(default_factory=list)
    shut: list[str] = field(default_factory=list)
    kept_shut: list[str] = field(default_factory=list)
    by_calls: list[str] = field(default_factory=list)
    resumed: bool | None = None
    attempt: dict[str, Any] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    booked: bool = False
    findings: list[str] = field(default_factory=list)
    trouble: str = ""

    @property
    def detail(self) -> str:
        """One line for the table."""
        if self.state != READY:
            return self.reason
        score = self.attempt.get("score_raw")
        return ", ".join(
            [
                f"{len(self.opened)}/{len(self.leaves)} pages",
                f"{len(self.reported)} report" if self.reported else "never reports",
                f"{self.attempt.get('completion')}/{self.attempt.get('success')}",
                *([f"score {score:g}"] if score is not None else []),
                *(["resumed"] if self.resumed else []),
                *([f"{len(self.shut)} shut at first"] if self.shut else []),
                *([f"{len(self.by_calls)} by its API"] if self.by_calls else []),
                *(["booked"] if self.booked else []),
            ]
        )


def find_faults(played: Played, wanted: dict[str, Any]) -> list[str]:
    """What is not as it must be; ``wanted`` is what the folder's ``expected.json`` says of the package, if anything."""
    faults = [played.trouble] if played.trouble else []
    if played.state == READY:
        faults += _faults_of_run(played)
    elif played.state != REFUSED or played.reason in ("", "internal"):
        faults.append(f"neither ready nor refused with a reason: {played.state} {played.reason}")
    seen = {
        "outcome": "ready" if played.state == READY else "refused",
        "reason": played.reason,
        "leaves": len(played.leaves),
        "reports": bool(played.reported),
        "resumes": bool(played.resumed),
        "shut": len(played.shut),
        "completion": played.attempt.get("completion"),
        "success": played.attempt.get("success"),
    }
    return faults + [
        f"{name}: {seen.get(name)!r}, not {value!r}" for name, value in wanted.items() if seen.get(name) != value
    ]


def _faults_of_run(played: Played) -> list[str]:
    faults = []
    if missing := [key for key in played.leaves if key not in (*played.opened, *played.kept_shut)]:
        faults.append(f"never opened: {', '.join(missing[:4])}")
    if played.kept_shut and not played.reported:
        faults.append(f"never to be opened: {', '.join(played.kept_shut[:4])}")
    if played.broken:
        faults.append(f"no page came: {', '.join(played.broken[:4])}")
    if played.resumed is False:
        faults.append("the bookmark was lost")
    if played.reported and played.attempt.get("completion") not in ("completed",):
        faults.append(f"not completed on the server: {played.attempt.get('completion')}")
    if played.attempt and played.shown.get("completion") not in (None, played.attempt.get("completion")):
        faults.append(f"the page says {played.shown['completion']}, the server {played.attempt['completion']}")
    if played.reported and not played.booked:
        faults.append("the ledger does not have it")
    return faults
