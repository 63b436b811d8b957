"""What a package may hold, judged before a byte of it is unpacked."""

from __future__ import annotations

import re
import stat
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from media_pipeline.enums import FailureReason
from media_pipeline.rules.member_names import ReadNames
from media_pipeline.rules.package_limits import (
    MANIFEST,
    MANIFEST_DEPTH,
    MAX_FILE_BYTES,
    MAX_FILE_RATIO,
    MAX_FILES,
    MAX_TOTAL_RATIO,
    MAX_UNPACKED_BYTES,
    RATIO_FROM_BYTES,
    TOTAL_RATIO_FROM_BYTES,
    PackageRefusedError,
)
from media_pipeline.rules.scorm_manifest_standard import foreign_format
from media_pipeline.rules.zip_directory import DEFLATED, STORED, Entry

_UNIX_HOSTS = (3, 19)
_DOS_FOLDER = 0x10
_SERVER_SUFFIXES = re.compile(
    r"\.(php\d?|phps|phtml|phar|jspx?|jspf|jsf|jhtml|war|aspx?|ashx|asmx|asax|ascx|axd|cshtml|vbhtml|cgi|fcgi|pyc?|pl|pm"
    r"|rb|cfml?|cfc|shtml?|stm)[. ]*$",
    re.IGNORECASE,
)
_SERVER_NAMES = {".htaccess", ".htpasswd", ".user.ini", "web.config", "global.asax", "php.ini"}
_JUNK_NAMES = {".ds_store", "thumbs.db", "desktop.ini"}
_JUNK_FOLDERS = {"__macosx"}


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a package; ``data_at`` is where its packed bytes begin in the zip."""

    name: str
    method: int
    crc: int
    packed_bytes: int
    unpacked_bytes: int
    data_at: int


@dataclass(frozen=True, slots=True)
class Package:
    """What is to be imported: ``members`` are named from the manifest's folder on, ``root``, which ends in a slash.

    ``junk`` counts what systems leave behind, ``outside`` names what lies beside the root, ``twins`` those names that
    another one equals but for its case.
    """

    root: str
    members: tuple[Member, ...]
    junk: int
    outside: tuple[str, ...]
    twins: tuple[str, ...]

    @property
    def unpacked_bytes(self) -> int:
        """How much room its files take."""
        return sum(member.unpacked_bytes for member in self.members)


def judge_entries(entries: Sequence[Entry], read: ReadNames) -> None:
    """Refuse what may not be in a package at all, wherever it stands.

    :raises PackageRefusedError: see its reasons; the detail names the entry.
    """
    if not entries:
        raise PackageRefusedError(FailureReason.ZIP_EMPTY)
    for entry, name in zip(entries, read.names, strict=True):
        _judge_kind(entry, name)
    files = [name for entry, name in zip(entries, read.names, strict=True) if not is_folder(entry, name)]
    _judge_places(files, read.names)
    _judge_sizes([(entry, name) for entry, name in zip(entries, read.names, strict=True)])
    if len(files) > MAX_FILES:
        raise PackageRefusedError(FailureReason.TOO_MANY_FILES, f"{len(files)}")
    for name in files:
        if is_for_servers(name) and not is_junk(name):
            raise PackageRefusedError(FailureReason.SERVER_FILES, name)


def choose_package(members: Iterable[Member]) -> Package:
    """Find the manifest, at most two folders deep, and what belongs to it.

    The one nearest to the top counts, so a package inside a package does no harm; two at the same depth are refused.

    :raises PackageRefusedError: there is no manifest, or nobody can tell which.
    """
    kept, junk = [], 0
    for member in members:
        if is_junk(member.name):
            junk += 1
        else:
            kept.append(member)
    if not kept:
        raise PackageRefusedError(FailureReason.ZIP_EMPTY)
    manifest = _find_manifest([member.name for member in kept])
    root = manifest[: len(manifest) - len(MANIFEST)]
    inside = [replace(member, name=member.name[len(root) :]) for member in kept if member.name.startswith(root)]
    outside = tuple(member.name for member in kept if not member.name.startswith(root))
    return Package(root, tuple(inside), junk, outside, _twins_of([member.name for member in inside]))


def manifest_of(package: Package) -> Member:
    """The manifest's own entry."""
    return next(member for member in package.members if member.name.casefold() == MANIFEST)


def is_folder(entry: Entry, name: str) -> bool:
    """Whether an entry is a folder: by its name, or by its attributes where it holds nothing."""
    by_mode = entry.host in _UNIX_HOSTS and stat.S_ISDIR(entry.attributes >> 16)
    return name.endswith("/") or not name or ((by_mode or bool(entry.attributes & _DOS_FOLDER)) and not _holds(entry))


def is_junk(name: str) -> bool:
    """Whether it is what systems leave behind: ``__MACOSX/…``, ``._a.html``, ``.DS_Store``, ``Thumbs.db``."""
    steps = name.casefold().split("/")
    return not _JUNK_FOLDERS.isdisjoint(steps) or steps[-1] in _JUNK_NAMES or steps[-1].startswith("._")


def is_for_servers(name: str) -> bool:
    """Whether web servers run it, or are ruled by it: ``a.php``, ``b.ASPX``, ``.htaccess``, ``web.config``."""
    last = name.rpartition("/")[2].casefold()
    return last in _SERVER_NAMES or bool(_SERVER_SUFFIXES.search(last))


def _judge_kind(entry: Entry, name: str) -> None:
    mode = entry.attributes >> 16
    if entry.is_encrypted:
        raise PackageRefusedError(FailureReason.ENCRYPTED, name)
    special = entry.host in _UNIX_HOSTS and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR)
    if special or stat.S_ISLNK(mode) or entry.is_linked:
        raise PackageRefusedError(FailureReason.ZIP_LINK, name)
    if entry.method not in (STORED, DEFLATED):
        raise PackageRefusedError(FailureReason.ZIP_METHOD, f"{name}: {entry.method}")
    if (not name or name.endswith("/")) and _holds(entry):
        raise PackageRefusedError(FailureReason.ZIP_TAMPERED, f"{name}: a folder with contents")
    if entry.method == STORED and entry.packed_bytes != entry.unpacked_bytes:
        raise PackageRefusedError(FailureReason.ZIP_TAMPERED, f"{name}: not packed, and yet of two sizes")


def _holds(entry: Entry) -> bool:
    return entry.unpacked_bytes > 0


def _judge_places(files: Sequence[str], names: Iterable[str]) -> None:
    """Two files of one name, or a file where a folder has to be: the one would lie over the other."""
    for name, times in Counter(files).items():
        if times > 1:
            raise PackageRefusedError(FailureReason.ZIP_DUPLICATE, name)
    taken = set(files)
    for name in names:
        at = name.find("/")
        while at >= 0:
            if name[:at] in taken:
                raise PackageRefusedError(FailureReason.ZIP_DUPLICATE, f"{name[:at]} · {name}")
            at = name.find("/", at + 1)


def _judge_sizes(named: Collection[tuple[Entry, str]]) -> None:
    unpacked = packed = 0
    for entry, name in named:
        size = entry.unpacked_bytes
        unpacked, packed = unpacked + size, packed + entry.packed_bytes
        if size >= RATIO_FROM_BYTES and size > MAX_FILE_RATIO * entry.packed_bytes:
            raise PackageRefusedError(FailureReason.ZIP_BOMB, f"{name}: {entry.packed_bytes} → {size} B")
        if size > MAX_FILE_BYTES:
            raise PackageRefusedError(FailureReason.FILE_TOO_LARGE, f"{name}: {size} B")
    if unpacked >= TOTAL_RATIO_FROM_BYTES and unpacked > MAX_TOTAL_RATIO * packed:
        raise PackageRefusedError(FailureReason.ZIP_BOMB, f"{packed} → {unpacked} B")
    if unpacked > MAX_UNPACKED_BYTES:
        raise PackageRefusedError(FailureReason.PACKAGE_LARGE, f"{unpacked} B")


def _find_manifest(names: Sequence[str]) -> str:
    found = sorted(
        (name.count("/"), name) for name in names if name.casefold().rpartition("/")[2] == MANIFEST
    )  # the nearest to the top first
    if not found:
        other = foreign_format(names)
        inner = next((name for name in names if name.casefold().endswith(".zip")), "")  # packed twice
        raise PackageRefusedError(FailureReason.NOT_SCORM if other else FailureReason.NO_MANIFEST, other or inner)
    depth, name = found[0]
    if depth > MANIFEST_DEPTH:
        raise PackageRefusedError(FailureReason.NO_MANIFEST, name)
    rivals = [other for level, other in found if level == depth]
    if len(rivals) > 1:
        raise PackageRefusedError(FailureReason.MANY_MANIFESTS, " · ".join(rivals[:5]))
    return name


def _twins_of(names: Iterable[str]) -> tuple[str, ...]:
    names = list(names)
    count = Counter(name.casefold() for name in names)
    return tuple(name for name in names if count[name.casefold()] > 1)
