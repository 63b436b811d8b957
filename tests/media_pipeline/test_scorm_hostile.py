"""Packages made to do harm, or broken: each is refused with its own reason, in little memory, and nothing is left."""

from __future__ import annotations

import io
import os
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from media_pipeline.enums import FailureReason, MediaKind, VideoState
from media_pipeline.gateways.scorm_archive import Archive
from media_pipeline.gateways.storage import list_prefix
from media_pipeline.gateways.workplace import left_work_folders
from media_pipeline.models import ScormContent, Video
from media_pipeline.rules.package_limits import PackageRefusedError
from media_pipeline.rules.scorm_archive import choose_package
from tests.factories.media_pipeline import process_file
from tests.factories.scorm_archives import (
    Part,
    overlapping_parts,
    package_parts,
    quoting_zip,
    unicode_path,
    write_zeros_package,
    zip64_extra,
    zip_bytes,
)
from tests.factories.scorm_manifests import make_manifest
from tests.services.media_storage import media_in_bucket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]

MIB = 1024**2
SOUND = package_parts()
KERNEL = bytes(range(256)) * 64 + bytes(range(0, 256, 2)) * 512
ENTITIES = '<!DOCTYPE manifest [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE_ENTITY = '<!DOCTYPE manifest [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
PROLOG = '<?xml version="1.0" encoding="UTF-8"?>'


def with_parts(*parts: Part) -> bytes:
    return zip_bytes([*SOUND, *parts])


def with_manifest(text: str) -> bytes:
    return zip_bytes(package_parts(manifest=text))


def cut(share: float) -> bytes:
    whole = with_parts(Part("b.bin", os.urandom(20_000)))
    return whole[: int(len(whole) * share)]


def damaged() -> bytes:
    whole = bytearray(with_parts(Part("b.bin", b"sound" * 100, method=0)))
    at = whole.index(b"soundsound")
    whole[at] ^= 0xFF
    return bytes(whole)


REFUSED: dict[str, tuple[Callable[[], bytes], FailureReason, str]] = {
    "no-zip": (lambda: b"Rar!\x1a\x07\x01\x00" + b"x" * 500, FailureReason.NOT_ZIP, ""),
    "nothing-in-it": (lambda: zip_bytes([]), FailureReason.ZIP_EMPTY, ""),
    "leftovers-only": (lambda: zip_bytes([Part("__MACOSX/._a", b"x"), Part("x/")]), FailureReason.ZIP_EMPTY, ""),
    "head-only": (lambda: b"PK\x03\x04" + b"\0" * 400, FailureReason.ZIP_BROKEN, ""),
    "cut-in-half": (lambda: cut(0.5), FailureReason.ZIP_BROKEN, ""),
    "cut-at-its-end": (lambda: with_parts()[:-1], FailureReason.ZIP_BROKEN, ""),
    "one-of-several": (lambda: zip_bytes(SOUND, disk=2), FailureReason.ZIP_BROKEN, ""),
    "wrong-sum": (damaged, FailureReason.ZIP_BROKEN, "b.bin"),
    "no-deflate": (lambda: with_parts(Part("b.bin", b"x" * 9, packed=b"\xff" * 9)), FailureReason.ZIP_BROKEN, "b.bin"),
    "stops-early": (lambda: with_parts(Part("b.bin", b"xy" * 9, packed=b"\x4b")), FailureReason.ZIP_BROKEN, "b.bin"),
    "no-header": (lambda: with_parts(Part("b.bin", b"x", header_at=3)), FailureReason.ZIP_BROKEN, "b.bin"),
    "data-before": (lambda: zip_bytes(SOUND, before=b"PK\x03\x04 and more"), FailureReason.ZIP_TAMPERED, ""),
    "data-after": (lambda: zip_bytes(SOUND, after=b"<?php"), FailureReason.ZIP_BROKEN, ""),
    "more-entries": (lambda: zip_bytes(SOUND, entries=9), FailureReason.ZIP_TAMPERED, ""),
    "fewer-entries": (lambda: zip_bytes(SOUND, entries=1), FailureReason.ZIP_TAMPERED, ""),
    "list-elsewhere": (lambda: zip_bytes(SOUND, directory_at=7), FailureReason.ZIP_TAMPERED, ""),
    "list-too-long": (lambda: zip_bytes(SOUND, directory_size=0x7FFFFFFF), FailureReason.ZIP_TAMPERED, ""),
    "zip64-list-elsewhere": (
        lambda: zip_bytes(SOUND, zip64=True, directory_at=2**62),
        FailureReason.ZIP_TAMPERED,
        "",
    ),
    "zip64-many-entries": (lambda: zip_bytes(SOUND, zip64=True, entries=2**63), FailureReason.TOO_MANY_FILES, ""),
    "zip64-size": (
        lambda: with_parts(Part("b.bin", b"x", method=0, central_size=2**32 - 1, central_extra=zip64_extra(2**60))),
        FailureReason.ZIP_TAMPERED,
        "b.bin",
    ),
    "other-name": (
        lambda: with_parts(Part("b.bin", b"x", local_name=b"c.php")),
        FailureReason.ZIP_TAMPERED,
        "b.bin",
    ),
    "other-size": (lambda: with_parts(Part("b.bin", b"xyz", local_size=1)), FailureReason.ZIP_TAMPERED, "b.bin"),
    "holds-more": (lambda: with_parts(Part("b.bin", b"x" * 5_000, size=10)), FailureReason.ZIP_TAMPERED, "b.bin"),
    "holds-less": (lambda: with_parts(Part("b.bin", b"x" * 10, size=5_000)), FailureReason.ZIP_TAMPERED, "b.bin"),
    "stored-of-two-sizes": (lambda: with_parts(Part("b", b"xy", method=0, size=9)), FailureReason.ZIP_TAMPERED, "b"),
    "folder-with-contents": (lambda: with_parts(Part("b/", b"xy")), FailureReason.ZIP_TAMPERED, "b/"),
    "outside-of-the-file": (
        lambda: with_parts(Part("b.bin", b"x", method=0, size=9_000, packed=b"x" * 9_000, central_packed=9_999)),
        FailureReason.ZIP_TAMPERED,
        "b.bin",
    ),
    "overlap": (
        lambda: with_parts(Part("b.bin", b"xy"), Part("b.bin2", b"xy", shares_with=2)),
        FailureReason.ZIP_TAMPERED,
        "b.bin2",
    ),
    "encrypted": (lambda: with_parts(Part("b.html", b"x", flags=1)), FailureReason.ENCRYPTED, "b.html"),
    "strongly-encrypted": (lambda: with_parts(Part("b.html", b"x", flags=0x41)), FailureReason.ENCRYPTED, "b.html"),
    "aes": (lambda: with_parts(Part("b.html", b"x", method=99)), FailureReason.ENCRYPTED, "b.html"),
    "aes-field": (
        lambda: with_parts(Part("b.html", b"x", extra=struct.pack("<2H7s", 0x9901, 7, b"\2\0AE\3\10\0"))),
        FailureReason.ENCRYPTED,
        "b.html",
    ),
    "deflate64": (lambda: with_parts(Part("b.html", b"x", method=9)), FailureReason.ZIP_METHOD, "b.html: 9"),
    "lzma": (lambda: with_parts(Part("b.html", b"x", method=14)), FailureReason.ZIP_METHOD, "b.html: 14"),
    "slip": (lambda: with_parts(Part("../evil.html", b"x")), FailureReason.BAD_PATH, "../evil.html"),
    "slip-inside": (lambda: with_parts(Part("a/../../evil.html", b"x")), FailureReason.BAD_PATH, "a/../../evil.html"),
    "turned-name": (lambda: with_parts(Part("a\u202egpj.exe", b"x")), FailureReason.BAD_PATH, "a\\x202egpj.exe"),
    "slip-of-a-folder": (lambda: with_parts(Part("../")), FailureReason.BAD_PATH, "../"),
    "slip-in-leftovers": (lambda: with_parts(Part("__MACOSX/../x", b"x")), FailureReason.BAD_PATH, "__MACOSX/../x"),
    "slip-by-backslash": (lambda: with_parts(Part("..\\evil.html", b"x")), FailureReason.BAD_PATH, "..\\evil.html"),
    "slip-from-windows": (
        lambda: zip_bytes([Part("..\\..\\imsmanifest.xml", b"x", host=0)]),
        FailureReason.BAD_PATH,
        "../../imsmanifest.xml",
    ),
    "slip-escaped": (lambda: with_parts(Part("%2e%2e/x.html", b"x")), FailureReason.BAD_PATH, "%2e%2e/x.html"),
    "slip-in-a-second-name": (
        lambda: with_parts(Part(b"b.html", b"x", extra=unicode_path(b"b.html", "../b.html"))),
        FailureReason.BAD_PATH,
        "../b.html",
    ),
    "absolute": (lambda: with_parts(Part("/etc/cron.d/x", b"x")), FailureReason.BAD_PATH, "/etc/cron.d/x"),
    "share": (lambda: with_parts(Part("//server/x", b"x")), FailureReason.BAD_PATH, "//server/x"),
    "drive": (lambda: with_parts(Part("C:/x.html", b"x")), FailureReason.BAD_PATH, "C:/x.html"),
    "drive-relative": (lambda: with_parts(Part("c:x.html", b"x")), FailureReason.BAD_PATH, "c:x.html"),
    "backslash": (lambda: with_parts(Part("a\\b.html", b"x")), FailureReason.BAD_PATH, "a\\b.html"),
    "nul": (lambda: with_parts(Part(b"b.html\0.png", b"x")), FailureReason.BAD_PATH, "b.html\\x00.png"),
    "control": (lambda: with_parts(Part(b"b\x1b[2J.html", b"x")), FailureReason.BAD_PATH, "b\\x1b[2J.html"),
    "line-break": (lambda: with_parts(Part(b"b\n.html", b"x")), FailureReason.BAD_PATH, "b\\x0a.html"),
    "no-name": (lambda: with_parts(Part("", b"x")), FailureReason.BAD_PATH, ""),
    "long-name": (
        lambda: with_parts(Part("测" * 100 + ".html", b"x")),
        FailureReason.PATH_TOO_LONG,
        "测" * 100 + ".html",
    ),
    "long-path": (lambda: with_parts(Part("/".join(["a" * 90] * 10), b"x")), FailureReason.PATH_TOO_LONG, ""),
    "deep": (lambda: with_parts(Part("a/" * 60 + "b.html", b"x")), FailureReason.PATH_TOO_LONG, ""),
    "link": (lambda: with_parts(Part("b.html", b"/etc/passwd", mode=0o120777)), FailureReason.ZIP_LINK, "b.html"),
    "link-from-windows": (
        lambda: with_parts(Part("b.html", b"/etc/passwd", mode=0o120777, host=0)),
        FailureReason.ZIP_LINK,
        "b.html",
    ),
    "hard-link": (
        lambda: with_parts(Part("b", b"", extra=struct.pack("<2HLHL2H", 0x756E, 14, 0, 0o100644, 6, 0, 0))),
        FailureReason.ZIP_LINK,
        "b",
    ),
    "device": (lambda: with_parts(Part("b.html", b"", mode=0o060644)), FailureReason.ZIP_LINK, "b.html"),
    "pipe": (lambda: with_parts(Part("b.html", b"", mode=0o010644)), FailureReason.ZIP_LINK, "b.html"),
    "same-name": (
        lambda: with_parts(Part("b.html", b"1"), Part("b.html", b"2")),
        FailureReason.ZIP_DUPLICATE,
        "b.html",
    ),
    "same-manifest": (
        lambda: with_parts(Part("imsmanifest.xml", b"2")),
        FailureReason.ZIP_DUPLICATE,
        "imsmanifest.xml",
    ),
    "same-in-nfc": (
        lambda: with_parts(Part("e\u0301.html", b"1"), Part("\u00e9.html", b"2")),
        FailureReason.ZIP_DUPLICATE,
        "\u00e9.html",
    ),
    "same-but-for-a-dot": (
        lambda: with_parts(Part("x/b.html", b"1"), Part("./x//b.html", b"2")),
        FailureReason.ZIP_DUPLICATE,
        "x/b.html",
    ),
    "file-and-folder": (lambda: with_parts(Part("b", b"1"), Part("b/c", b"2")), FailureReason.ZIP_DUPLICATE, "b · b/c"),
    "file-and-empty-folder": (lambda: with_parts(Part("b", b"1"), Part("b/")), FailureReason.ZIP_DUPLICATE, "b · b/"),
    **{
        f"server-{name}": ((lambda name=name: with_parts(Part(name, b"x"))), FailureReason.SERVER_FILES, name)
        for name in (
            "a/x.php",
            "x.PHP5",
            "x.jsp",
            "x.asp",
            "x.aspx",
            "x.cgi",
            "x.py",
            "x.pl",
            "a/.htaccess",
            "Web.config",
            "x.phtml. ",
        )
    },
    "no-manifest": (lambda: zip_bytes([Part("index.html", b"x")]), FailureReason.NO_MANIFEST, ""),
    "deep-manifest": (
        lambda: zip_bytes(package_parts(root="a/b/c/")),
        FailureReason.NO_MANIFEST,
        "a/b/c/imsmanifest.xml",
    ),
    "two-packages": (
        lambda: zip_bytes([*package_parts(root="one/"), *package_parts(root="two/")]),
        FailureReason.MANY_MANIFESTS,
        "one/imsmanifest.xml · two/imsmanifest.xml",
    ),
    "empty-manifest": (lambda: with_manifest(""), FailureReason.MANIFEST_EMPTY, ""),
    "garbage-manifest": (lambda: with_manifest("\x00\x01garbage"), FailureReason.MANIFEST_BROKEN, ""),
    "other-xml": (lambda: with_manifest("<html/>"), FailureReason.NOT_SCORM, ""),
    "entities": (lambda: with_manifest(make_manifest(prolog=PROLOG + ENTITIES)), FailureReason.MANIFEST_UNSAFE, ""),
    "xxe": (lambda: with_manifest(make_manifest(prolog=PROLOG + OUTSIDE_ENTITY)), FailureReason.MANIFEST_UNSAFE, ""),
    "nothing-to-open": (
        lambda: with_manifest(make_manifest(items='<item identifier="I"><title>x</title></item>', resources="<a/>")),
        FailureReason.NOTHING_TO_PLAY,
        "",
    ),
    "many-small-bombs": (
        lambda: with_parts(*(Part(f"{n}.bin", b"\0" * 7 * MIB) for n in range(10))),
        FailureReason.ZIP_BOMB,
        "",
    ),
    "overlap-of-zeros": (
        lambda: zip_bytes([*overlapping_parts(500, kernel=b"\0" * MIB), *SOUND]),
        FailureReason.ZIP_BOMB,
        "",
    ),
    "full-overlap": (
        lambda: zip_bytes([*overlapping_parts(500, kernel=KERNEL), *SOUND]),
        FailureReason.ZIP_TAMPERED,
        "its header says something else",
    ),
    "quoting-overlap": (lambda: quoting_zip(200, kernel=KERNEL), FailureReason.ZIP_TAMPERED, "overlaps"),
}


def refuse(content: bytes, folder: Path, name: str = "测试课件.zip") -> Video:
    """Process a package, and see that nothing of it is left but the refusal and the file as it came."""
    path = folder / name
    path.write_bytes(content)
    return refuse_file(path)


def refuse_file(path: Path) -> Video:
    video = process_file(path)
    assert (video.state, video.kind) == (VideoState.FAILED, MediaKind.SCORM)
    assert (list(list_prefix("videos")), left_work_folders()) == ([], [])
    assert not ScormContent.objects.exists()
    return video


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_package_is_refused_with_its_reason(name: str, tmp_path: Path):
    make, reason, member = REFUSED[name]
    video = refuse(make(), tmp_path)
    assert video.failure_reason == reason
    assert member in video.failure_detail


def test_too_many_files_are_refused(tmp_path: Path):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        for number in range(20_001):
            package.writestr(f"{number}.js", b"")
    video = refuse(content.getvalue(), tmp_path)
    assert (video.failure_reason, video.failure_detail) == (FailureReason.TOO_MANY_FILES, "20001")


@pytest.mark.parametrize(
    ("each", "count", "reason"),
    [
        (200 * MIB, 1, FailureReason.ZIP_BOMB),
        (3 * 1024 * MIB, 1, FailureReason.ZIP_BOMB),
        (200 * MIB, 30, FailureReason.ZIP_BOMB),
    ],
)
def test_bomb_is_refused_before_it_is_unpacked_and_in_little_memory(
    each: int, count: int, reason: FailureReason, tmp_path: Path
):
    path = write_zeros_package(tmp_path / "bomb.zip", bytes_each=each, count=count)
    tracemalloc.start()
    try:
        video = refuse_file(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (video.failure_reason, video.failure_detail.partition(":")[0]) == (reason, "bomb0.bin")
    assert peak < 24 * MIB


def test_bomb_that_says_it_is_small_is_cut_off_where_it_lies(tmp_path: Path):
    path = write_zeros_package(tmp_path / "bomb.zip", bytes_each=200 * MIB)
    content = path.read_bytes().replace(struct.pack("<L", 200 * MIB), struct.pack("<L", 4 * MIB))
    path.write_bytes(content)
    tracemalloc.start()
    try:
        video = refuse_file(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (video.failure_reason, video.failure_detail) == (FailureReason.ZIP_TAMPERED, "bomb0.bin: > 4194304 B")
    assert peak < 24 * MIB


@pytest.mark.parametrize(
    ("size", "count", "reason"), [(2**31 + 1, 1, FailureReason.FILE_TOO_LARGE), (2**31, 3, FailureReason.PACKAGE_LARGE)]
)
def test_sizes_beyond_the_limits_are_refused_by_what_the_list_says(
    size: int, count: int, reason: FailureReason, tmp_path: Path
):
    """The packed sizes say that no bomb is in it, so the limits alone decide."""
    parts = [Part(f"{n}.mp4", b"x", method=0, size=size, central_packed=size) for n in range(count)]
    assert refuse(with_parts(*parts), tmp_path).failure_reason == reason


@pytest.mark.services
@pytest.mark.parametrize("name", ["wrong-sum", "slip", "holds-more", "xxe"])
def test_nothing_is_left_in_a_bucket_either(name: str, tmp_path: Path, s3):
    make, reason, _ = REFUSED[name]
    with media_in_bucket(s3, s3.make_bucket()):
        assert refuse(make(), tmp_path).failure_reason == reason


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=4),
    keep=st.integers(0, 10**6),
)
def test_flipped_bytes_are_refused_or_harmless_but_never_an_error(changes, keep, tmp_path_factory):
    content = bytearray(
        zip_bytes([*SOUND, Part("测试/图.png", b"\x89PNG" * 50), Part("b.js", b"var a;" * 30, flags=8)], zip64=True)
    )
    for at, value in changes:
        content[at % len(content)] = value
    path = tmp_path_factory.getbasetemp() / "flipped.zip"
    path.write_bytes(content if keep % 4 else content[: keep % len(content)])
    try:
        with Archive(path) as archive:
            package = choose_package(archive.members()[0])
            for member in package.members:
                assert sum(map(len, archive.chunks(member))) == member.unpacked_bytes
    except PackageRefusedError:
        return
