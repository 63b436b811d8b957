"""What a file's first bytes give away, whatever its name says."""

from __future__ import annotations

from collections.abc import Iterable

from media_pipeline.enums import FailureReason

HEAD_BYTES = 64
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"8BPS")
_PICTURE_BRANDS = (b"heic", b"heix", b"mif1", b"avif")
_OTHERS = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"%PDF",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"#EXTM3U",
    b"ffconcat",
    b"<?xml",
)
_ZIPS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OFFICE_NAMES = {b"[Content_Types].xml", b"mimetype", b"META-INF/MANIFEST.MF"}


def is_zip_head(head: bytes) -> bool:
    """Whether a file begins as zips do: with an entry, with the end of an empty one, or with the mark of a volume."""
    return head.startswith(_ZIPS)


def is_named_zip(name: str) -> bool:
    """Whether its giver calls a file a zip: ``课件.ZIP``; ``.pif`` is SCORM's own word for it."""
    return name.lower().rstrip().endswith((".zip", ".pif"))


def is_office_file(names: Iterable[bytes]) -> bool:
    """Whether a zip's entries are those of a text document, a spreadsheet, a book or a program."""
    return not _OFFICE_NAMES.isdisjoint(names) and b"imsmanifest.xml" not in set(names)


def reason_of_head(head: bytes) -> FailureReason | None:
    """Refuse by the first 64 bytes what needs no tool to be seen: nothing, pictures, archives, documents, playlists."""
    if not head:
        return FailureReason.EMPTY
    if head.startswith(_PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return FailureReason.STILL_PICTURE
    if head[4:8] == b"ftyp" and head[8:12] in _PICTURE_BRANDS:
        return FailureReason.STILL_PICTURE
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_OTHERS):
        return FailureReason.NOT_MEDIA
    return None
