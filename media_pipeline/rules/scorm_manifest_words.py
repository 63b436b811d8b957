"""Reading elements of a manifest leniently: by local names, whatever their case, their prefix or stray blanks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_TRUE, _FALSE = {"true", "1"}, {"false", "0"}
_DECIMAL = re.compile(r"[+-]?(?:\d{1,12}(?:\.\d{0,12})?|\.\d{1,12})")
_BLANKS = re.compile(r"\s+")
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def name_of(element: Element) -> str:
    """The local name in lower case: ``{…}timeLimitAction`` is ``timelimitaction``."""
    return str(element.tag).rpartition("}")[2].lower()


def namespace_of(name: str) -> str:
    """The namespace of an element's or an attribute's name; empty where it has none."""
    return name[1:].partition("}")[0] if name.startswith("{") else ""


def children(element: Element | None, name: str) -> Iterator[Element]:
    """The direct children of a name, given in lower case, in their order."""
    if element is not None:
        yield from (child for child in element if name_of(child) == name)


def child(element: Element | None, name: str) -> Element | None:
    """The first of them, None where there is none."""
    return next(children(element, name), None)


def attribute(element: Element | None, name: str) -> str | None:
    """An attribute by its local name in lower case, without the blanks around it; None where it is not given."""
    if element is None:
        return None
    for key, value in element.attrib.items():
        if key.rpartition("}")[2].lower() == name:
            return value.strip()
    return None


def text_of(element: Element | None) -> str:
    """All text of an element with single blanks; empty where there is no element."""
    return "" if element is None else _BLANKS.sub(" ", "".join(element.itertext())).strip()


def child_text(element: Element | None, name: str) -> str:
    """The text of the first child of a name, in lower case."""
    return text_of(child(element, name))


def worded(element: Element | None) -> str:
    """The text of an element that may say it in several languages: Chinese first, then the first one."""
    if element is None:
        return ""
    said = [each for each in element.iter() if name_of(each) in ("langstring", "string")]
    if not said:
        return text_of(element)
    chinese = [each for each in said if _language(each).startswith("zh")]
    return text_of((chinese or said)[0])


def as_bool(text: str) -> bool | None:
    """Read an XML boolean, in any case; None where it is none.

    >>> as_bool("True"), as_bool("0"), as_bool("yes")
    (True, False, None)
    """
    word = text.strip().lower()
    return True if word in _TRUE else False if word in _FALSE else None


def as_decimal(text: str) -> float | None:
    """Read a plain decimal, without exponent; None where it is none."""
    word = text.strip()
    return float(word) if _DECIMAL.fullmatch(word) else None


def as_count(text: str) -> int | None:
    """Read a number of things; None where it is none."""
    word = text.strip()
    return int(word) if word.isascii() and word.isdigit() and len(word) <= 9 else None


def _language(element: Element) -> str:
    return (element.get(_LANGUAGE) or element.get("lang") or element.get("language") or "").lower()
