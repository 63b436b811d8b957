"""The storage goes away for half a minute while bytes flow: nothing is lost, and nothing starts over."""

from __future__ import annotations

import hashlib
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from media_pipeline.gateways import bucket_objects, storage
from media_pipeline.gateways.bucket import private_bucket
from media_pipeline.gateways.storage import (
    StorageAwayError,
    fetch_file,
    list_prefix,
    put_bytes,
    put_folder,
    read_file,
)
from tests.services import RestartableS3
from tests.services.media_storage import media_in_bucket

AWAY_SECONDS = 30


@pytest.fixture
def bucket(restartable_s3: RestartableS3) -> Iterator[str]:
    """Keep private files on a server that may be killed."""
    server = restartable_s3.server
    with media_in_bucket(server, server.make_bucket()) as name:
        yield name


class Beats:
    """What a claim does: it wants to be called often, and from the thread that owns the database connection."""

    def __init__(self) -> None:
        self.longest_gap = 0.0
        self._last = self._thread = 0.0

    def __call__(self) -> None:
        now, self._thread = time.monotonic(), self._thread or threading.get_ident()
        assert threading.get_ident() == self._thread
        self.longest_gap, self._last = max(self.longest_gap, now - (self._last or now)), now


def digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


class Outage:
    """Holds each kind of request at its n-th, and when all kinds have come so far, the server dies under them all."""

    def __init__(self, go_away: Callable[[], None], **marks: int) -> None:
        self.sent: dict[str, list[str]] = {name: [] for name in marks}
        self._marks, self._dead, self._lock = marks, threading.Event(), threading.Lock()
        self._all_here = threading.Barrier(len(marks), action=go_away, timeout=60)
        for name in marks:
            private_bucket().client.meta.events.register(f"before-call.s3.{name}", self._hold)

    def _hold(self, model: Any, params: dict[str, Any], **_: Any) -> None:
        kind = model.name
        with self._lock:
            span = params["headers"].get("Range", "")
            self.sent[kind].append(f"{params['url_path']} {params['query_string'].get('partNumber', '')} {span}")
            number = len(self.sent[kind])
        if number == self._marks[kind]:
            self._all_here.wait()
            self._dead.set()
        elif number > self._marks[kind]:
            self._dead.wait(60)

    def repeated(self, kind: str) -> int:
        """How many requests of a kind were made more than once."""
        return sum(self.sent[kind].count(each) > 1 for each in set(self.sent[kind]))


@pytest.mark.timeout(300)
def test_an_outage_of_half_a_minute_loses_nothing_and_nothing_starts_over(
    restartable_s3: RestartableS3, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bucket_objects, "_SINGLE_PUT_BYTES", 8 * 1024**2)
    monkeypatch.setattr(bucket_objects, "_SPAN_BYTES", 5 * 1024**2)
    given, pieces, film = (tmp_path / name for name in ("given", "pieces", "film"))
    for folder in (given, pieces / "720p", film):
        folder.mkdir(parents=True)
    (given / "source").write_bytes(random.Random(2).randbytes(1024**2) * 120)
    put_folder(given, "originals/2026", on_file=lambda: None)
    for number in range(300):
        (pieces / "720p" / f"{number:04}.m4s").write_bytes(random.Random(number).randbytes(30_000))
    for name in ("720p/index.m3u8", "master.m3u8"):
        (pieces / name).write_text("#EXTM3U\n")
    (film / "video.mp4").write_bytes(random.Random(1).randbytes(1024**2) * 100)
    outage = Outage(restartable_s3.away_for(AWAY_SECONDS), PutObject=100, UploadPart=8, GetObject=8)
    beats = [Beats() for _ in range(3)]

    with ThreadPoolExecutor(3) as pool:
        jobs = [
            pool.submit(put_folder, pieces, "videos/v/pieces", on_file=beats[0]),
            pool.submit(put_folder, film, "videos/v/film", on_file=beats[1]),
            pool.submit(fetch_file, "originals/2026/source", tmp_path / "copy", on_chunk=beats[2]),
        ]
    results = [job.result() for job in jobs]

    assert digest(results[2]) == digest(given / "source")
    stored = {name: read_file(name) for name in list_prefix("videos/v/pieces")}
    made = {
        f"videos/v/pieces/{path.relative_to(pieces).as_posix()}": path.read_bytes() for path in pieces.rglob("*.m*")
    }
    assert stored == made
    assert digest(fetch_file("videos/v/film/video.mp4", tmp_path / "film.mp4", on_chunk=int)) == digest(
        film / "video.mp4"
    )
    assert max(beat.longest_gap for beat in beats) < 10, "a claim that is not heard of would be lost"
    assert [outage.repeated(kind) <= bucket_objects.THREADS for kind in outage.sent] == [True] * 3, outage.sent
    assert "Uploads" not in private_bucket().client.list_multipart_uploads(Bucket=bucket)


@pytest.mark.timeout(120)
def test_patience_ends(restartable_s3: RestartableS3, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for module in (storage, bucket_objects):
        monkeypatch.setattr(module, "REQUEST_PATIENCE_SECONDS", 1.0)
    monkeypatch.setattr(storage, "WORK_PATIENCE_SECONDS", 1.0)
    (folder := tmp_path / "output").mkdir()
    (folder / "1.m4s").write_bytes(b"1")
    restartable_s3.kill()
    for act in (
        lambda: put_folder(folder, "videos/v/run", on_file=lambda: None),
        lambda: fetch_file("originals/x", tmp_path / "copy", on_chunk=lambda: None),
        lambda: read_file("videos/v/master.m3u8"),
        lambda: list(list_prefix("videos")),
    ):
        with pytest.raises(StorageAwayError):
            act()
    restartable_s3.start()
    put_bytes("videos/v/1.m4s", b"1")
    assert list(list_prefix("videos")) == ["videos/v/1.m4s"]
