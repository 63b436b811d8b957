"""A package becomes files that open one by one, and a row that says what they are."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from media_pipeline.enums import DeclaredBy, FailureReason, MediaKind, VideoState
from media_pipeline.gateways.bucket import private_bucket
from media_pipeline.gateways.package_store import store_package
from media_pipeline.gateways.scorm_archive import Archive
from media_pipeline.gateways.storage import list_prefix, read_file
from media_pipeline.gateways.workplace import left_work_folders
from media_pipeline.models import ScormContent, Video
from media_pipeline.operations import cancel_video, delete_video, process_video, retry_video
from media_pipeline.operations.claims import claim_video
from media_pipeline.rules.places import run_prefix, video_prefix
from media_pipeline.rules.scorm_archive import choose_package
from tests.factories.media_pipeline import process_file, upload_file
from tests.factories.scorm_archives import PAGE, Part, package_parts, write_package, zip_bytes
from tests.factories.scorm_manifests import make_manifest
from tests.services.media_storage import media_in_bucket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]

FILES = {
    "图/封面.png": b"\x89PNG\r\n" * 300_000,
    "js/run.js": b"API.LMSSetValue('cmi.core.lesson_status', 'completed');",
    "css/a.css": b"@import url(http://cdn.example.org/a.css);",
    "empty.txt": b"",
}


def stored(video: Video) -> dict[str, bytes]:
    """What lies in the storage of a video, by its path in the package."""
    start = f"{video.hls_prefix}/"
    return {name.removeprefix(start): read_file(name) for name in list_prefix(video_prefix(video.uuid))}


def codes(content: ScormContent) -> list[str]:
    return [finding["code"] for finding in content.findings]


def test_package_is_ready_with_every_file_where_its_name_says(tmp_path: Path):
    video = process_file(write_package(tmp_path / "测试课件.zip", FILES))
    assert (video.state, video.kind, video.percent) == (VideoState.READY, MediaKind.SCORM, 100)
    assert stored(video) == {"imsmanifest.xml": make_manifest().encode(), "a.html": PAGE, **FILES}
    assert left_work_folders() == []
    content = video.scorm
    assert content.files == {name: len(data) for name, data in stored(video).items()}
    assert (content.file_count, content.unpacked_bytes) == (6, sum(content.files.values()))
    assert (content.standard, content.identifier, content.outline["title"]) == ("1.2", "MAN-1", "测试课件")
    assert (content.declared_seconds, content.declared_by, video.duration_ms) == (1800, DeclaredBy.NOBODY, 1_800_000)
    assert {"mixed_content", "external_host"} <= set(codes(content))
    assert "never_reports" not in codes(content)
    assert (video.poster_path, video.source_facts["files"]) == ("", 6)


def test_files_lie_relative_to_the_manifest_and_what_is_beside_it_is_told(tmp_path: Path):
    parts = [
        *package_parts(FILES, root="课件/"),
        Part("readme.txt", b"x"),
        Part("__MACOSX/课件/._a.html", b"x"),
        Part("课件/.DS_Store", b"x"),
        Part("课件/", mode=0o040755),
    ]
    path = tmp_path / "a.zip"
    path.write_bytes(zip_bytes(parts))
    video = process_file(path)
    assert set(stored(video)) == {"imsmanifest.xml", "a.html", *FILES}
    told = {finding["code"]: finding for finding in video.scorm.findings}
    assert told["outside_root"]["detail"] == "1: readme.txt"
    assert told["junk_ignored"]["detail"] == "2"


def test_names_without_a_mark_are_read_as_their_writer_meant(tmp_path: Path):
    manifest = make_manifest(
        resources='<resource identifier="R1" type="webcontent" adlcp:scormtype="sco" href="第一课.html">'
        '<file href="第一课.html"/></resource>'
    )
    path = tmp_path / "a.zip"
    names = [name.encode("gbk") for name in ("第一课.html", "图片/封面.png")]
    path.write_bytes(zip_bytes([*package_parts(manifest=manifest), *(Part(name, PAGE, host=0) for name in names)]))
    video = process_file(path)
    assert {"第一课.html", "图片/封面.png"} <= set(stored(video))
    assert "names_decoded" in codes(video.scorm)
    assert "file_missing" not in codes(video.scorm)


def test_backslashes_of_a_whole_package_are_mended(tmp_path: Path):
    path = tmp_path / "a.zip"
    path.write_bytes(
        zip_bytes([*(Part(p.name, p.data, host=0) for p in package_parts()), Part("图\\一.png", b"x", host=0)])
    )
    video = process_file(path)
    assert "图/一.png" in stored(video)
    assert "names_mended" in codes(video.scorm)


def test_names_that_differ_by_case_alone_both_stay_and_are_told(tmp_path: Path):
    video = process_file(write_package(tmp_path / "a.zip", {"x.png": b"1", "X.png": b"2"}))
    assert (stored(video)["x.png"], stored(video)["X.png"]) == (b"1", b"2")
    assert [f["where"] for f in video.scorm.findings if f["code"] == "case_twins"] == ["x.png", "X.png"]


def test_replacement_takes_over_what_an_editor_said(tmp_path: Path):
    first = process_file(write_package(tmp_path / "a.zip"))
    said = {"declared_seconds": 900, "declared_by": DeclaredBy.EDITOR, "allowed_hosts": ["cdn.example.org"]}
    ScormContent.objects.filter(video=first).update(**said)
    second = upload_file(write_package(tmp_path / "b.zip", FILES))
    Video.objects.filter(pk=second.pk).update(replaces=first)
    second = process_video(video_id=second.pk, clock=timezone.now)
    assert {name: getattr(second.scorm, name) for name in said} == said
    assert second.duration_ms == 900_000


def test_run_that_was_killed_leaves_nothing_to_the_next(tmp_path: Path):
    video = upload_file(write_package(tmp_path / "a.zip", FILES))
    dead = claim_video(video_id=video.pk, clock=timezone.now)
    with Archive(tmp_path / "a.zip") as archive:  # a run that stored all of it and never came to its end
        package = choose_package(archive.members()[0])
        prefix = run_prefix(video.uuid, dead.token)
        store_package(
            archive, package, prefix, spool=tmp_path, on_text=lambda name, text: None, on_bytes=lambda written: None
        )
    assert len(list(list_prefix(video_prefix(video.uuid)))) == 6
    later = timezone.now() + timedelta(minutes=5)
    again = process_video(video_id=video.pk, clock=lambda: later)
    assert again.state == VideoState.READY
    assert set(stored(again)) == set(again.scorm.files)


def test_import_that_is_called_off_stops_and_leaves_nothing(tmp_path: Path):
    video = upload_file(write_package(tmp_path / "a.zip", FILES))
    claim_moments = iter(range(100_000))

    def clock():  # two seconds a look, so that every beat is written
        at = next(claim_moments)
        if at == 6:
            cancel_video(video=video, user=None)
        return timezone.now() + timedelta(seconds=2 * at)

    after = process_video(video_id=video.pk, clock=clock)
    assert (after.state, after.failure_reason) == (VideoState.FAILED, FailureReason.CANCELLED)
    assert (list(list_prefix("videos")), left_work_folders()) == ([], [])
    assert not ScormContent.objects.exists()
    retry_video(video=after, user=None, now=timezone.now())
    assert process_video(video_id=video.pk, clock=timezone.now).state == VideoState.READY


def test_import_without_room_is_given_back_before_a_byte_is_written(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("media_pipeline.gateways.workplace.RESERVE_BYTES", 2**60)
    video = upload_file(write_package(tmp_path / "a.zip"))
    with pytest.raises(Exception, match="MiB are needed"):
        process_video(video_id=video.pk, clock=timezone.now)
    video.refresh_from_db()
    assert (video.state, video.claim_token) == (VideoState.INSPECTING, None)
    assert list(list_prefix("videos")) == []


def test_deleted_package_takes_its_files_and_its_facts_along(tmp_path: Path, django_capture_on_commit_callbacks):
    video = process_file(write_package(tmp_path / "a.zip", FILES))
    with django_capture_on_commit_callbacks(execute=True):
        delete_video(video=video, user=None)
    assert (list(list_prefix("videos")), list(list_prefix("originals"))) == ([], [])
    assert not ScormContent.objects.exists()


@pytest.mark.services
def test_package_in_a_bucket_has_the_right_types(tmp_path: Path, s3):
    files = {**FILES, "a.svg": b"<svg/>", "f.woff2": b"x", "v.mp4": b"\0" * 3_000_000, "big.mp4": bytes(70 * 1024**2)}
    parts = [Part(name, data, method=0) for name, data in files.items()]
    path = tmp_path / "a.zip"
    path.write_bytes(zip_bytes([*package_parts(), *parts]))
    with media_in_bucket(s3, s3.make_bucket()):
        video = process_file(path)
        assert stored(video) == {"imsmanifest.xml": make_manifest().encode(), "a.html": PAGE, **files}
        bucket = private_bucket()
        types = {
            name: bucket.client.head_object(Bucket=bucket.name, Key=bucket.key(f"{video.hls_prefix}/{name}"))[
                "ContentType"
            ]
            for name in ("a.html", "js/run.js", "css/a.css", "a.svg", "f.woff2", "v.mp4", "big.mp4", "imsmanifest.xml")
        }
    assert types == {
        "a.html": "text/html",
        "js/run.js": "text/javascript",
        "css/a.css": "text/css",
        "a.svg": "image/svg+xml",
        "f.woff2": "font/woff2",
        "v.mp4": "video/mp4",
        "big.mp4": "video/mp4",
        "imsmanifest.xml": "application/xml",
    }
    assert left_work_folders() == []


def test_command_tells_of_each_file_and_keeps_nothing_of_the_refused(
    tmp_path: Path, django_capture_on_commit_callbacks
):
    good = write_package(tmp_path / "a.zip", FILES)
    bad = tmp_path / "b.zip"
    bad.write_bytes(zip_bytes([Part("../x.html", b"x")]))
    out = StringIO()
    with django_capture_on_commit_callbacks(execute=True):
        call_command("import_scorm", str(good), str(bad), "--json", stdout=out)
    first, second = map(json.loads, out.getvalue().splitlines())
    assert (first["state"], first["standard"], first["items"], first["files"]) == ("ready", "1.2", ["测试第一课"], 6)
    assert (second["state"], second["reason"], second["detail"]) == ("failed", "bad_path", "../x.html")
    assert Video.objects.count() == 1
    assert all(str(Video.objects.get().uuid) in name for name in [*list_prefix("videos"), *list_prefix("originals")])


def test_command_ends_with_an_error_only_when_asked_to(tmp_path: Path):
    film = tmp_path / "film.mp4"
    film.write_bytes(b"\0\0\0\x18ftypisom" + b"\0" * 100)
    out = StringIO()
    call_command("import_scorm", str(film), stdout=out)
    assert out.getvalue().startswith(f"✗ {film}: not_zip 这不是 zip 压缩包")
    with pytest.raises(CommandError, match="1 个文件被拒绝"):
        call_command("import_scorm", str(film), "--strict", stdout=out)
    with pytest.raises(CommandError, match="no such file"):
        call_command("import_scorm", str(tmp_path / "none.zip"), stdout=out)
