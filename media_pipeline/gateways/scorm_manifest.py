"""Reading imsmanifest.xml safely: no entity is ever expanded, nothing is ever fetched.

A bare DOCTYPE, which manifests of the days of SCORM 1.2 carry, is passed over: what it names is never looked at. One
that declares anything of its own (entities, or attributes with values) is refused.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError, TreeBuilder
from xml.parsers import expat

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from media_pipeline.enums import FailureReason, FindingCode
from media_pipeline.rules.scorm_findings import FindingList
from media_pipeline.rules.scorm_manifest import ManifestRefusedError, ParsedPackage
from media_pipeline.rules.scorm_manifest_package import read_package
from media_pipeline.rules.scorm_manifest_paths import FileNames, Place, locate
from media_pipeline.rules.scorm_manifest_words import attribute

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_MANIFEST_BYTES = 16 * 1024 * 1024
MAX_METADATA_BYTES = 1024 * 1024
MOST_METADATA_FILES, MOST_METADATA_BYTES = 200, 3 * 1024 * 1024  # together: their elements stay in memory
MOST_ELEMENTS = 300_000
MOST_LEVELS = 100
MOST_BASE_LETTERS = 4_000  # of one xml:base; no path in a package is longer
MOST_METADATA_MISSED = 1_000
LONGEST_PIECE = 1024 * 1024  # of text between two tags, or within one
_ATTRIBUTES_FREE = 4  # an element with more counts as several

_DECLARED = re.compile(r"""^\s*<\?xml[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._:\-]{1,40})["']""")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "iso8859-1": "cp1252", "ascii": "utf-8"}
_UNBOUND = expat.errors.codes[expat.errors.XML_ERROR_UNBOUND_PREFIX]
_INVALID = expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]
_FORBIDDEN = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]+")  # slide titles bring vertical tabs along
_ROOT = re.compile(r"<[A-Za-z_][\w.\-]{0,40}(?=[\s/>])")
_PREFIX = re.compile(r"[\s</]([A-Za-z_][\w.\-]{0,40}):[A-Za-z_]")
_DECLARATION = re.compile(r"\sxmlns:([A-Za-z_][\w.\-]{0,40})\s{0,9}=")
_PREFIXES_MENDED = 20
_KNOWN = {"utf-8", "gb18030", "cp1252", "big5", "big5hkscs", "shift_jis", "cp932", "euc_jp", "euc_kr", "cp949"}


_BASE = "}base"


class _TooLargeError(Exception):
    """More elements, or deeper ones, than any course has."""


class _Builder(TreeBuilder):
    """Builds the tree while it counts, and remembers the namespaces that are declared."""

    def __init__(self) -> None:
        super().__init__()
        self.namespaces: set[str] = set()
        self._level = self.count = 0

    def start(self, tag: Any, attrs: Any) -> Any:
        self._level += 1
        self.count += 1 + len(attrs) // _ATTRIBUTES_FREE
        if self._level > MOST_LEVELS or self.count > MOST_ELEMENTS:
            raise _TooLargeError(f"> {MOST_ELEMENTS} elements or {MOST_LEVELS} levels")
        if any(len(value) > MOST_BASE_LETTERS for key, value in attrs.items() if key.endswith(_BASE)):
            raise _TooLargeError(f"xml:base > {MOST_BASE_LETTERS} letters")
        return super().start(tag, attrs)

    def end(self, tag: Any) -> Any:
        self._level -= 1
        return super().end(tag)

    def start_ns(self, prefix: str, uri: str) -> None:
        if len(self.namespaces) < 200:
            self.namespaces.add(uri)


class _Parser(DefusedXMLParser):
    """Refuses whatever a DOCTYPE declares, before any of it takes effect."""

    def __init__(self, builder: _Builder) -> None:
        super().__init__(target=builder)
        self.has_doctype = False
        self.parser.StartDoctypeDeclHandler = self._on_doctype

    def _on_doctype(self, name: str, system_id: str | None, public_id: str | None, has_internal_subset: bool) -> None:
        self.has_doctype = True
        if has_internal_subset:
            raise DefusedXmlException


def parse_manifest(
    data: bytes, *, base: str, files: Mapping[str, int], read_text: Callable[[str], bytes]
) -> ParsedPackage:
    """Read a manifest.

    ``base`` is the folder that it lies in, with a slash at its end, or empty; ``files`` gives the size of every file by
    its path in the package, ``base`` included. ``read_text`` gives a file's bytes by such a path (external metadata;
    only what ``files`` names is asked for). Addresses in the outline begin at the package's root, ``base`` included.

    :raises ManifestRefusedError: it cannot be played; ``reason`` says why.
    """
    findings = FindingList()
    if len(data) > MAX_MANIFEST_BYTES:
        raise ManifestRefusedError(FailureReason.MANIFEST_LARGE, f"{len(data)} bytes")
    manifest, namespaces, has_doctype = _read(_decode(data, findings), findings)
    if has_doctype:
        findings.inform(FindingCode.DOCTYPE)
    names = FileNames(files)
    folders = [base, attribute(manifest, "base") or ""]

    loaded: dict[str, Element | None] = {}
    sizes: list[int] = []
    missed = 0

    def load(address: str) -> Element | None:
        nonlocal missed
        place = locate(address, folders, names) if missed < MOST_METADATA_MISSED else Place(address)
        if place.path in loaded:
            return loaded[place.path]
        size = files[place.path] if place.is_there else 0
        is_many = len(loaded) >= MOST_METADATA_FILES or sum(sizes) + size > MOST_METADATA_BYTES
        if not place.is_there or is_many or size > MAX_METADATA_BYTES:
            findings.inform(FindingCode.METADATA_UNREADABLE, address[:200])
            missed += 1
            return None
        sizes.append(size)
        loaded[place.path] = _metadata(read_text(place.path), place.path, findings)
        return loaded[place.path]

    return read_package(manifest, namespaces=namespaces, base=base, names=names, load=load, findings=findings)


def _metadata(data: bytes, path: str, findings: FindingList) -> Element | None:
    """Read a file of metadata; one that cannot be read, or is not safe to read, says nothing."""
    try:
        return _parse(_decode(data, FindingList()))[0]
    except ManifestRefusedError:
        findings.inform(FindingCode.METADATA_UNREADABLE, path)
        return None


def _read(text: str, findings: FindingList) -> tuple[Element, set[str], bool]:
    """Read a manifest; once more without letters that XML forbids, or with the prefixes declared that it only uses.

    :raises ManifestRefusedError: it cannot be read; of two reasons the first.
    """
    try:
        return _parse(text)
    except ManifestRefusedError as error:
        cause = error.__cause__
        code = cause.code if isinstance(cause, ParseError) else None
        mended = _declared(text) if code == _UNBOUND else _FORBIDDEN.sub("", text) if code == _INVALID else text
        if mended == text:
            raise
        try:
            parsed = _parse(mended)
        except ManifestRefusedError:
            raise error from cause
        finding = FindingCode.PREFIX_MENDED if code == _UNBOUND else FindingCode.VALUE_UNREADABLE
        findings.warn(finding, detail=error.detail[:80])
        return parsed


def _declared(text: str) -> str:
    """Declare at the root whatever prefix is declared nowhere; the namespace that it gets says so."""
    at = _end_of_root_name(text)
    known = {*(match[1] for match in _DECLARATION.finditer(text)), "xml", "xmlns"}
    lost: dict[str, None] = {}
    for match in _PREFIX.finditer(text):
        if match[1] not in known:
            lost.setdefault(match[1])
            if len(lost) > _PREFIXES_MENDED:
                return text
    return text[:at] + "".join(f' xmlns:{each}="urn:undeclared:{each}"' for each in lost) + text[at:] if at else text


def _end_of_root_name(text: str) -> int:
    """Where the name of the first element ends; 0 where it has a prefix of its own, or where there is none."""
    at = 0
    while (at := text.find("<", at)) >= 0:
        if match := _ROOT.match(text, at):
            return match.end()
        ends = "-->" if text.startswith("<!--", at) else "?>" if text.startswith("<?", at) else ">"
        at = text.find(ends, at)
        if at < 0:
            break
    return 0


def _parse(text: str) -> tuple[Element, set[str], bool]:
    if not text.strip():
        raise ManifestRefusedError(FailureReason.MANIFEST_EMPTY)
    builder = _Builder()
    parser = _Parser(builder)
    _check_pieces(text)
    try:
        parser.feed(text)
        root = parser.close()
    except DefusedXmlException as error:
        raise ManifestRefusedError(FailureReason.MANIFEST_UNSAFE, type(error).__name__) from error
    except _TooLargeError as error:
        raise ManifestRefusedError(FailureReason.MANIFEST_LARGE, str(error)) from error
    except ParseError as error:
        nothing = error.code == expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS] and not builder.count
        reason = FailureReason.MANIFEST_EMPTY if nothing else FailureReason.MANIFEST_BROKEN
        raise ManifestRefusedError(reason, str(error)[:200]) from error
    except (ValueError, AssertionError, RecursionError) as error:
        raise ManifestRefusedError(FailureReason.MANIFEST_BROKEN, str(error)[:200]) from error
    return root, builder.namespaces, parser.has_doctype


def _check_pieces(text: str) -> None:
    """Refuse a tag of a million attributes before a parser takes memory for each of them.

    :raises ManifestRefusedError: more than a megabyte has not one ``<`` in it.
    """
    at = 0
    while at + LONGEST_PIECE < len(text):
        after = text.rfind("<", at + 1, at + 1 + LONGEST_PIECE)
        if after < 0:
            raise ManifestRefusedError(FailureReason.MANIFEST_LARGE, f"> {LONGEST_PIECE} letters in one piece")
        at = after


def _decode(data: bytes, findings: FindingList) -> str:
    """Read bytes as text: by their mark, by what they declare, or else by what fits (UTF-8, then GB 18030).

    :raises ManifestRefusedError: nothing fits.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding)
    for pattern, encoding in ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be")):
        if data.startswith(pattern):
            return _strict(data, encoding)
    declared = _DECLARED.match(data[:400].decode("latin-1"))
    wanted = _codec(declared.group(1)) if declared else "utf-8"
    for encoding in dict.fromkeys([*([wanted] if wanted else []), "utf-8", "gb18030"]):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != wanted or text[:1].isspace():
            findings.warn(FindingCode.ENCODING_MENDED, detail=declared.group(1) if declared else encoding)
        return text.lstrip()
    raise ManifestRefusedError(FailureReason.MANIFEST_BROKEN, declared.group(1) if declared else "UTF-8")


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding).lstrip()
    except UnicodeDecodeError as error:
        raise ManifestRefusedError(FailureReason.MANIFEST_BROKEN, f"{encoding}: {error.reason}") from error


def _codec(name: str) -> str | None:
    """Python's codec for a declared encoding; None for one that no manifest needs (or that is a trap, as UTF-7)."""
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return None
    found = _WIDER.get(found, found)
    return found if found in _KNOWN or found.startswith(("iso8859", "cp125")) else None
