"""The run-time data model of both standards, as the server sees it: it judges what the browser's guard let pass.

The tables are the guard's own files, so both judge alike; docs/scorm-runtime.md explains them. A change that is wrong
is refused by itself, with the code that the standard gives for it, and takes no other with it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from tracking.rules.scorm_commit import Refusal
from tracking.rules.scorm_responses import fits_response
from tracking.rules.scorm_types import Check, make_checks

TABLES = Path(__file__).parent.parent / "static" / "tracking" / "scorm"
MOST_STORED_CHARS = 2_000_000  # all names and values of one item together: far beyond any course, and no end of a disk

_NUMBER = re.compile(r"[0-9]+")
_INDEX = re.compile(r"0|[1-9][0-9]{0,5}")
_NOWHERE = -1  # the index of a number that is none: "01"
_TARGET = re.compile(r"(adl\.nav\.request_valid\.(?:choice|jump))\.\{target=[^{}]*\}", re.DOTALL)
_KEYWORDS = ("_children", "_count", "_version")
_COMPARED = frozenset({"id", "pattern"})  # members of which no two records may have the same value


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of the changes: ``accepted`` in their order, and what was refused."""

    accepted: dict[str, str]
    refused: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """What a name stands for: its row in the table, and which record of which collection it belongs to.

    ``records`` are (collection, index), the outer one first; ``member`` is the rest of the name behind the inner one.
    ``reason`` says why nobody may set it at all.
    """

    row: Mapping[str, Any]
    records: tuple[tuple[str, int], ...] = ()
    member: str = ""
    reason: str = ""


@dataclass(slots=True)
class Model:
    """One standard's tables, made ready for judging."""

    elements: Mapping[str, Mapping[str, Any]]
    types: Mapping[str, Mapping[str, Any]]
    responses: Mapping[str, Mapping[str, Any]]
    codes: Mapping[str, int]
    checks: Mapping[str, Check]


@dataclass(slots=True)
class Sheet:
    """What is stored, with the changes that were accepted so far.

    Its records are counted at the first question after them, all in one walk: content may have stored a great many.
    ``counts`` says how many records a collection has, ``holders`` which of them have a value, by (collection, member).
    """

    stored: Mapping[str, str]
    accepted: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] | None = None
    holders: dict[tuple[str, str], dict[str, set[int]]] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        """What stands under a name."""
        found = self.accepted.get(name)
        return self.stored.get(name) if found is None else found

    def accept(self, name: str, text: str, place: Place) -> None:
        """Note a change."""
        if self.counts is not None:
            self._note(self.counts, name, text, place.records, place.member)
        self.accepted[name] = text

    def count(self, collection: str) -> int:
        """How many records a collection has."""
        return self._counted().get(collection, 0)

    def is_next(self, collection: str, index: int) -> bool:
        """Whether a record stands already, or is the next one."""
        if index == 0 or self.get(f"{collection}.{index}.id") or self.get(f"{collection}.{index - 1}.id"):
            return True
        return index <= self.count(collection)

    def has_elsewhere(self, collection: str, index: int, member: str, text: str) -> bool:
        """Whether another record has the same value."""
        self._counted()
        found = self.holders.get((collection, member), {}).get(text, set())
        return len(found) > (index in found)

    def _counted(self) -> dict[str, int]:
        if self.counts is None:
            counts: dict[str, int] = {}
            for name, text in {**self.stored, **self.accepted}.items():
                records, member = _records_of(name)
                if records:
                    self._note(counts, name, text, records, member)
            self.counts = counts
        return self.counts

    def _note(
        self, counts: dict[str, int], name: str, text: str, records: tuple[tuple[str, int], ...], member: str
    ) -> None:
        for collection, index in records:
            counts[collection] = max(counts.get(collection, 0), index + 1)
        if records and member in _COMPARED:
            collection, index = records[-1]
            holders = self.holders.setdefault((collection, member), {})
            before = self.get(name)
            if before is not None and before != text and before in holders:
                holders[before].discard(index)
            holders.setdefault(text, set()).add(index)


def check_elements(
    standard: str,
    stored: Mapping[str, str],
    changes: Mapping[str, str],
    *,
    suspend_chars: int = 0,
    in_order: bool = True,
) -> Checked:
    """Judge the changes one by one, in their order, as content's SetValue would be judged on top of ``stored``.

    ``suspend_chars`` is how long suspend data may be, where that is more than the standard says. ``in_order`` is False
    where earlier changes were lost or come later: then no index is too high.
    """
    model = _model(standard == "1.2", suspend_chars)
    sheet, refused = Sheet(stored), []
    room = MOST_STORED_CHARS - sum(map(len, stored)) - sum(map(len, stored.values()))
    for name, text in changes.items():
        place = _place(standard == "1.2", name)
        reason = _why_not(model, sheet, place, name, text, in_order=in_order)
        if not reason and (room := room - len(name) - len(text)) < 0:
            reason = "full"
        if reason:
            refused.append(Refusal(name, model.codes.get(reason, 101)))
        else:
            sheet.accept(name, text, place)
    return Checked(sheet.accepted, tuple(refused))


def spoilt_code(standard: str) -> int:
    """The code for a value that is no text, or cannot be kept."""
    return _model(standard == "1.2", 0).codes["type"]


def _why_not(model: Model, sheet: Sheet, place: Place, name: str, text: str, *, in_order: bool) -> str:
    """Why content may not set this, in the tables' words; empty where it may."""
    if place.reason:
        return place.reason
    row, records = place.row, place.records
    if in_order and not name.startswith("adl.data.") and not all(sheet.is_next(*each) for each in records):
        return "gap"
    if "needs" in row:
        record = f"{records[0][0]}.{records[0][1]}."
        if any(record + need != name and sheet.get(record + need) is None for need in row["needs"]):
            return "needs"
    if place.member == "pattern" and records[-1][1] >= _responses(model, sheet, place).get("most", math.inf):
        return "full"
    return _why_not_text(model, sheet, place, text) or _why_not_others(model, sheet, place, name, text)


def _why_not_text(model: Model, sheet: Sheet, place: Place, text: str) -> str:
    check = model.checks.get(place.row["type"])
    if check is not None:
        fault = check(text)
        return fault.value if fault else ""
    type_ = model.types[place.row["type"]]
    form = _responses(model, sheet, place).get(type_["role"])
    return "" if fits_response(text, type_, form, model.checks) else "type"


def _why_not_others(model: Model, sheet: Sheet, place: Place, name: str, text: str) -> str:
    """What the other records, and the value that stood here before, say against it."""
    row = place.row
    if row.get("once") and sheet.get(name) not in (None, text):
        return "changed"
    if not place.records:
        return ""
    collection, index = place.records[-1]
    if row.get("unique") and sheet.has_elsewhere(collection, index, place.member, text):
        return "duplicate"
    if place.member != "pattern":
        return ""
    form = _responses(model, sheet, place)
    is_double = form.get("distinct") and sheet.has_elsewhere(collection, index, "pattern", text)
    return "duplicate" if is_double else ""


def _responses(model: Model, sheet: Sheet, place: Place) -> Mapping[str, Any]:
    """What the tables say of answers to the interaction that a place belongs to."""
    collection, index = place.records[0]
    kind = sheet.get(f"{collection}.{index}.type")
    return model.responses.get(kind or "", {})


@lru_cache(maxsize=16_384)
def _place(is_12: bool, name: str) -> Place:
    """What a name stands for. Learners' items use the same names, so most are known."""
    elements = _tables(is_12)["elements"]
    if not name:
        return Place({}, reason="nameless")
    if found := _TARGET.fullmatch(name):
        name = found[1]
    words = name.split(".")
    if words[-1] in _KEYWORDS:
        if elements.get(name, {}).get("keyword"):
            return Place({}, reason="keyword")
        parent = _place(is_12, ".".join(words[:-1]))
        return Place({}, reason="keyword" if parent.reason in ("", "category", "read_only", "gap") else parent.reason)
    pattern, records, member = _read_path(words)
    row = elements.get(pattern)
    if row is None:
        return Place({}, reason="unknown" if words[0] in elements else "outside")
    if row.get("category"):
        return Place(row, reason="category")
    if row.get("keyword"):
        return Place(row, reason="keyword")
    if row["mode"] == "ro":
        return Place(row, reason="read_only")
    return Place(row, records, member, reason="gap" if any(index == _NOWHERE for _, index in records) else "")


@lru_cache(maxsize=16_384)
def _records_of(name: str) -> tuple[tuple[tuple[str, int], ...], str]:
    """The records that a name belongs to, and its last member."""
    return _read_path(name.split("."))[1:]


def _read_path(words: list[str]) -> tuple[str, tuple[tuple[str, int], ...], str]:
    """``cmi.interactions.3.objectives.0.id``: its pattern, its records, its last member."""
    records: list[tuple[str, int]] = []
    pattern, member_from = [], 0
    for at, word in enumerate(words):
        if _NUMBER.fullmatch(word):
            records.append((".".join(words[:at]), int(word) if _INDEX.fullmatch(word) else _NOWHERE))
            pattern.append("nm"[len(records) - 1] if len(records) < 3 else "?")
            member_from = at + 1
        else:
            pattern.append(word)
    return ".".join(pattern), tuple(records), ".".join(words[member_from:])


@cache
def _model(is_12: bool, suspend_chars: int) -> Model:
    tables = _tables(is_12)
    return Model(
        elements=tables["elements"],
        types=tables["types"],
        responses=tables["responses"],
        codes={reason: codes["set"] for reason, codes in tables["reasons"].items() if "set" in codes},
        checks=make_checks(tables["types"], allowances={"suspendData": suspend_chars}),
    )


@cache
def _tables(is_12: bool) -> dict[str, Any]:
    name = "elements_12.json" if is_12 else "elements_2004.json"
    tables: dict[str, Any] = json.loads((TABLES / name).read_text(encoding="utf-8"))
    return tables
