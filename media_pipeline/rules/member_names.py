"""The names of a zip's entries: which letters they are, and that they stay inside the package."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

from media_pipeline.enums import FailureReason
from media_pipeline.rules.package_limits import MAX_DEPTH, MAX_NAME_BYTES, MAX_PATH_BYTES, PackageRefusedError
from media_pipeline.rules.zip_directory import Entry

_UTF8_FLAG = 0x800
_DRIVE = re.compile(r"[A-Za-z]:")
_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})  # gpj.exe seems to end in .jpg
_DOS_HOSTS = (0, 10, 11, 14)  # FAT, NTFS, MVS by a mistake of old .NET, VFAT


class NameCoding(StrEnum):
    """In which letters the names without a mark were read."""

    UTF8 = "utf-8"
    CHINESE = "gb18030"  # holds CP936
    DOS = "cp437"


@dataclass(frozen=True, slots=True)
class ReadNames:
    """All names in the order of the entries, in NFC and with slashes; what had to be guessed or mended besides."""

    names: list[str]
    guessed: NameCoding | None
    had_backslashes: bool


def read_names(entries: Sequence[Entry]) -> ReadNames:
    """Read the names of a package. A folder's ends in a slash.

    A second name in UTF-8 counts before the first, and a name marked as UTF-8 is that. All others were written by one
    program, so they are one coding: the first of UTF-8, GB18030 and CP437 that fits every one of them. Separators that
    are all backslashes, as old .NET wrote them, become slashes; single ones among slashes stay, and are refused.

    :raises PackageRefusedError: a name leads out of the package, or cannot be kept.
    """
    unmarked = [entry.raw_name for entry in entries if not _is_marked(entry) and not entry.raw_name.isascii()]
    coding = next(coding for coding in NameCoding if all(_fits(raw, coding) for raw in unmarked))
    names = [_decode(entry, coding) for entry in entries]
    mended = _is_windows_made(entries, names)
    if mended:
        names = [name.replace("\\", "/") for name in names]
    guessed = coding if unmarked and coding is not NameCoding.UTF8 else None
    return ReadNames([_clean(name) for name in names], guessed, mended)


def _is_marked(entry: Entry) -> bool:
    return entry.unicode_name is not None or bool(entry.flags & _UTF8_FLAG and _fits(entry.raw_name, NameCoding.UTF8))


def _decode(entry: Entry, coding: NameCoding) -> str:
    if entry.unicode_name is not None:
        return entry.unicode_name
    return entry.raw_name.decode("utf-8" if _is_marked(entry) else coding, "replace")


def _fits(raw: bytes, coding: NameCoding) -> bool:
    try:
        raw.decode(coding)
    except UnicodeDecodeError:
        return False
    return True


def _is_windows_made(entries: Sequence[Entry], names: Sequence[str]) -> bool:
    found = any("\\" in name for name in names)
    return found and not any("/" in name for name in names) and all(entry.host in _DOS_HOSTS for entry in entries)


def _clean(name: str) -> str:
    """Give a name in NFC, without steps that lead nowhere.

    :raises PackageRefusedError: see ``read_names``.
    """
    name = unicodedata.normalize("NFC", name)
    if not name or name.startswith("/") or "\\" in name or _DRIVE.match(name) or _has_controls(name):
        raise PackageRefusedError(FailureReason.BAD_PATH, _told(name))
    steps = [step for step in name.split("/") if step not in ("", ".")]
    if not steps and set(name) - {".", "/"}:
        raise PackageRefusedError(FailureReason.BAD_PATH, _told(name))
    if any(unquote(step) in ("..", ".") or step.strip(" ") in ("..", ".", "") for step in steps):
        raise PackageRefusedError(FailureReason.BAD_PATH, _told(name))
    path = "/".join(steps)
    too_long = len(path.encode()) > MAX_PATH_BYTES or any(len(step.encode()) > MAX_NAME_BYTES for step in steps)
    if too_long or len(steps) > MAX_DEPTH:
        raise PackageRefusedError(FailureReason.PATH_TOO_LONG, _told(name))
    return f"{path}/" if name.endswith("/") else path


def _has_controls(name: str) -> bool:
    """Control characters, those that turn a name around, halves of characters, and what a wrong coding leaves."""
    return any(
        unicodedata.category(letter) in ("Cc", "Cs")
        or letter == "\ufffd"
        or unicodedata.bidirectional(letter) in _TURNS
        for letter in name
    )


def _told(name: str) -> str:
    """A name as it may be shown: controls are written out."""
    return "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in name)[:200]
