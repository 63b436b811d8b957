"""Compile gettext catalogues without gettext: ``django.po`` beside ``django.mo``, for the embedded default."""

from __future__ import annotations

import ast
import struct
from pathlib import Path

from lms.bootstrap.place import ROOT
from lms.bootstrap.problem import ProblemError

_KEYWORDS = ("msgctxt", "msgid_plural", "msgid", "msgstr")


def compile_messages(root: Path = ROOT) -> int:
    """Compile every catalogue that is newer than its compiled form; give their number.

    :raises ProblemError: a catalogue cannot be understood; the line names file and line.
    """
    count = 0
    for source in sorted(root.glob("*/locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        target.write_bytes(write_catalogue(read_catalogue(source)))
        count += 1
    return count


def read_catalogue(path: Path) -> dict[str, str]:
    """Read a ``.po`` file into key → text; fuzzy, empty and obsolete entries are left out, plurals joined by NUL.

    :raises ProblemError: a line is not gettext's.
    """
    catalogue: dict[str, str] = {}
    entry: dict[str, str] = {}
    field, fuzzy = "", False
    for number, line in enumerate([*path.read_text(encoding="utf-8").splitlines(), ""], 1):
        line = line.strip()
        if line.startswith("#,"):
            fuzzy = "fuzzy" in line
        elif not line:
            _keep(catalogue, entry, fuzzy)
            entry, field, fuzzy = {}, "", False
        elif not line.startswith("#"):
            try:
                field, text = _read_line(line, field)
            except (ValueError, SyntaxError) as error:
                raise ProblemError(f"翻译文件有误：{path}:{number}", f"bad catalogue line: {path}:{number}") from error
            if field in ("msgid", "msgctxt") and "msgstr" in "".join(entry) and line.startswith("msg"):
                _keep(catalogue, entry, fuzzy)  # entries without a blank line between them
                entry, fuzzy = {}, False
            entry[field] = entry.get(field, "") + text
    return catalogue


def _read_line(line: str, field: str) -> tuple[str, str]:
    """Give the field that a line belongs to, ``msgstr[1]`` for a plural, and its text."""
    if not line.startswith('"'):
        field, _, line = line.partition(" ")
        if field.partition("[")[0] not in _KEYWORDS:
            raise ValueError(field)
    if not field or not (line.startswith('"') and line.endswith('"')):
        raise ValueError(line)
    text: str = ast.literal_eval(line)  # gettext escapes as C does, and Python reads those alike
    return field, text


def _keep(catalogue: dict[str, str], entry: dict[str, str], fuzzy: bool) -> None:
    if fuzzy or "msgid" not in entry:
        return
    key = entry["msgid"]
    if "msgctxt" in entry:
        key = f"{entry['msgctxt']}\x04{key}"
    if "msgid_plural" in entry:
        key = f"{key}\0{entry['msgid_plural']}"
        texts = [
            entry.get(f"msgstr[{index}]", "") for index in range(sum(name.startswith("msgstr[") for name in entry))
        ]
        text = "\0".join(texts) if all(texts) else ""
    else:
        text = entry.get("msgstr", "")
    if text:
        catalogue[key] = text


def write_catalogue(catalogue: dict[str, str]) -> bytes:
    """Give the ``.mo`` bytes: magic, version, two tables of (length, offset), then the texts, sorted by key."""
    pairs = sorted((key.encode(), text.encode()) for key, text in catalogue.items())
    tables_size = 16 * len(pairs)
    offset = 28 + tables_size
    tables: list[bytes] = []
    texts: list[bytes] = []
    for column in (0, 1):
        for pair in pairs:
            tables.append(struct.pack("<II", len(pair[column]), offset))
            texts.append(pair[column] + b"\0")
            offset += len(pair[column]) + 1
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + tables_size // 2, 0, 28 + tables_size)
    return head + b"".join(tables) + b"".join(texts)
