"""More packages made to do harm: records that lie, names that deceive, manifests that would take all memory or time."""

from __future__ import annotations

import struct
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from media_pipeline.enums import FailureReason, VideoState
from tests.factories.media_pipeline import process_file
from tests.factories.scorm_archives import Part, package_parts, unicode_path, zip64_extra, zip_bytes
from tests.factories.scorm_manifests import ITEM, make_manifest
from tests.media_pipeline.test_scorm_hostile import refuse, with_manifest, with_parts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]

MIB = 1024**2
FULL = 2**32 - 1
SOUND_END = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0, 0, 0, 0, 0)
SIXTEEN = "".join(f' a{number}=""' for number in range(16))
PAGE = '<resource identifier="R1" adlcp:scormtype="sco" href="a.html">{}</resource>'


def with_files(one: Callable[[int], str], count: int, **changes: str) -> bytes:
    listed = "".join(one(number) for number in range(count))
    return with_manifest(make_manifest(resources=PAGE.format(listed), **changes))


def with_stored_manifest(text: str) -> bytes:
    """Not packed: the same text over and over again would be taken for a bomb."""
    return zip_bytes([Part("imsmanifest.xml", text.encode(), method=0), Part("a.html", b"x")])


def with_another_sum() -> bytes:
    whole = bytearray(with_parts(Part("b.bin", b"xyz" * 50)))
    at = whole.index(b"b.bin") - 30 + 14
    whole[at : at + 4] = b"\1\2\3\4"
    return bytes(whole)


def many_folders() -> bytes:
    return zip_bytes([*package_parts(), *(Part(f"d{number}/", method=0) for number in range(40_001))])


REFUSED: dict[str, tuple[Callable[[], bytes], FailureReason, str]] = {
    "zip64-sizes-differ": (
        lambda: with_parts(Part("b.bin", b"xyz", central_size=FULL, central_extra=zip64_extra(7))),
        FailureReason.ZIP_TAMPERED,
        "b.bin",
    ),
    "other-sum": (with_another_sum, FailureReason.ZIP_TAMPERED, "b.bin: its header gives another sum"),
    "zip64-offset-beyond-all": (
        lambda: with_parts(Part("b.bin", b"x", header_at=FULL, central_extra=zip64_extra(2**63 + 5))),
        FailureReason.ZIP_TAMPERED,
        "b.bin",
    ),
    "offset-below-nought": (
        lambda: with_parts(Part("b.bin", b"x", header_at=FULL - 1)),
        FailureReason.ZIP_TAMPERED,
        "",
    ),
    "end-inside-the-comment": (
        lambda: zip_bytes(package_parts(), comment=b"x" * 65_000 + SOUND_END),
        FailureReason.ZIP_TAMPERED,
        "not where it should be",
    ),
    **{
        f"method-{number}": (
            (lambda number=number: with_parts(Part("b.html", b"x", method=number))),
            FailureReason.ZIP_METHOD,
            f"b.html: {number}",
        )
        for number in (1, 6, 9, 12, 14, 93, 95, 97, 98, 65_535)
    },
    "second-name-of-a-program": (
        lambda: with_parts(Part(b"b.html", b"x", extra=unicode_path(b"b.html", "b.php"))),
        FailureReason.SERVER_FILES,
        "b.php",
    ),
    "second-name-of-the-manifest": (
        lambda: with_parts(Part(b"b.html", b"x", extra=unicode_path(b"b.html", "imsmanifest.xml"))),
        FailureReason.ZIP_DUPLICATE,
        "imsmanifest.xml",
    ),
    "socket": (lambda: with_parts(Part("b.html", b"", mode=0o140777)), FailureReason.ZIP_LINK, "b.html"),
    "char-device": (lambda: with_parts(Part("b.html", b"", mode=0o020666)), FailureReason.ZIP_LINK, "b.html"),
    "name-of-4000-letters": (lambda: with_parts(Part("a" * 4_000, b"x")), FailureReason.PATH_TOO_LONG, "aaaa"),
    "turned-back": (lambda: with_parts(Part("a\u2067gpj.exe", b"x")), FailureReason.BAD_PATH, "\\x2067"),
    "steps-up-with-blanks": (lambda: with_parts(Part("a/.. /b.html", b"x")), FailureReason.BAD_PATH, "a/.. /b.html"),
    "manifest-is-a-folder": (
        lambda: zip_bytes([Part("imsmanifest.xml/"), Part("a.html", b"x")]),
        FailureReason.NO_MANIFEST,
        "",
    ),
    "too-many-folders": (many_folders, FailureReason.TOO_MANY_FILES, "40003"),
    "packed-twice": (
        lambda: zip_bytes([Part("课程.zip", zip_bytes(package_parts()))]),
        FailureReason.NO_MANIFEST,
        "课程.zip",
    ),
    "cmi5": (lambda: zip_bytes([Part("course/cmi5.xml", b"<x/>")]), FailureReason.NOT_SCORM, "cmi5"),
    "tin-can": (lambda: zip_bytes([Part("tincan.xml", b"<x/>")]), FailureReason.NOT_SCORM, "xAPI (Tin Can)"),
    "aicc": (lambda: zip_bytes([Part("k.crs", b"x"), Part("k.au", b"x")]), FailureReason.NOT_SCORM, "AICC"),
    "sounds-are-no-aicc": (lambda: zip_bytes([Part("bell.au", b"x")]), FailureReason.NO_MANIFEST, ""),
    "h5p": (lambda: zip_bytes([Part("h5p.json", b"{}"), Part("a.js", b"x")]), FailureReason.NOT_SCORM, "H5P"),
    "utf-7": (
        lambda: with_manifest('<?xml version="1.0" encoding="UTF-7"?>+ADw-manifest/+AD4-'),
        FailureReason.MANIFEST_BROKEN,
        "",
    ),
    "levels-of-16-mb": (
        lambda: with_stored_manifest("<manifest>" * 1_600_000),
        FailureReason.MANIFEST_LARGE,
        "100 levels",
    ),
    "attributes-of-one-tag": (
        lambda: with_manifest(make_manifest(attributes=" ".join(f'a{n:x}=""' for n in range(1_200_000)))),
        FailureReason.MANIFEST_LARGE,
        "in one piece",
    ),
    "attributes-of-many-tags": (
        lambda: with_stored_manifest(make_manifest(resources=f"<x{SIXTEEN}/>" * 80_000)),
        FailureReason.MANIFEST_LARGE,
        "300000 elements",
    ),
    "prefixes-of-one-tag": (
        lambda: with_manifest(make_manifest(attributes=" ".join(f'xmlns:a{n:x}="u"' for n in range(600_000)))),
        FailureReason.MANIFEST_LARGE,
        "in one piece",
    ),
    "undeclared-prefixes": (
        lambda: with_files(lambda n: f"<p{n}:a/>", 100_000),
        FailureReason.MANIFEST_BROKEN,
        "prefix",
    ),
    "long-base": (
        lambda: with_files(lambda n: f'<file href="g{n}"/>', 1_000, attributes=f'xml:base="{"a/" * 400_000}"'),
        FailureReason.MANIFEST_LARGE,
        "xml:base",
    ),
    "addresses-in-a-long-base": (
        lambda: with_files(lambda n: f'<file href="g{n}"/>', 100_000, attributes=f'xml:base="{"a/" * 1_900}"'),
        FailureReason.MANIFEST_LARGE,
        "letters of addresses",
    ),
    "resources-without-an-organization": (
        lambda: with_manifest(
            make_manifest(
                organizations="<organizations/>",
                resources="".join(
                    f'<resource identifier="R{n}" adlcp:scormtype="sco" href="a.html"/>' for n in range(5_001)
                ),
            )
        ),
        FailureReason.MANIFEST_LARGE,
        "5000 items",
    ),
    "resource-of-a-long-name": (
        lambda: with_manifest(
            make_manifest(
                organizations="<organizations/>",
                resources=f'<resource identifier="{"R" * 256}" adlcp:scormtype="sco" href="a.html"/>',
            )
        ),
        FailureReason.BAD_IDENTIFIER,
        "(256)",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_package_is_refused_with_its_reason_and_soon(name: str, tmp_path: Path):
    make, reason, detail = REFUSED[name]
    content = make()
    begun = time.perf_counter()
    video = refuse(content, tmp_path)
    assert video.failure_reason == reason
    assert detail in video.failure_detail
    assert time.perf_counter() - begun < 20


def bomb_of_metadata() -> bytes:
    items = "".join(
        f'<item identifier="J{n}" identifierref="R1"><title>x</title><metadata><adlcp:location>m{n}.xml'
        "</adlcp:location></metadata></item>"
        for n in range(150)
    )
    bombs = {f"m{n}.xml": b"<lom>" + b"<a/>" * 90 + b"x" * 900_000 + b"</lom>" for n in range(60)}
    return zip_bytes(package_parts(bombs, manifest=make_manifest(items=ITEM + items)))


PASSED: dict[str, Callable[[], bytes]] = {
    "bomb-of-metadata": bomb_of_metadata,
    "entities-in-metadata": lambda: zip_bytes(
        package_parts(
            {"m.xml": b'<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><lom>&c;</lom>'},
            manifest=make_manifest(metadata="<adlcp:location>m.xml</adlcp:location>"),
        )
    ),
    "include": lambda: with_manifest(
        make_manifest(
            metadata='<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
        )
    ),
    "outside-dtd": lambda: with_manifest(
        make_manifest(prolog='<!DOCTYPE manifest SYSTEM "http://127.0.0.1:9/evil.dtd">')
    ),
    "outside-style": lambda: with_manifest(
        make_manifest(prolog='<?xml-stylesheet href="http://127.0.0.1:9/evil.xsl" type="text/xsl"?>')
    ),
    "names-of-windows": lambda: with_parts(Part("con", b"x"), Part("aux.js", b"x"), Part("b.html. .", b"x")),
    "longest-comment": lambda: zip_bytes(package_parts(), comment=b"PK" * 32_767),
    "package-in-a-package": lambda: with_parts(Part("b.zip", zip_bytes(package_parts()))),
    "files-that-are-not-there": lambda: with_files(lambda n: f'<file href="g{n}"/>', 20_000),
}


@pytest.mark.parametrize("name", PASSED)
def test_what_does_no_harm_is_imported_in_little_memory(name: str, tmp_path: Path):
    path = tmp_path / "测试课件.zip"
    path.write_bytes(PASSED[name]())
    tracemalloc.start()
    try:
        video = process_file(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (video.state, video.failure_reason) == (VideoState.READY, "")
    assert "root:" not in str(video.scorm.outline) + str(video.scorm.findings)
    assert peak < 120 * MIB
