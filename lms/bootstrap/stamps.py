"""Remember what was done, by the digest of what it was done from, so that a second run costs nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path


def digest_files(paths: Iterable[Path], *words: str) -> str:
    """Give one digest of the names and contents of files, in the order of their names, and of some words."""
    total = hashlib.sha256()
    for word in words:
        total.update(word.encode() + b"\0")
    for path in sorted(paths):
        total.update(str(path).encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


class Stamps:
    """A small JSON file of name → digest; unreadable or absent means that nothing was done."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def holds(self, name: str, digest: str) -> bool:
        """Say whether this was done from exactly these inputs."""
        return self._read().get(name) == digest

    def write(self, name: str, digest: str) -> None:
        """Remember that it was done; the file is replaced whole, so a crash leaves the old one."""
        stamps = {**self._read(), name: digest}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps(stamps, indent=1, sort_keys=True), encoding="utf-8")
        draft.replace(self.path)

    def _read(self) -> dict[str, str]:
        try:
            stamps = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return stamps if isinstance(stamps, dict) else {}
