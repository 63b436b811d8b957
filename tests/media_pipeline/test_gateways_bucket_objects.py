"""What holds for a bucket alone: headers, conditions, batches, refusals."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from media_pipeline.gateways import bucket_objects
from media_pipeline.gateways.bucket import private_bucket
from media_pipeline.gateways.storage import (
    PlaceTakenError,
    StorageRefusedError,
    delete_prefix,
    fetch_file,
    list_prefix,
    put_bytes,
    put_folder,
    read_file,
)
from tests.services.media_storage import media_in_bucket

pytestmark = [pytest.mark.services]


@pytest.fixture
def bucket(s3):
    with media_in_bucket(s3, s3.make_bucket()) as name:
        yield name


def head(s3, bucket: str, name: str):
    answer = s3.connect().head_object(Bucket=bucket, Key=f"private/{name}")
    return answer["ContentType"], answer["CacheControl"]


def test_objects_say_what_they_are_and_how_long_they_keep(s3, bucket):
    for name in ("videos/v/r/1.m4s", "videos/v/r/master.m3u8", "videos/v/c/zh.vtt", "originals/x", "videos/v/r/p.jpg"):
        put_bytes(name, b"1")
    for_ever, never = "public, max-age=31536000, immutable", "private, no-store"
    assert head(s3, bucket, "videos/v/r/1.m4s") == ("video/mp4", for_ever)
    assert head(s3, bucket, "videos/v/r/p.jpg") == ("image/jpeg", for_ever)
    assert head(s3, bucket, "videos/v/c/zh.vtt") == ("text/vtt; charset=utf-8", for_ever)
    assert head(s3, bucket, "videos/v/r/master.m3u8") == ("application/vnd.apple.mpegurl", never)
    assert head(s3, bucket, "originals/x") == ("application/octet-stream", never)


def test_of_several_who_put_at_one_place_one_wins(bucket):
    def put(number: int) -> int:
        try:
            put_bytes("videos/v/same.m4s", str(number).encode())
        except PlaceTakenError:
            return -1
        return number

    with ThreadPoolExecutor(8) as pool:
        winners = [number for number in pool.map(put, range(8)) if number >= 0]
    assert len(winners) == 1
    assert read_file("videos/v/same.m4s") == str(winners[0]).encode()


def test_a_put_whose_answer_was_lost_is_no_conflict(bucket):
    there = private_bucket()
    facts = bucket_objects._facts(there, "videos/v/one.m4s", None)

    def write(**condition: str) -> None:
        there.client.put_object(**facts, Body=b"1", **condition)

    bucket_objects._write_once(write, facts, there)
    bucket_objects._write_once(write, facts, there)
    with pytest.raises(PlaceTakenError):
        put_bytes("videos/v/one.m4s", b"1")


def test_large_file_goes_and_comes_in_parts(s3, bucket, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(bucket_objects, "_SINGLE_PUT_BYTES", 1024**2)
    monkeypatch.setattr(bucket_objects, "_SPAN_BYTES", 5 * 1024**2)
    (folder := tmp_path / "out").mkdir()
    content = b"".join(bytes([number]) * 1024**2 for number in range(12)) + b"end"
    (folder / "video.mp4").write_bytes(content)
    put_folder(folder, "videos/v/r", on_file=lambda: None)

    assert head(s3, bucket, "videos/v/r/video.mp4") == ("video/mp4", "public, max-age=31536000, immutable")
    assert fetch_file("videos/v/r/video.mp4", tmp_path / "copy", on_chunk=lambda: None).read_bytes() == content
    with pytest.raises(PlaceTakenError):
        put_folder(folder, "videos/v/r", on_file=lambda: None)
    assert "Uploads" not in s3.connect().list_multipart_uploads(Bucket=bucket)


def test_an_upload_in_parts_that_fails_leaves_no_parts(s3, bucket, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(bucket_objects, "_SINGLE_PUT_BYTES", 1024**2)
    path = tmp_path / "video.mp4"
    path.write_bytes(b"x" * 2 * 1024**2)
    there = private_bucket()

    def begin_and_vanish(**facts):
        answer = type(there.client).create_multipart_upload(there.client, **facts)
        path.unlink()
        path.mkdir()
        return answer

    monkeypatch.setattr(there.client, "create_multipart_upload", begin_and_vanish)
    with pytest.raises(IsADirectoryError):
        bucket_objects.put_object(there, "videos/v/video.mp4", path, seconds=1)
    assert "Uploads" not in s3.connect().list_multipart_uploads(Bucket=bucket)
    assert list(list_prefix("videos")) == []


def test_thousands_of_objects_are_listed_and_deleted(bucket, tmp_path: Path):
    (folder := tmp_path / "out").mkdir()
    for number in range(1100):
        (folder / f"{number:04}.m4s").write_bytes(b"1")
    put_folder(folder, "videos/v/r", on_file=lambda: None)
    assert list(list_prefix("videos/v/r")) == [f"videos/v/r/{number:04}.m4s" for number in range(1100)]
    delete_prefix("videos/v/r")
    assert list(list_prefix("videos")) == []


def test_deleting_while_somebody_writes_ends_with_nothing(bucket, tmp_path: Path):
    (folder := tmp_path / "out").mkdir()
    for number in range(300):
        (folder / f"{number:04}.m4s").write_bytes(b"1" * 2000)
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(put_folder, folder, "videos/v/r", on_file=lambda: None)
        while not list(list_prefix("videos/v/r")):
            pass
        delete_prefix("videos/v/r")
        writing.result()
    delete_prefix("videos/v/r")
    assert list(list_prefix("videos")) == []


def test_an_object_that_vanishes_after_the_list_is_no_error_to_delete(bucket):
    put_bytes("videos/v/1.m4s", b"1")
    keys = [{"Key": private_bucket().key(f"videos/v/{name}.m4s")} for name in ("1", "gone")]
    bucket_objects._delete_batch(private_bucket(), keys)
    assert list(list_prefix("videos")) == []


def test_a_missing_bucket_is_refused_at_once(s3, tmp_path: Path):
    (folder := tmp_path / "out").mkdir()
    (folder / "1.m4s").write_bytes(b"1")
    with media_in_bucket(s3, "is-not-there"):
        with pytest.raises(StorageRefusedError) as caught:
            list(list_prefix("videos"))
        assert caught.value.code == "NoSuchBucket"
        with pytest.raises((StorageRefusedError, FileNotFoundError)):
            fetch_file("originals/x", tmp_path / "copy", on_chunk=lambda: None)


@pytest.mark.parametrize("wrong", [{"secret_key": "wrong"}, {"access_key": "nobody"}])
def test_wrong_keys_are_refused_at_once(s3, tmp_path: Path, wrong):
    (folder := tmp_path / "out").mkdir()
    (folder / "1.m4s").write_bytes(b"1")
    with media_in_bucket(s3, s3.make_bucket(), **wrong):
        with pytest.raises(StorageRefusedError) as caught:
            put_folder(folder, "videos/v/r", on_file=lambda: None)
        assert caught.value.code in ("SignatureDoesNotMatch", "InvalidAccessKeyId")
        with pytest.raises(StorageRefusedError):
            delete_prefix("videos/v/r")
