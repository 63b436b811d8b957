"""What goes to the ministry's system and what comes back: two archives, each listing what it holds.

Out: ``manifest.json``, ``renewals.jsonl`` (one renewal a line), ``photos/<sha256>.jpg``. Back: ``manifest.json``,
``results.jsonl`` (one answer a line), ``certificates/<name>.pdf``. A manifest names every other member and its digest.

What comes back is a stranger's file: names are taken from a short list of shapes, so that none leads anywhere else.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

OUT_FORMAT = "xueshi-ministry-1"
BACK_FORMAT = "xueshi-ministry-return-1"
MANIFEST, RESULTS, RENEWALS = "manifest.json", "results.jsonl", "renewals.jsonl"
MOST_MEMBERS = 5_002
MANIFEST_LARGEST_BYTES = 2 * 1024**2
RESULTS_LARGEST_BYTES = 8 * 1024**2
PDF_LARGEST_BYTES = 5 * 1024**2
ALL_LARGEST_BYTES = 1024**3

_PDF_NAME = re.compile(r"certificates/[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.pdf")
_NUMBER = re.compile(r"[0-9A-Z][0-9A-Z()（）〔〕\-]{3,59}")
_IDENTIFIER = re.compile(r"[0-9A-Z.]{0,120}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KEYS = {"renewal", "number", "issued_on", "file", "identifier", "refused"}
_TAIL_BYTES = 2048


class PackageError(ValueError):
    """The whole archive is refused; ``code`` says why, ``name`` is the member concerned, made harmless to print."""

    def __init__(self, code: str, name: str = "") -> None:
        self.name = "".join(each if each.isprintable() else "?" for each in name)[:120]
        super().__init__(f"{code}: {self.name}")
        self.code = code


class LineError(ValueError):
    """One line is refused; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One answer: the certificate of a renewal, or why the ministry's system made none (``refused``).

    ``position`` counts lines from 1.
    """

    position: int
    renewal: UUID
    number: str = ""
    issued_on: date | None = None
    file: str = ""
    identifier: str = ""
    refused: str = ""


def largest_bytes(name: str) -> int:
    """How large a member of a returned archive may be.

    :raises PackageError: nothing of this name belongs into one.
    """
    if name == MANIFEST:
        return MANIFEST_LARGEST_BYTES
    if name == RESULTS:
        return RESULTS_LARGEST_BYTES
    if _PDF_NAME.fullmatch(name) and ".." not in name:
        return PDF_LARGEST_BYTES
    raise PackageError("unknown_member", name)


def write_manifest(digests: Mapping[str, str], *, batch: UUID, authority: str, made_at: str, total: int) -> bytes:
    """The list of what an archive holds, as it is sent."""
    manifest = {
        "format": OUT_FORMAT,
        "batch": str(batch),
        "authority": authority,
        "made_at": made_at,
        "total": total,
        "files": dict(sorted(digests.items())),
    }
    return (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()


def read_manifest(data: bytes, *, batch: UUID) -> dict[str, str]:
    """The digest of every member, by name, of what came back for ``batch``.

    :raises PackageError: not a manifest of a returned archive, or that of another batch.
    """
    try:
        manifest = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise PackageError("manifest_unreadable") from error
    if not isinstance(manifest, dict) or manifest.get("format") != BACK_FORMAT:
        raise PackageError("manifest_unreadable")
    if manifest.get("batch") != str(batch):
        raise PackageError("other_batch")
    files = manifest.get("files")
    if not isinstance(files, dict) or not all(isinstance(v, str) and _DIGEST.fullmatch(v) for v in files.values()):
        raise PackageError("manifest_unreadable")
    return dict(files)


def read_results(data: bytes) -> tuple[list[ResultLine], list[tuple[int, str]]]:
    """The lines that can be read, and (position, code) of those that cannot. Empty lines are nothing.

    A renewal, number or file that stands in several lines spoils all of them: nobody can say which is meant.

    :raises PackageError: not UTF-8.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PackageError("results_unreadable") from error
    lines: list[ResultLine] = []
    refused: list[tuple[int, str]] = []
    for position, row in enumerate(text.split("\n"), start=1):
        if row.strip():
            try:
                lines.append(_read_line(position, row))
            except LineError as error:
                refused.append((position, error.code))
    for kind in ("renewal", "number", "file"):
        seen = Counter(value for line in lines if (value := getattr(line, kind)))
        twice = {value for value, times in seen.items() if times > 1}
        refused += [(line.position, f"{kind}_twice") for line in lines if getattr(line, kind) in twice]
        lines = [line for line in lines if getattr(line, kind) not in twice]
    return lines, sorted(refused)


def is_whole_pdf(data: bytes) -> bool:
    """Whether the bytes begin and end as a PDF does, and its end points to where its table of objects stands.

    Nothing is unpacked: that this is the right certificate only its maker can say.
    """
    if not data.startswith((b"%PDF-1.", b"%PDF-2.")):
        return False
    ending = re.search(rb"startxref\s+(\d{1,10})\s+%%EOF\s*\Z", data[-_TAIL_BYTES:])
    if ending is None:
        return False
    return re.match(rb"xref\s|\d+ \d+ obj\b", data[int(ending[1]) :][:40]) is not None


def _read_line(position: int, row: str) -> ResultLine:
    try:
        values = json.loads(row)
    except (ValueError, RecursionError) as error:
        raise LineError("not_json") from error
    if not isinstance(values, dict) or not values.keys() <= _KEYS:
        raise LineError("unknown_field")
    if not all(isinstance(value, str) for value in values.values()):
        raise LineError("not_text")
    try:
        renewal = UUID(values.get("renewal", ""))
    except ValueError as error:
        raise LineError("renewal_unknown") from error
    if refused := values.get("refused", "").strip():
        return ResultLine(position, renewal, refused="".join(each for each in refused if each.isprintable())[:200])
    if not _NUMBER.fullmatch(values.get("number", "")):
        raise LineError("number_shape")
    if not _IDENTIFIER.fullmatch(values.get("identifier", "")):
        raise LineError("identifier_shape")
    if not _PDF_NAME.fullmatch(values.get("file", "")):
        raise LineError("file_missing")
    try:
        issued_on = date.fromisoformat(values.get("issued_on", ""))
    except ValueError as error:
        raise LineError("issued_on") from error
    return ResultLine(position, renewal, values["number"], issued_on, values["file"], values.get("identifier", ""))
