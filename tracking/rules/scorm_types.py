"""The types of the run-time data model, as the element tables name them, made into checks of one value.

The tables are those that the browser's guard reads; what each member means stands in docs/scorm-runtime.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from typing import Any, TypeAlias


class Fault(Enum):
    """What is wrong with a value."""

    TYPE = "type"
    RANGE = "range"


Check: TypeAlias = Callable[[str], Fault | None]
Table: TypeAlias = Mapping[str, Any]

_LANG = re.compile(r"\{lang=([^}]*)\}")
_OWN_LANGUAGE = re.compile(r"[ix]|q[a-t][a-z]")  # registered with IANA, private, or reserved for local use


def make_checks(types: Table, *, allowances: Mapping[str, int]) -> dict[str, Check]:
    """A check for every type of a table that needs no other element. ``allowances`` may lengthen what says so."""
    checks: dict[str, Check] = {}
    for name, each in types.items():
        if each["kind"] not in ("any_of", "response"):
            check = _make(each, types, max(each.get("max", 0), allowances.get(each.get("allowance", ""), 0)))
            checks[name] = _or_blank(check) if each.get("blank") else check
    for name, each in types.items():
        if each["kind"] == "any_of":
            check = _any_of([checks[one] for one in each["types"]])
            checks[name] = _or_blank(check) if each.get("blank") else check
    return checks


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of the tables; it must match a value as a whole."""
    return re.compile(pattern, re.DOTALL)


def _make(each: Table, types: Table, most: int) -> Check:
    kind = each["kind"]
    if kind == "string":
        return _string(most)
    if kind == "words":
        return _words(frozenset(each["words"]))
    if kind == "localized":
        return _localized(most, _make(types["langTag"], types, types["langTag"]["max"]))
    pattern = compiled(each["pattern"])
    if kind in ("number", "integer"):
        return _number(pattern, each.get("min", float("-inf")), each.get("top", float("inf")))
    if "languages" in each:
        return _language(pattern, most, frozenset(each["languages"].split()))
    return _pattern(pattern, most, has_calendar=each.get("calendar", False))


def _or_blank(check: Check) -> Check:
    return lambda value: check(value) if value else None


def _string(most: int) -> Check:
    return lambda value: None if len(value) <= most else Fault.TYPE


def _words(words: frozenset[str]) -> Check:
    return lambda value: None if value in words else Fault.TYPE


def _localized(most: int, is_tag: Check) -> Check:
    def check(value: str) -> Fault | None:
        if not value.startswith("{lang="):
            return None if len(value) <= most else Fault.TYPE
        found = _LANG.match(value)
        if found is None or is_tag(found[1]) is not None:
            return Fault.TYPE
        return None if len(value) - found.end() <= most else Fault.TYPE

    return check


def _language(pattern: re.Pattern[str], most: int, known: frozenset[str]) -> Check:
    """A tag begins with a language that there is (RFC 3066, ISO 639)."""

    def check(value: str) -> Fault | None:
        if len(value) > most or not pattern.fullmatch(value):
            return Fault.TYPE
        code = value.partition("-")[0].lower()
        return None if code in known or _OWN_LANGUAGE.fullmatch(code) else Fault.TYPE

    return check


def _number(pattern: re.Pattern[str], least: float, top: float) -> Check:
    def check(value: str) -> Fault | None:
        if not pattern.fullmatch(value):
            return Fault.TYPE
        return None if least <= float(value) <= top else Fault.RANGE

    return check


def _pattern(pattern: re.Pattern[str], most: int, *, has_calendar: bool) -> Check:
    def check(value: str) -> Fault | None:
        if (most and len(value) > most) or not pattern.fullmatch(value):
            return Fault.TYPE
        return Fault.TYPE if has_calendar and not _is_day(value) else None

    return check


def _is_day(value: str) -> bool:
    """Whether the day of a point in time exists; what names no day is right."""
    if len(value) < 10:
        return True
    try:
        date(int(value[:4]), int(value[5:7]), int(value[8:10]))
    except ValueError:
        return False
    return True


def _any_of(checks: list[Check]) -> Check:
    def check(value: str) -> Fault | None:
        return None if any(each(value) is None for each in checks) else Fault.TYPE

    return check
