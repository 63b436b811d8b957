"""Which of a package's files an address means: what was written on one machine is asked for by another."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping


def fold_path(path: str) -> str:
    """Give the form in which paths are compared where they differ: case, and how accents are composed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def folded_paths(paths: Iterable[str]) -> dict[str, str]:
    """Name each path by its folded form; of several that fold alike the first in their order is meant."""
    found: dict[str, str] = {}
    for path in sorted(paths):
        found.setdefault(fold_path(path), path)
    return found


def find_path(path: str, files: Mapping[str, int], folded: Mapping[str, str]) -> str | None:
    """The path under which a package has what is asked for, or None.

    As it is written first; otherwise as Windows and macOS, where packages are made, would have found it: ``IMG/A.png``
    for ``img/a.PNG``, and names whose accents are composed otherwise. Nothing is resolved: ``..`` names no file.
    """
    return path if path in files else folded.get(fold_path(path))
