"""A bad line and a busy service cost time, never bytes; what will never work fails at once."""

import errno
import random
import resource
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError
from django.core.files.base import ContentFile

from media_pipeline.gateways import bucket_objects
from media_pipeline.gateways.patience import (
    PlaceTakenError,
    StorageAwayError,
    StorageRefusedError,
    TransferStoppedError,
    is_passing,
    persist,
)
from media_pipeline.gateways.storage import (
    fetch_file,
    list_prefix,
    open_file,
    put_bytes,
    put_file,
    put_folder,
    read_file,
)
from tests.services.media_storage import media_in_bucket
from tests.services.rough_network import rough_network

pytestmark = [pytest.mark.services]

SLOW_DOWN = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
BUSY = b"HTTP/1.1 503 Slow Down\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(SLOW_DOWN), SLOW_DOWN)


def refusal(code: str, status: int) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "PutObject")


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (refusal("SlowDown", 503), True),
        (refusal("InternalError", 500), True),
        (refusal("RequestTimeout", 400), True),
        (refusal("IncompleteBody", 400), True),
        (refusal("TooManyRequests", 429), True),
        (refusal("ConditionalRequestConflict", 409), True),
        (EndpointConnectionError(endpoint_url="http://s3"), True),
        (ConnectionResetError(), True),
        (refusal("AccessDenied", 403), False),
        (refusal("NoSuchBucket", 404), False),
        (refusal("PreconditionFailed", 412), False),
        (NoCredentialsError(), False),
        (OSError(errno.ENOSPC, "No space left on device"), False),
    ],
)
def test_only_what_may_pass_is_waited_for(error, passing):
    assert is_passing(error) is passing


@pytest.mark.parametrize(
    ("error", "typed"),
    [
        (refusal("AccessDenied", 403), StorageRefusedError),
        (refusal("NoSuchBucket", 404), StorageRefusedError),
        (refusal("NoSuchKey", 404), FileNotFoundError),
        (refusal("PreconditionFailed", 412), PlaceTakenError),
        (NoCredentialsError(), StorageRefusedError),
        (OSError(errno.ENOSPC, "No space left on device"), OSError),
        (refusal("SlowDown", 503), StorageAwayError),
    ],
)
def test_errors_are_told_in_our_own_words(error, typed):
    def fail():
        raise error

    with pytest.raises(typed) as caught:
        persist(fail, seconds=0)
    assert type(caught.value) is typed


def test_waiting_ends_when_the_rest_has_failed():
    stop = Event()
    stop.set()

    def fail():
        raise ConnectionResetError

    begun = time.monotonic()
    with pytest.raises(TransferStoppedError):
        persist(fail, seconds=600, stop=stop)
    assert time.monotonic() - begun < 1


def test_a_line_that_breaks_off_loses_no_byte(s3, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(bucket_objects, "_SINGLE_PUT_BYTES", 6 * 1024**2)
    monkeypatch.setattr(bucket_objects, "_SPAN_BYTES", 5 * 1024**2)
    folder = tmp_path / "out"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:02}.m4s").write_bytes(random.Random(number).randbytes(70_000))
    (folder / "video.mp4").write_bytes(random.Random(99).randbytes(1024**2) * 12)
    name = s3.make_bucket()

    def rule(number: int) -> int | bytes | None:
        return BUSY if number % 5 == 0 else random.Random(number).randint(50, 500_000)

    with rough_network(s3.endpoint, rule) as network, media_in_bucket(s3, name, endpoint_url=network.endpoint):
        put_folder(folder, "videos/v/run", on_file=lambda: None)
        for path in folder.iterdir():
            copy = fetch_file(f"videos/v/run/{path.name}", tmp_path / "copy", on_chunk=lambda: None)
            assert copy.read_bytes() == path.read_bytes()
        with open_file("videos/v/run/video.mp4") as stored:
            assert stored.read() == (folder / "video.mp4").read_bytes()
        assert read_file("videos/v/run/07.m4s") == (folder / "07.m4s").read_bytes()
        assert network.count > 40


def test_a_service_that_is_always_busy_is_away(s3, monkeypatch):
    monkeypatch.setattr("media_pipeline.gateways.storage.REQUEST_PATIENCE_SECONDS", 0.5)
    with (
        rough_network(s3.endpoint, lambda _: BUSY) as network,
        media_in_bucket(s3, s3.make_bucket(), endpoint_url=network.endpoint),
        pytest.raises(StorageAwayError, match="SlowDown"),
    ):
        read_file("videos/v/one.m4s")


@contextmanager
def small_files_only(most: int):
    """Let this process write no longer files, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_ends_a_fetch_at_once(s3, tmp_path: Path):
    with media_in_bucket(s3, s3.make_bucket()):
        put_bytes("originals/x", b"x" * 200_000)
        begun = time.monotonic()
        with small_files_only(100_000), pytest.raises(OSError, match="File too large"):
            fetch_file("originals/x", tmp_path / "copy", on_chunk=lambda: None)
        assert time.monotonic() - begun < 5


def test_a_full_disk_leaves_no_half_file_in_a_folder(media_folder):
    with small_files_only(100_000), pytest.raises(OSError, match="File too large"):
        put_file("originals/2026/x", ContentFile(b"x" * 200_000))
    assert [path for path in media_folder.rglob("*") if path.is_file()] == []
    assert list(list_prefix("originals")) == []
