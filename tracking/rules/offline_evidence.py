"""What a file that proves classroom training may be, and what it is called."""

from __future__ import annotations

import unicodedata

LARGEST_BYTES = 10 * 1024**2
MOST_FILES = 5
EXTENSIONS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
NAME_MAX = 120
NAMELESS = "证明材料"
HEAD_BYTES = 16
TAIL_BYTES = 2048


class EvidenceError(ValueError):
    """A file is no evidence; ``code``: ``empty``, ``too_large``, ``not_accepted`` or ``broken``; ``name`` its own."""

    def __init__(self, code: str, name: str) -> None:
        super().__init__(f"{name}: {code}")
        self.code = code
        self.name = name


def content_type_of(head: bytes) -> str | None:
    """The type by the first bytes, never by a name: PDF, JPEG, PNG, or None."""
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    return None


def is_whole_pdf(tail: bytes) -> bool:
    """Whether a PDF has its end (ISO 32000, 7.5.5); ``tail`` is its last 2 KiB: one cut short helps nobody."""
    return b"%%EOF" in tail


def shown_name(name: str, *, content_type: str) -> str:
    """A name to show and to save under: no folders, no marks that hide or reverse text, the ending of its type.

    ``../../etc/passwd`` of a PDF becomes ``passwd.pdf``; a name of nothing but marks becomes 证明材料.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = (
        "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C").strip().rstrip(" .")
    )
    ending = EXTENSIONS[content_type]
    accepted = (ending, ".jpeg") if content_type == "image/jpeg" else (ending,)
    stem = next((plain[: -len(each)] for each in accepted if plain.lower().endswith(each)), plain)
    return (stem.strip(" .")[: NAME_MAX - len(ending)] or NAMELESS) + ending
