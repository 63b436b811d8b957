"""Files sent as evidence: what is accepted, and everything that is not."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from tests.factories.offline import HTML, PDF, SVG, file_claim, make_pdf, make_picture, make_zip, upload
from tracking.gateways.evidence import check_evidence, open_evidence
from tracking.models import OfflineStudy
from tracking.operations import EvidenceRefusedError
from tracking.rules.offline_evidence import EvidenceError

ELEVEN_MB = 11 * 1024**2


def png_of(width: int, height: int, *, extra: bytes = b"") -> bytes:
    """A PNG whose header claims a size; ``extra`` chunks stand before the end."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + extra + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb() -> bytes:
    """42 million pixels of one bit, packed into a few kB."""
    stream = io.BytesIO()
    Image.new("1", (7000, 6000)).save(stream, "PNG", optimize=True)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (PDF, "application/pdf"),
        (make_picture(), "image/png"),
        (make_picture(format="JPEG"), "image/jpeg"),
        (make_picture((6300, 6300), format="JPEG"), "image/jpeg"),
    ],
    ids=["pdf", "png", "jpeg", "large-jpeg"],
)
def test_what_is_accepted_is_known_by_its_content(content: bytes, content_type: str) -> None:
    checked = check_evidence(upload(content, "证明.exe"))
    assert (checked.content_type, checked.size_bytes) == (content_type, len(content))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (make_zip(), "not_accepted"),
        (SVG, "not_accepted"),
        (HTML, "not_accepted"),
        (b" " + PDF, "not_accepted"),
        (make_picture(format="GIF"), "not_accepted"),
        (make_picture(format="WEBP"), "not_accepted"),
        (make_picture(format="TIFF"), "not_accepted"),
        (PDF + b"0" * ELEVEN_MB, "too_large"),
        (b"%PDF-1.7\n", "broken"),
        (b"%PDF-" + make_zip(), "broken"),
        (b"\x89PNG\r\n\x1a\n", "broken"),
        (b"\xff\xd8\xff", "broken"),
        (b"\xff\xd8\xff" + HTML, "broken"),
        (make_picture(format="JPEG")[:400], "broken"),
        (make_picture((400, 400))[:200], "broken"),
        (png_of(400, 600), "broken"),
        (png_of(0, 0), "broken"),
        (png_of(7000, 7000), "too_large"),
        (png_of(60_000, 60_000), "too_large"),
        (png_of(1, 2**31 - 1), "too_large"),
        (bomb(), "too_large"),
        (png_of(9, 9, extra=chunk(b"zTXt", b"k\0\0" + zlib.compress(b"0" * 9_000_000))), "broken"),
    ],
    ids=[
        "empty",
        "zip",
        "svg",
        "html",
        "pdf-after-blank",
        "gif",
        "webp",
        "tiff",
        "eleven-mb",
        "pdf-head",
        "pdf-then-zip",
        "png-head",
        "jpeg-head",
        "jpeg-head-then-html",
        "jpeg-cut",
        "png-cut",
        "png-hollow",
        "png-nothing",
        "png-pixels",
        "png-giant",
        "png-line",
        "png-bomb",
        "png-text-bomb",
    ],
)
def test_a_hostile_file_is_refused_whatever_its_name(content: bytes, code: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        check_evidence(upload(content, "结业证明.pdf"))
    assert (caught.value.code, caught.value.name) == (code, "结业证明")


def test_exactly_ten_megabytes_are_accepted() -> None:
    content = PDF[:9] + b"0" * (10 * 1024**2 - len(PDF)) + PDF[9:]
    assert check_evidence(upload(content)).size_bytes == 10 * 1024**2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("contents", "message"),
    [
        ([], "请至少上传一份证明材料"),
        ([make_pdf(str(number)) for number in range(6)], "证明材料至多 5 份"),
        ([PDF, b""], "“结业证明”是空文件"),
        ([PDF + b"0" * ELEVEN_MB], "“结业证明”过大，每份须在 10 MB 以内，图片不超过 4000 万像素"),
        ([make_zip()], "“结业证明”不是 PDF、JPG 或 PNG 文件"),
        ([b"%PDF-1.7"], "“结业证明”已损坏，无法打开，请重新扫描或导出"),
    ],
    ids=["none", "six", "empty", "large", "zip", "broken"],
)
def test_one_bad_file_refuses_the_claim_and_the_answer_says_which(
    media_folder: Path, contents: list[bytes], message: str
) -> None:
    with pytest.raises(EvidenceRefusedError) as caught:
        file_claim(evidence=[upload(content) for content in contents])
    assert (str(caught.value), caught.value.field) == (message, "evidence")
    assert not OfflineStudy.objects.exists()
    assert [path for path in media_folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["../../x.pdf", "/etc/passwd", "..\\..\\x.pdf", "a/" * 300 + ".pdf", "\0.pdf"])
@pytest.mark.django_db
def test_a_path_in_the_name_goes_nowhere(media_folder: Path, name: str) -> None:
    (evidence,) = file_claim(evidence=[upload(name=name)]).evidence.all()
    (kept,) = [path for path in media_folder.rglob("*") if path.is_file()]
    assert kept == media_folder / "private" / evidence.path
    assert kept.parent == media_folder / "private" / "offline" / "2026" / "03"
    assert "/" not in evidence.name
    assert "\\" not in evidence.name


def test_a_file_that_the_storage_has_lost_is_none(media_folder: Path) -> None:
    assert open_evidence("offline/2026/03/nothing.pdf") is None
