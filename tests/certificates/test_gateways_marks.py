"""Pictures of seals and signatures as people send them."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from certificates.gateways.marks import CANVAS, LARGEST_BYTES, MarkError, MarkKind, normalise_mark
from tests.factories.designs import PAPER, seal_scan, signature_scan, written


def read(mark: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(mark))
    picture.load()
    return picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_seal_on_paper_becomes_red_on_nothing(kind: str):
    mark = read(normalise_mark(written(seal_scan(), kind), kind=MarkKind.SEAL))
    cover = mark.getchannel("A")
    red = mark.getpixel((500, 480))
    assert (mark.format, mark.mode, mark.size) == ("PNG", "RGBA", CANVAS[MarkKind.SEAL])
    assert (cover.getpixel((5, 5)), cover.getpixel((300, 500)), cover.getpixel((500, 480))) == (0, 0, 255)
    assert (red[0] > 150, red[1] < 60, red[2] < 60) == (True, True, True)


def test_what_shows_reaches_the_edges_of_its_canvas_and_keeps_its_shape():
    seal = read(normalise_mark(written(seal_scan()), kind=MarkKind.SEAL)).getchannel("A").getbbox()
    signature = read(normalise_mark(written(signature_scan()), kind=MarkKind.SIGNATURE)).getchannel("A").getbbox()
    assert seal is not None
    assert signature is not None
    assert (seal[2] - seal[0], seal[3] - seal[1]) == (980, 980)
    assert signature[2] - signature[0] == pytest.approx(1000, abs=2)
    assert signature[3] - signature[1] < 300


def test_picture_with_a_cover_of_its_own_keeps_it_white_ink_included():
    given = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    given.paste((255, 255, 255, 255), (100, 100, 300, 300))
    mark = read(normalise_mark(written(given), kind=MarkKind.SEAL))
    assert mark.getpixel((500, 500)) == (255, 255, 255, 255)


def test_every_colour_mode_is_accepted():
    for mode, kind in (("L", "PNG"), ("P", "PNG"), ("1", "PNG"), ("CMYK", "JPEG"), ("LA", "PNG")):
        mark = read(normalise_mark(written(seal_scan().convert("L").convert(mode), kind), kind=MarkKind.SEAL))
        assert (mark.mode, mark.getchannel("A").getextrema()) == ("RGBA", (0, 255))


def test_picture_loses_where_and_with_what_it_was_taken():
    exif = Image.Exif()
    exif[0x010F] = "TEST-CAMERA"
    given = written(seal_scan(), "JPEG", exif=exif, comment=b"TEST-COMMENT")
    assert b"TEST-CAMERA" in given
    assert b"TEST-" not in normalise_mark(given, kind=MarkKind.SEAL)


def test_same_picture_gives_the_same_bytes():
    given = written(seal_scan())
    assert normalise_mark(given, kind=MarkKind.SEAL) == normalise_mark(given, kind=MarkKind.SEAL)


def wide_png_header() -> bytes:
    """Claims 30,000 × 30,000 pixels in a few bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)

    header = (30_000).to_bytes(4) * 2 + bytes([8, 2, 0, 0, 0])
    data = zlib.compress(b"\0" * 100)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: b"", "not_a_picture"),
        (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "not_a_picture"),
        (lambda: b"%PDF-1.7", "not_a_picture"),
        (lambda: written(seal_scan(), "GIF"), "not_a_picture"),
        (lambda: written(seal_scan())[:-300], "not_a_picture"),
        (lambda: written(seal_scan(size=299)), "too_small"),
        (lambda: bytes(LARGEST_BYTES + 1), "too_large"),
        (wide_png_header, "too_large"),
        (lambda: written(Image.new("RGB", (400, 400), PAPER)), "blank"),
        (lambda: written(Image.new("RGBA", (400, 400), (0, 0, 0, 0))), "blank"),
    ],
)
def test_unusable_file_is_refused_with_its_reason(make: Callable[[], bytes], code: str):
    with pytest.raises(MarkError) as refusal:
        normalise_mark(make(), kind=MarkKind.SEAL)
    assert refusal.value.code == code
