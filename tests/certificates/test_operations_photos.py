"""Photos as people send them."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.storage import storages
from PIL import Image

from accounts.models import AuditEntry, Learner
from accounts.operations import attach_photo
from certificates.gateways.photo import PhotoError, normalise_photo
from certificates.operations import PhotoRefusedError, set_learner_photo
from certificates.queries import learner_photo
from tests.factories.accounts import make_learner
from tests.factories.certificates import make_photo
from tests.factories.threads import in_threads

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def opened(photo: bytes) -> Image.Image:
    return Image.open(io.BytesIO(photo))


def half_red_half_blue(size: tuple[int, int], **options: object) -> bytes:
    """The upper half red, the lower half blue."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0], size[1] // 2))
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=95, **options)
    return stream.getvalue()


def reds(photo: bytes) -> tuple[bool, bool]:
    """Whether the upper and the lower middle are red."""
    picture = opened(photo).convert("RGB")
    return tuple(picture.getpixel((147, y))[0] > 128 for y in (60, 350))


@pytest.mark.parametrize("size", [(295, 413), (600, 840), (413, 2000), (3000, 500)])
def test_a_photo_of_any_shape_becomes_one_inch_at_300_dpi(size: tuple[int, int]):
    picture = opened(normalise_photo(make_photo(size)))
    assert (picture.format, picture.size, picture.mode) == ("JPEG", (295, 413), "RGB")
    assert tuple(round(value) for value in picture.info["dpi"]) == (300, 300)


@pytest.mark.parametrize(("orientation", "expected"), [(1, (True, False)), (3, (False, True))])
def test_a_photo_is_turned_upright_as_its_camera_says(orientation: int, expected: tuple[bool, bool]):
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert reds(normalise_photo(half_red_half_blue((590, 826), exif=exif))) == expected


def test_a_photo_on_its_side_is_measured_after_it_was_turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    sideways = make_photo((413, 295), exif=exif)
    assert opened(normalise_photo(sideways)).size == (295, 413)


@pytest.mark.parametrize("size", [(294, 413), (295, 412), (1, 1), (412, 295)])
def test_a_photo_too_small_to_print_is_refused(size: tuple[int, int]):
    with pytest.raises(PhotoError) as caught:
        normalise_photo(make_photo(size))
    assert caught.value.code == "too_small"


def png_of(width: int, height: int) -> bytes:
    """A PNG whose header claims a size that its few bytes do not hold."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data",
    [b"\xff\xd8\xff" + b"0" * (5 * 1024**2), png_of(7000, 7000), png_of(60_000, 60_000)],
    ids=["bytes", "pixels", "bomb"],
)
def test_a_photo_of_too_many_bytes_or_pixels_is_refused_unread(data: bytes):
    with pytest.raises(PhotoError) as caught:
        normalise_photo(data)
    assert caught.value.code in ("too_large", "not_a_picture")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        "不是照片".encode(),
        b'<svg xmlns="http://www.w3.org/2000/svg" width="600" height="840"><script>alert(1)</script></svg>',
        b"GIF89a" + b"\x00" * 40,
        b"%PDF-1.7",
        make_photo(format="BMP"),
        make_photo(format="GIF", mode="P", colour=0),
        make_photo()[:400],
        png_of(400, 600),
    ],
    ids=["empty", "text", "svg", "gif-header", "pdf", "bmp", "gif", "cut", "hollow"],
)
def test_what_is_no_jpeg_png_or_webp_is_refused(data: bytes):
    with pytest.raises(PhotoError) as caught:
        normalise_photo(data)
    assert caught.value.code == "not_a_picture"


@pytest.mark.django_db
def test_a_learner_s_photo_is_kept_under_its_digest_and_audited(media_folder: Path):
    learner = make_learner()
    expected = normalise_photo(make_photo())
    digest = hashlib.sha256(expected).hexdigest()

    set_learner_photo(learner=learner, data=make_photo(), now=NOW)

    learner.refresh_from_db()
    assert (learner.photo_path, learner.photo_sha256) == (f"photos/{digest}.jpg", digest)
    assert learner_photo(learner) == expected
    entry = AuditEntry.objects.get(action="learner.photo")
    assert (entry.actor, entry.at, entry.detail) == (learner.user, NOW, {"sha256": digest})


@pytest.mark.django_db
def test_the_same_photo_again_changes_nothing(media_folder: Path):
    learner = make_learner()
    set_learner_photo(learner=learner, data=make_photo(), now=NOW)
    set_learner_photo(learner=learner, data=make_photo(), now=NOW)
    assert storages["private"].listdir("photos")[1] == [f"{learner.photo_sha256}.jpg"]
    assert AuditEntry.objects.filter(action="learner.photo").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"0" * (5 * 1024**2 + 1), "照片文件过大，请选择 5 MB 以内的照片"),
        (make_photo((200, 200)), "照片尺寸过小，宽至少 295 像素、高至少 413 像素"),
        (b"text", "无法识别这张照片，请上传 JPG 或 PNG 格式的证件照"),
    ],
    ids=["large", "small", "text"],
)
def test_a_refused_photo_is_not_kept_and_the_answer_says_what_to_do(media_folder: Path, data: bytes, message: str):
    learner = make_learner()
    with pytest.raises(PhotoRefusedError) as caught:
        set_learner_photo(learner=learner, data=data, now=NOW)
    assert str(caught.value) == message
    learner.refresh_from_db()
    assert learner.photo_path == ""
    assert not (media_folder / "private" / "photos").exists()


@pytest.mark.django_db(transaction=True)
def test_a_photo_attached_twice_at_once_is_audited_once():
    learner = make_learner()

    def attach() -> Learner:
        stale = Learner.objects.get(pk=learner.pk)
        return attach_photo(learner=stale, path="photos/a.jpg", sha256="a" * 64, now=NOW)

    outcomes = in_threads(attach, attach, attach)

    assert outcomes == [learner] * 3
    assert AuditEntry.objects.filter(action="learner.photo").count() == 1
    learner.refresh_from_db()
    assert learner.photo_path == "photos/a.jpg"
