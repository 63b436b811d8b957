"""Which installed fonts can draw which characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont, TTLibError

MAIN_FAMILY = "Noto Serif SC"
FONT_SUFFIXES = {".ttf", ".otf", ".ttc", ".otc"}
FAMILY_NAME_ID = 1
TYPOGRAPHIC_FAMILY_NAME_ID = 16


class UnprintableTextError(ValueError):
    """No font at hand draws these characters; ``characters`` are they."""

    def __init__(self, characters: str) -> None:
        names = ", ".join(f"{each} (U+{ord(each):04X})" for each in characters)
        super().__init__(names)
        self.characters = characters


class FontsMissingError(RuntimeError):
    """The main family is in none of the font folders."""


@dataclass(frozen=True, slots=True)
class FontChoice:
    """Families for typst, in the order of trial, and the folders in which it finds them."""

    families: tuple[str, ...]
    folders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Face:
    family: str
    folder: str
    characters: frozenset[int]


def choose_fonts(text: str, folders: Sequence[Path]) -> FontChoice:
    """Choose fonts that draw all of ``text``: the main family, and another only for characters that it lacks.

    :raises UnprintableTextError: a character is in no font of ``folders``; nothing may be printed as an empty box.
    :raises FontsMissingError: the main family is in none of ``folders``.
    """
    existing = tuple(str(folder) for folder in folders if folder.is_dir())
    main, drawn = _main_family(existing)
    chosen = [main]
    lacking = {each for each in set(text) if ord(each) not in drawn}
    missing = {each for each in lacking if unicodedata.category(each) not in {"Cc", "Cf", "Zl"}}
    if missing:
        for face in _other_faces(existing):
            found = {each for each in missing if ord(each) in face.characters}
            if found:
                chosen.append(face)
                missing -= found
    if missing:
        raise UnprintableTextError("".join(sorted(missing)))
    return FontChoice(
        families=tuple(dict.fromkeys(face.family for face in chosen)),
        folders=tuple(dict.fromkeys(face.folder for face in chosen)),
    )


@lru_cache(maxsize=4)
def _main_family(folders: tuple[str, ...]) -> tuple[_Face, frozenset[int]]:
    """The main family, and what regular and bold both have: a name is printed in bold."""
    faces = [face for face in _main_faces(folders) if face.family == MAIN_FAMILY]
    if not faces:
        raise FontsMissingError(f"{MAIN_FAMILY} is in none of {', '.join(folders) or 'the font folders'}")
    return faces[0], frozenset.intersection(*(face.characters for face in faces))


@lru_cache(maxsize=4)
def _main_faces(folders: tuple[str, ...]) -> tuple[_Face, ...]:
    return tuple(face for path in _files(folders) if "NotoSerifSC" in path.name for face in _read(path))


@lru_cache(maxsize=4)
def _other_faces(folders: tuple[str, ...]) -> tuple[_Face, ...]:
    """Read every other font: slow (seconds), needed only for a character beyond the main family."""
    faces = [face for path in _files(folders) if "NotoSerifSC" not in path.name for face in _read(path)]
    return tuple(sorted(faces, key=_beside_a_serif))


def _beside_a_serif(face: _Face) -> tuple[bool, bool, bool, str]:
    """Serifs first, sans last; then a steady order, so that the same text always gets the same fonts."""
    return "Sans" in face.family, "Serif" not in face.family, " SC" not in face.family, face.family


def _files(folders: tuple[str, ...]) -> list[Path]:
    return sorted(
        path for folder in folders for path in Path(folder).rglob("*") if path.suffix.lower() in FONT_SUFFIXES
    )


def _read(path: Path) -> list[_Face]:
    try:
        if path.suffix.lower() in {".ttc", ".otc"}:
            with TTCollection(path, lazy=True) as collection:
                return [_face(font, path) for font in collection.fonts]
        with TTFont(path, lazy=True) as font:
            return [_face(font, path)]
    except (TTLibError, OSError, KeyError):
        return []  # a damaged or foreign file draws nothing


def _face(font: TTFont, path: Path) -> _Face:
    names = font["name"]
    family = names.getDebugName(TYPOGRAPHIC_FAMILY_NAME_ID) or names.getDebugName(FAMILY_NAME_ID) or ""
    return _Face(family=family, folder=str(path.parent), characters=frozenset(font.getBestCmap() or ()))
