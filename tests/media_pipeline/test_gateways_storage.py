"""One storage with two faces: whatever holds for a folder holds for a bucket."""

import io
import stat
from pathlib import Path

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files import File
from django.core.files.base import ContentFile

from media_pipeline.gateways.storage import (
    PlaceTakenError,
    delete_file,
    delete_prefix,
    fetch_file,
    file_size,
    list_prefix,
    local_path,
    open_file,
    put_bytes,
    put_file,
    put_folder,
    read_file,
)
from tests.services.media_storage import media_in_bucket

pytestmark = [pytest.mark.services]


@pytest.fixture(params=["folder", "bucket"])
def storage(request, media_folder):
    """Keep private files in a folder, then in a bucket."""
    if request.param == "folder":
        yield "folder"
        return
    s3 = request.getfixturevalue("s3")
    with media_in_bucket(s3, s3.make_bucket()):
        yield "bucket"


def make_files(folder: Path, **contents: bytes) -> Path:
    folder.mkdir()
    for name, content in contents.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    return folder


def test_what_is_put_is_read_again(storage):
    put_bytes("captions/中文 名.vtt", "字幕".encode())
    put_file("originals/2026/11/one", ContentFile(b"0123456789"))

    assert read_file("captions/中文 名.vtt").decode() == "字幕"
    assert file_size("originals/2026/11/one") == 10
    with open_file("originals/2026/11/one") as stored:
        assert (stored.read(3), stored.seek(-2, io.SEEK_END), stored.read(), stored.seek(4), stored.read(1)) == (
            b"012",
            8,
            b"89",
            4,
            b"4",
        )


def test_long_stream_is_stored_whole(storage, tmp_path: Path):
    path = tmp_path / "long"
    path.write_bytes(bytes(range(256)) * 4096 * 12)
    with path.open("rb") as content:
        content.seek(5)
        put_file("originals/long", File(content))

    assert file_size("originals/long") == 12 * 1024**2
    assert fetch_file("originals/long", tmp_path / "copy", on_chunk=lambda: None).read_bytes() == path.read_bytes()


def test_taken_place_is_refused_and_kept(storage, tmp_path: Path):
    put_bytes("videos/a/one.vtt", b"first")
    for put in (
        lambda: put_bytes("videos/a/one.vtt", b"other"),
        lambda: put_file("videos/a/one.vtt", ContentFile(b"other")),
        lambda: put_folder(make_files(tmp_path / "f", one_vtt=b"other"), "videos/a", on_file=lambda: None),
    ):
        with pytest.raises(PlaceTakenError):
            put()
    assert read_file("videos/a/one.vtt") == b"first"
    assert list(list_prefix("videos/a")) == ["videos/a/one.vtt"]


def test_a_folder_is_stored_with_its_playlists_last(storage, tmp_path: Path):
    folder = make_files(tmp_path / "out", **{f"{n}p__{i}_m4s": b"x" * n for n in (90, 180) for i in range(5)})
    make_files(tmp_path / "lists")
    for name in ("master.m3u8", "90p/index.m3u8", "video.mp4"):
        (folder / name).write_bytes(b"#EXTM3U")
    beats, seen = [], []

    def on_file():
        beats.append(1)
        seen.append(frozenset(list_prefix("videos/v/run")))

    put_folder(folder, "videos/v/run", on_file=on_file)

    assert sorted(list_prefix("videos/v/run")) == sorted(
        f"videos/v/run/{path.relative_to(folder).as_posix()}" for path in folder.rglob("*.*")
    )
    assert len(beats) >= 13
    with_master = [names for names in seen if "videos/v/run/master.m3u8" in names]
    with_playlist = [names for names in seen if "videos/v/run/90p/index.m3u8" in names]
    assert all(len(names) == 13 for names in with_master)
    assert all(len(names) >= 12 for names in with_playlist)


def test_the_beat_may_end_a_transfer(storage, tmp_path: Path):
    folder = make_files(tmp_path / "out", **{f"{i}_m4s": b"x" for i in range(40)})

    def on_file():
        raise RuntimeError("the claim is lost")

    with pytest.raises(RuntimeError, match="the claim is lost"):
        put_folder(folder, "videos/v/run", on_file=on_file)
    assert len(list(list_prefix("videos/v/run"))) < 40
    delete_prefix("videos/v/run")
    assert list(list_prefix("videos/v")) == []


def test_deleting_a_prefix_leaves_its_namesakes(storage):
    for name in ("videos/a/1/x.m4s", "videos/a/1/2/y.m4s", "videos/a/10/z.m4s", "videos/b.vtt"):
        put_bytes(name, b"1")
    delete_prefix("videos/a/1")
    delete_prefix("videos/a/1")
    assert sorted(list_prefix("videos")) == ["videos/a/10/z.m4s", "videos/b.vtt"]
    delete_file("videos/b.vtt")
    delete_file("videos/b.vtt")
    assert sorted(list_prefix("videos")) == ["videos/a/10/z.m4s"]


def test_missing_files_are_told_as_such(storage, tmp_path: Path):
    for read in (file_size, open_file, read_file):
        with pytest.raises(FileNotFoundError):
            read("videos/none/master.m3u8")
    if storage == "bucket":
        with pytest.raises(FileNotFoundError):
            fetch_file("originals/none", tmp_path / "copy", on_chunk=lambda: None)
    assert list(list_prefix("videos/none")) == []


@pytest.mark.parametrize("name", ["../secret", "videos/../../secret", ""])
def test_names_never_lead_out_of_the_storage(storage, name):
    for act in (read_file, delete_prefix, delete_file, lambda name: put_bytes(name, b"")):
        with pytest.raises(SuspiciousFileOperation):
            act(name)


def test_empty_file_is_a_file(storage, tmp_path: Path):
    put_bytes("originals/empty", b"")
    assert (file_size("originals/empty"), read_file("originals/empty")) == (0, b"")
    assert fetch_file("originals/empty", tmp_path / "copy", on_chunk=lambda: None).read_bytes() == b""


def test_files_in_a_folder_are_for_the_site_alone(media_folder, settings, tmp_path: Path):
    options = {**settings.STORAGES["private"]["OPTIONS"], "file_permissions_mode": 0o600}
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options},
    }
    put_bytes("a/one", b"1")
    put_folder(make_files(tmp_path / "f", two_m4s=b"2"), "a", on_file=lambda: None)
    modes = {stat.S_IMODE(local_path(f"a/{name}").stat().st_mode) for name in ("one", "two.m4s")}
    assert modes == {0o600}
