"""From an address in a manifest to a file of the package (RFC 3986 with xml:base), and back to an address."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from media_pipeline.enums import FindingCode

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+:|//")
_DRIVE = re.compile(r"[A-Za-z]:/")
_PATH_LETTERS = "/!$&'()*+,;=@~-._"
_TAIL_LETTERS = "/!$&'()*+,;=:@~-._?#%[]|{}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address leads. ``path`` is the file's path in the package, or what it would be where ``is_there`` is
    false; ``tail`` its query and fragment, encoded; ``remarks`` what had to be mended or is wrong."""

    path: str
    tail: str = ""
    is_there: bool = False
    remarks: tuple[FindingCode, ...] = ()

    @property
    def href(self) -> str:
        """The address from the package's root, percent-encoded."""
        return quote(self.path, safe=_PATH_LETTERS) + self.tail


class FileNames:
    """The files of a package, found by their exact names or by names that look the same."""

    def __init__(self, files: Mapping[str, int]) -> None:
        self._files = files
        self._alike: dict[str, str] | None = None

    def __contains__(self, path: str) -> bool:
        return path in self._files

    def alike(self, path: str) -> str | None:
        """The real name of a file whose name differs by case, Unicode form or full width alone; None without one."""
        if self._alike is None:
            self._alike = {}
            for name in self._files:
                self._alike.setdefault(fold(name), name)
        return self._alike.get(fold(path))


def fold(path: str) -> str:
    """What names that look the same have in common: NFKC, without case."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", path).casefold())


def locate(href: str, bases: Sequence[str], names: FileNames) -> Place:
    """Follow an address, given within bases from the outermost one to the innermost.

    A name with ``%`` is read as escaped first and as it stands then; an ``xml:base`` without its slash is tried as a
    folder where the standard's reading leads to no file.
    """
    given = href.strip()
    mended = given.replace("\\", "/")
    if _DRIVE.match(mended):
        return Place(mended, remarks=(FindingCode.OUTSIDE_PACKAGE,))
    if any(_SCHEME.match(each) for each in (mended, *(base.strip() for base in bases))):
        return Place(given, remarks=(FindingCode.EXTERNAL_LAUNCH,))
    remarks: list[FindingCode] = [FindingCode.PATH_MENDED] if mended != given or mended.startswith("/") else []
    name, tail = _divide(mended)
    tries = [*_tries(mended, bases, "", whole=True), *_tries(name, bases, tail)] if tail else _tries(name, bases, "")
    for path, end, is_stretched in tries:
        if path and path in names:
            return Place(path, end, True, (*remarks, *([FindingCode.PATH_MENDED] if is_stretched else [])))
    for path, end, _is_stretched in tries:
        if path and (real := names.alike(path)):
            return Place(real, end, True, (*remarks, FindingCode.FILE_CASE))
    inside = next((path for path, _end, _is_stretched in reversed(tries) if path), None)
    if inside is None:
        return Place(mended, remarks=(*remarks, FindingCode.OUTSIDE_PACKAGE))
    return Place(inside, tail, remarks=(*remarks, FindingCode.FILE_MISSING))


def join_parameters(href: str, parameters: str) -> str:
    """Append an item's parameters to its address (SCORM 2004 CAM 1.3, 3.4.1: the item's ``parameters``).

    Leading ``?`` and ``&`` go; a fragment is dropped where the address has a query or a fragment already.

    >>> join_parameters("a.html", "?x=1"), join_parameters("a.html?x=1", "&y=2"), join_parameters("a.html?x", "#part")
    ('a.html?x=1', 'a.html?x=1&y=2', 'a.html?x')
    """
    added = quote(parameters.strip().lstrip("?&"), safe=_TAIL_LETTERS)
    if not added:
        return href
    if added.startswith("#"):
        return href if "#" in href or "?" in href else href + added
    return f"{href}{'&' if '?' in href else '?'}{added}"


def _divide(href: str) -> tuple[str, str]:
    """Part an address from its query and fragment, which come back encoded."""
    cut = min((at for at in (href.find("?"), href.find("#")) if at >= 0), default=len(href))
    return href[:cut], quote(href[cut:], safe=_TAIL_LETTERS)


def _tries(name: str, bases: Iterable[str], tail: str, *, whole: bool = False) -> list[tuple[str | None, str, bool]]:
    """Every path that a name may mean: path (None: outside the package), tail, whether bases were stretched."""
    found: list[tuple[str | None, str, bool]] = []
    readings = [name] if whole else list(dict.fromkeys([unquote(name), name]))
    for is_stretched in (False, True):
        folder = _folder([unquote(base.strip().replace("\\", "/")) for base in bases], is_stretched)
        for reading in readings:
            rooted = reading.lstrip("/") if reading.startswith("/") else folder + reading
            if not any(rooted == each[0] for each in found):
                found.append((_normal(rooted), tail, is_stretched))
    return found


def _folder(bases: Sequence[str], is_stretched: bool) -> str:
    folder = ""
    for base in bases:
        joined = base.lstrip("/") if base.startswith("/") else folder + base
        if is_stretched and joined and not joined.endswith("/"):
            joined += "/"
        folder = joined[: joined.rfind("/") + 1]
    return folder


def _normal(path: str) -> str | None:
    """Resolve ``.`` and ``..``; None where it leads out of the package."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts) or None
