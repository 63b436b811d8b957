"""How a certificate's page looks, as an authority chose it: plain values that are frozen with the version they make.

The stored form is JSON. A draft may leave keys out, which then have their default; a published version holds every
key, so that a later default changes nothing that was printed.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Self, TypeVar

Choice = TypeVar("Choice", bound=StrEnum)
DIGEST = re.compile(r"[0-9a-f]{64}")
LARGEST_SIGNATORIES = 3
LONGEST = {"seal_words": 30, "seal_caption": 12, "note": 60}
LONGEST_OF_SIGNATORY = {"title": 16, "title_en": 40, "name": 20}


class DesignError(ValueError):
    """Stored choices cannot be used; the message names the key."""


class Layout(StrEnum):
    """Where the photo stands."""

    PHOTO_LEFT = "photo-left"
    PHOTO_RIGHT = "photo-right"


class Palette(StrEnum):
    """The colours of frame, headings and code."""

    INK = "ink"
    PINE = "pine"
    VERMILION = "vermilion"
    GRAPHITE = "graphite"


class Border(StrEnum):
    """What runs around the page."""

    GUILLOCHE = "guilloche"
    LINES = "lines"


class SealKind(StrEnum):
    """Which seal presses on the authority's name and the date."""

    DRAWN = "drawn"
    PICTURE = "picture"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs: ``picture`` is the SHA-256 of the signature's picture, empty for a line to sign by hand."""

    title: str
    name: str
    title_en: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Design:
    """The choices of one design.

    ``seal_words`` run around a drawn seal, empty for the authority's name; ``seal_caption`` stands straight below its
    star. ``seal_picture`` is the SHA-256 of a seal's picture. ``note`` is one line at the foot of the page.
    ``bilingual`` adds English to the Chinese labels and, where the certificate holds them, to the names.
    """

    layout: Layout = Layout.PHOTO_LEFT
    palette: Palette = Palette.INK
    border: Border = Border.GUILLOCHE
    rosette: bool = True
    bilingual: bool = False
    seal: SealKind = SealKind.DRAWN
    seal_words: str = ""
    seal_caption: str = ""
    seal_picture: str = ""
    signatories: tuple[Signatory, ...] = ()
    note: str = ""

    @property
    def pictures(self) -> tuple[str, ...]:
        """The digests of all pictures that the page shows."""
        seal = (self.seal_picture,) if self.seal == SealKind.PICTURE else ()
        return (*seal, *(each.picture for each in self.signatories if each.picture))

    @property
    def words(self) -> str:
        """Everything that the design itself prints, in one string."""
        of_signatories = "".join(each.title + each.title_en + each.name for each in self.signatories)
        return self.seal_words + self.seal_caption + self.note + of_signatories

    def to_json(self) -> dict[str, Any]:
        """Every choice as plain JSON values."""
        return {**asdict(self), "signatories": [asdict(each) for each in self.signatories]}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Read choices back; a key that is left out has its default.

        :raises DesignError: an unknown key, a value of another type or outside its list, a text too long, a seal's
            picture chosen but not given, too many signatories.
        """
        if unknown := sorted(stored.keys() - {field.name for field in fields(cls)}):
            raise DesignError(f"unknown keys: {', '.join(unknown)}")
        return cls(
            layout=_one_of(Layout, stored, "layout"),
            palette=_one_of(Palette, stored, "palette"),
            border=_one_of(Border, stored, "border"),
            rosette=_flag(stored, "rosette", True),
            bilingual=_flag(stored, "bilingual", False),
            seal=_seal(stored),
            seal_words=_text(stored, "seal_words", LONGEST),
            seal_caption=_text(stored, "seal_caption", LONGEST),
            seal_picture=_digest(stored, "seal_picture"),
            signatories=_signatories(stored.get("signatories", [])),
            note=_text(stored, "note", LONGEST),
        )


def design_digest(design: Design, *, template: str) -> str:
    """SHA-256, in hex, of a design and of the text of the template that draws it (line ends as ``\\n``)."""
    content = json.dumps(design.to_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{content}\n{template}".encode()).hexdigest()


def _one_of(choices: type[Choice], stored: dict[str, Any], name: str) -> Choice:
    value = stored.get(name, next(iter(choices)))
    try:
        return choices(value)
    except ValueError as error:
        raise DesignError(f"{name} is none of {', '.join(choices)}: {value!r}") from error


def _flag(stored: dict[str, Any], name: str, default: bool) -> bool:
    value = stored.get(name, default)
    if not isinstance(value, bool):
        raise DesignError(f"{name} is not yes or no: {value!r}")
    return value


def _text(stored: dict[str, Any], name: str, longest: dict[str, int]) -> str:
    value = stored.get(name, "")
    if not isinstance(value, str) or len(value) > longest[name]:
        raise DesignError(f"{name} is not a text of at most {longest[name]} characters: {value!r}")
    return value


def _digest(stored: dict[str, Any], name: str) -> str:
    value = stored.get(name, "")
    if not isinstance(value, str) or (value and not DIGEST.fullmatch(value)):
        raise DesignError(f"{name} is not a SHA-256: {value!r}")
    return value


def _seal(stored: dict[str, Any]) -> SealKind:
    kind = _one_of(SealKind, stored, "seal")
    if kind == SealKind.PICTURE and not stored.get("seal_picture"):
        raise DesignError("seal_picture is missing")
    return kind


def _signatories(value: Any) -> tuple[Signatory, ...]:
    if not isinstance(value, list) or len(value) > LARGEST_SIGNATORIES:
        raise DesignError(f"signatories is not a list of at most {LARGEST_SIGNATORIES}: {value!r}")
    return tuple(_signatory(each) for each in value)


def _signatory(value: Any) -> Signatory:
    if not isinstance(value, dict) or value.keys() - {"title", "name", "title_en", "picture"}:
        raise DesignError(f"a signatory is title, name, title_en and picture, not {value!r}")
    texts = {name: _text(value, name, LONGEST_OF_SIGNATORY) for name in LONGEST_OF_SIGNATORY}
    return Signatory(**texts, picture=_digest(value, "picture"))
