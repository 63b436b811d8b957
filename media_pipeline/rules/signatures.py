"""What a file's first bytes give away, whatever its name says."""

from __future__ import annotations

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
