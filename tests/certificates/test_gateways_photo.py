"""Photos as people send them."""

from __future__ import annotations

import io
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from certificates.gateways.photo import LARGEST_BYTES, PhotoError, normalise_photo

RED, BLUE, WHITE = (254, 0, 0), (0, 0, 254), (255, 255, 255)


def written(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def read(photo: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(photo))
    picture.load()
    return picture


def near(found: tuple[int, ...], wanted: tuple[int, int, int]) -> bool:
    """JPEG keeps colours to within a few steps."""
    return all(abs(a - b) <= 12 for a, b in zip(found, wanted, strict=True))


def halves(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    """A picture whose upper half is red and whose lower half is blue."""
    picture = Image.new("RGB", size, BLUE)
    ImageDraw.Draw(picture).rectangle((0, 0, size[0], size[1] // 2), fill=RED)
    return picture.convert(mode)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(295, 413), (1200, 1600), (1600, 1200), (295, 2000)])
def test_photo_becomes_a_jpeg_of_295_by_413(kind: str, size: tuple[int, int]):
    photo = read(normalise_photo(written(halves(size), kind)))
    assert (photo.format, photo.mode, photo.size) == ("JPEG", "RGB", (295, 413))


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "RGBA"])
def test_every_colour_mode_is_accepted(mode: str):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    photo = read(normalise_photo(written(halves((590, 826)).convert(mode), kind)))
    assert (photo.mode, photo.size) == ("RGB", (295, 413))


def test_photo_taken_sideways_is_turned_upright():
    sideways = halves((826, 1180)).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise to see it upright
    photo = read(normalise_photo(written(sideways, exif=exif)))
    assert near(photo.getpixel((147, 20)), RED)
    assert near(photo.getpixel((147, 400)), BLUE)


def test_photo_loses_where_and_with_what_it_was_taken():
    exif = Image.Exif()
    exif[0x010F] = "TEST-CAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    given = written(halves((590, 826)), exif=exif, comment=b"TEST-COMMENT")
    assert b"TEST-CAMERA" in given
    photo = normalise_photo(given)
    assert b"TEST-" not in photo
    assert dict(read(photo).getexif()) == {}


def test_transparent_photo_stands_on_white():
    assert near(
        read(normalise_photo(written(Image.new("RGBA", (295, 413), (0, 0, 0, 0)), "PNG"))).getpixel((9, 9)), WHITE
    )


def test_same_photo_gives_the_same_bytes():
    given = written(halves((600, 800)))
    assert normalise_photo(given) == normalise_photo(given)


def cut_short() -> bytes:
    return written(halves((600, 900)))[:-400]


def wide_png_header() -> bytes:
    """Claims 30,000 × 30,000 pixels in a few bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)

    header = (30_000).to_bytes(4) * 2 + bytes([8, 2, 0, 0, 0])
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: b"", "not_a_picture"),
        (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_picture"),
        (lambda: b"%PDF-1.7", "not_a_picture"),
        (lambda: written(halves((600, 900)), "GIF"), "not_a_picture"),
        (lambda: written(halves((600, 900)), "BMP"), "not_a_picture"),
        (cut_short, "not_a_picture"),
        (lambda: written(halves((294, 413))), "too_small"),
        (lambda: written(halves((295, 412))), "too_small"),
        (lambda: bytes(LARGEST_BYTES + 1), "too_large"),
        (wide_png_header, "too_large"),
    ],
)
def test_unusable_file_is_refused_with_its_reason(make: Callable[[], bytes], code: str):
    with pytest.raises(PhotoError) as refusal:
        normalise_photo(make())
    assert refusal.value.code == code


def test_a_large_photo_taken_sideways_is_turned_upright_too():
    sideways = halves((1800, 2600)).rotate(90, expand=True).resize((7800, 5000))
    exif = Image.Exif()
    exif[0x0112] = 6
    for kind in ("JPEG", "PNG"):
        photo = read(normalise_photo(written(sideways, kind, exif=exif.tobytes())))
        assert near(photo.getpixel((147, 40)), RED)
        assert near(photo.getpixel((147, 380)), BLUE)


def test_a_small_file_of_many_pixels_takes_little_memory(tmp_path: Path):
    bomb = tmp_path / "bomb.png"
    Image.new("1", (8000, 5000)).save(bomb)
    program = (
        "import pathlib, resource, sys\n"
        "from certificates.gateways.photo import normalise_photo\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "normalise_photo(pathlib.Path(sys.argv[1]).read_bytes())\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )

    done = subprocess.run([sys.executable, "-c", program, str(bomb)], capture_output=True, text=True, check=True)

    assert bomb.stat().st_size < 10_000
    assert int(done.stdout) < 200 * 1024  # KiB; each copy of all the pixels in colour would take 160 MB
