"""typst, set up once a process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst

_ONE_AT_A_TIME = Lock()  # a compiler refuses a second thread
TEMPLATES = Path(__file__).resolve().parent.parent / "data" / "templates"


class TypesettingError(RuntimeError):
    """The page cannot be set; the message carries the reason, or typst's last words."""


def output(compiler: typst.Compiler, inputs: dict[str, str], **options: Any) -> bytes:
    """Set one page, or one drawing, from ``inputs``.

    :raises TypesettingError: typst refused it.
    """
    try:
        with _ONE_AT_A_TIME:
            made = compiler.compile(sys_inputs=inputs, **options)
    except typst.TypstError as error:
        raise TypesettingError(str(error)) from error
    if not isinstance(made, bytes):
        raise TypesettingError("typst gave no single page")
    return made


@lru_cache(maxsize=16)
def compiler_of(template: str, folders: tuple[str, ...]) -> typst.Compiler:
    """Set typst up for a template: the fonts are read here.

    :raises TypesettingError: there is no such template.
    """
    source = TEMPLATES / f"{template}.typ"
    if not source.is_file():
        raise TypesettingError(f"no template {template}")
    return typst.Compiler(str(source), root=str(TEMPLATES), font_paths=list(folders), ignore_system_fonts=True)


@lru_cache(maxsize=128)
def drawing_of(template: str, folders: tuple[str, ...], **inputs: str) -> str:
    """Draw what many certificates share, as an SVG of outlines, once a process."""
    return output(compiler_of(template, folders), inputs, format="svg").decode()


@lru_cache(maxsize=16)
def words_of_template(template: str) -> str:
    """Every character that a template's own text may print (all of its source: more does no harm).

    :raises TypesettingError: there is no such template.
    """
    source = TEMPLATES / f"{template}.typ"
    if not source.is_file():
        raise TypesettingError(f"no template {template}")
    return "".join(sorted(set(source.read_text(encoding="utf-8"))))
