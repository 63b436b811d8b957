"""Zips as different programs write them: what is honest is read to the last byte."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from pathlib import Path

import pytest

from media_pipeline.enums import FailureReason
from media_pipeline.gateways.scorm_archive import Archive
from media_pipeline.rules.member_names import NameCoding, read_names
from media_pipeline.rules.package_limits import PackageRefusedError
from media_pipeline.rules.scorm_archive import choose_package, is_for_servers, is_junk
from media_pipeline.rules.scorm_types import content_type_of_member
from media_pipeline.rules.signatures import is_named_zip, is_office_file
from tests.factories.scorm_archives import Part, package_parts, unicode_path, zip64_extra, zip_bytes

TEXT = "测试 " * 40_000


def unpacked(content: bytes, folder: Path) -> dict[str, bytes]:
    """What a zip's files hold, by name."""
    path = folder / "a.zip"
    path.write_bytes(content)
    with Archive(path) as archive:
        return {member.name: b"".join(archive.chunks(member)) for member in archive.members()[0]}


def names_of(*parts: Part, folder: Path) -> tuple[list[str], NameCoding | None]:
    path = folder / "a.zip"
    path.write_bytes(zip_bytes(parts))
    with Archive(path) as archive:
        read = read_names(archive.entries()[1])
    return read.names, read.guessed


def made_by_python(**options) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", **options) as package:
        package.mkdir("图")
        package.writestr("图/a.txt", TEXT)
        package.writestr("empty.txt", "")
        with package.open("b.txt", "w", force_zip64=True) as member:
            member.write(TEXT.encode())
    return content.getvalue()


def made_as_a_stream() -> bytes:
    """As programs write that cannot go back: sizes and sums follow the data."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    content = Pipe()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("图/a.txt", TEXT)
        package.writestr("empty.txt", "")
        package.writestr("b.txt", TEXT)
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        made_by_python(compression=zipfile.ZIP_STORED),
        made_by_python(compression=zipfile.ZIP_DEFLATED, compresslevel=9),
        made_as_a_stream(),
    ],
    ids=["stored", "deflated", "streamed"],
)
def test_honest_zip_is_read_to_the_last_byte(content: bytes, tmp_path: Path):
    assert unpacked(content, tmp_path) == {"图/a.txt": TEXT.encode(), "empty.txt": b"", "b.txt": TEXT.encode()}


@pytest.mark.parametrize(
    "ending",
    [
        {"comment": b"made by a tool"},
        {"comment": b"x" * 65_535},
        {"zip64": True},
        {"after": b"\r\n\0\0"},
        {"between": b""},
    ],
    ids=["comment", "longest-comment", "zip64", "blank-lines-after", "plain"],
)
def test_end_of_a_zip_may_be_of_every_honest_kind(ending: dict, tmp_path: Path):
    assert unpacked(zip_bytes([Part("a.html", b"x")], **ending), tmp_path) == {"a.html": b"x"}


def test_zip64_sizes_are_taken_from_their_field(tmp_path: Path):
    wide = Part(
        "a.bin",
        b"x" * 100,
        method=0,
        central_size=2**32 - 1,
        central_packed=2**32 - 1,
        central_extra=zip64_extra(100, 100),
    )
    assert unpacked(zip_bytes([wide]), tmp_path) == {"a.bin": b"x" * 100}


def test_zip_inside_a_zip_is_a_plain_file_and_confuses_nobody(tmp_path: Path):
    inner = zip_bytes([Part("../x.php", b"x")])
    content = zip_bytes([Part("inner.zip", inner, method=0), Part("a.html", b"x")])
    assert unpacked(content, tmp_path) == {"inner.zip": inner, "a.html": b"x"}


@pytest.mark.parametrize(
    ("raw", "meant", "guessed"),
    [
        ("测试.html".encode(), "测试.html", None),
        ("测试.html".encode("gbk"), "测试.html", NameCoding.CHINESE),
        ("𠮷.html".encode("gb18030"), "𠮷.html", NameCoding.CHINESE),
        ("ｆｕｌｌ　ｗｉｄｔｈ.html".encode("gbk"), "ｆｕｌｌ　ｗｉｄｔｈ.html", NameCoding.CHINESE),
        (b"caf\x82.html", "café.html", NameCoding.DOS),
        (b"plain.html", "plain.html", None),
        (b"\x95\x5c.html", "昞.html", NameCoding.CHINESE),
    ],
)
def test_name_without_a_mark_is_read_in_the_coding_that_fits(raw: bytes, meant: str, guessed, tmp_path: Path):
    assert names_of(Part(raw, flags=0), folder=tmp_path) == ([meant], guessed)


def test_one_coding_is_chosen_for_all_names(tmp_path: Path):
    """``联通`` in GBK is sound UTF-8 of something else: the others decide."""
    raw = [name.encode("gbk") for name in ("联通.html", "测试.html")]
    assert names_of(*(Part(name, flags=0) for name in raw), folder=tmp_path)[0] == ["联通.html", "测试.html"]


def test_marked_and_second_names_count_before_a_guess(tmp_path: Path):
    marked = Part("测试一.html")
    second = Part(b"????.html", flags=0, extra=unicode_path(b"????.html", "测试二.html"))
    stale = Part(b"c.html", flags=0, extra=unicode_path(b"other.html", "测试三.html"))
    empty = Part(b"d.html", flags=0, extra=unicode_path(b"d.html", ""))
    names, guessed = names_of(marked, second, stale, empty, folder=tmp_path)
    assert (names, guessed) == (["测试一.html", "测试二.html", "c.html", "d.html"], None)


def test_names_are_kept_in_nfc_and_without_empty_steps(tmp_path: Path):
    decomposed = unicodedata.normalize("NFD", "é/が.html")
    names, _ = names_of(Part(decomposed), Part("./a//b/./c.html"), Part("x/"), folder=tmp_path)
    assert names == ["é/が.html", "a/b/c.html", "x/"]


def test_package_inside_a_package_does_not_hide_the_outer_one(tmp_path: Path):
    path = tmp_path / "a.zip"
    path.write_bytes(zip_bytes([*package_parts(), *package_parts(root="backup/")]))
    with Archive(path) as archive:
        package = choose_package(archive.members()[0])
    assert (package.root, len(package.members), package.outside) == ("", 4, ())


@pytest.mark.parametrize("root", ["", "a/", "课件 1/内容/"])
def test_manifest_is_found_up_to_two_folders_deep(root: str, tmp_path: Path):
    path = tmp_path / "a.zip"
    path.write_bytes(zip_bytes(package_parts(root=root)))
    with Archive(path) as archive:
        package = choose_package(archive.members()[0])
    assert (package.root, [member.name for member in package.members]) == (root, ["imsmanifest.xml", "a.html"])


def test_member_larger_than_wanted_is_not_read(tmp_path: Path):
    path = tmp_path / "a.zip"
    path.write_bytes(zip_bytes([Part("a.html", b"x" * 100)]))
    with Archive(path) as archive, pytest.raises(PackageRefusedError) as refused:
        archive.read_member(archive.members()[0][0], most_bytes=99)
    assert (refused.value.reason, refused.value.detail) == (FailureReason.FILE_TOO_LARGE, "a.html: 100 B")


@pytest.mark.parametrize(
    ("name", "junk"),
    [
        ("__MACOSX/a.html", True),
        ("a/__macosx/b", True),
        ("a/.DS_Store", True),
        ("._a.html", True),
        ("Thumbs.db", True),
        ("a/.hidden", False),
        ("macosx/a.html", False),
    ],
)
def test_leftovers_of_systems_are_known(name: str, junk: bool):
    assert is_junk(name) is junk


@pytest.mark.parametrize(
    ("name", "runs"),
    [
        ("a.php", True),
        ("a.PhP7", True),
        ("a.aspx. .", True),
        ("x/web.config", True),
        ("a.php.js", False),
        ("php.html", False),
        ("a.js", False),
        ("aspx", False),
        ("config.xml", False),
    ],
)
def test_files_that_servers_run_are_known(name: str, runs: bool):
    assert is_for_servers(name) is runs


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("A/INDEX.HTM", "text/html"),
        ("a.min.js", "text/javascript"),
        ("图.svg", "image/svg+xml"),
        ("f.woff2", "font/woff2"),
        ("v.mp4", "video/mp4"),
        ("a.swf", "application/x-shockwave-flash"),
        ("a.pdf", "application/pdf"),
        ("a.vtt", "text/vtt; charset=utf-8"),
        ("LICENSE", "application/octet-stream"),
        (".html", "application/octet-stream"),
        ("a.unity3d", "application/octet-stream"),
    ],
)
def test_type_of_a_member_is_told_by_its_name(name: str, told: str):
    assert content_type_of_member(name) == told


def test_office_files_are_no_packages_unless_they_hold_a_manifest():
    assert is_office_file([b"[Content_Types].xml", b"word/document.xml"])
    assert not is_office_file([b"[Content_Types].xml", b"imsmanifest.xml"])
    assert not is_office_file([b"index.html"])
    assert (is_named_zip("课.ZIP "), is_named_zip("a.pif"), is_named_zip("a.mp4")) == (True, True, False)
