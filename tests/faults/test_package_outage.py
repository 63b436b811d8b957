"""The storage goes away in the middle of a package: the import waits, and every file arrives once and whole."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from media_pipeline.enums import VideoState
from media_pipeline.gateways.bucket import private_bucket
from media_pipeline.gateways.storage import list_prefix, read_file
from media_pipeline.gateways.workplace import left_work_folders
from media_pipeline.operations import process_video
from media_pipeline.rules.places import video_prefix
from tests.factories.media_pipeline import upload_file
from tests.factories.scorm_archives import PAGE, write_package
from tests.factories.scorm_manifests import make_manifest
from tests.services import RestartableS3
from tests.services.media_storage import media_in_bucket

AWAY_SECONDS = 6
FILES = {f"图/{number:03d}.png": bytes([number]) * (20_000 * (number % 5) + 1) for number in range(200)}


@pytest.mark.timeout(240)
@pytest.mark.django_db
def test_package_outlives_an_outage_of_the_storage(restartable_s3: RestartableS3, media_folder: Path, tmp_path: Path):
    server = restartable_s3.server
    with media_in_bucket(server, server.make_bucket()):
        video = upload_file(write_package(tmp_path / "a.zip", {**FILES, "film.mp4": bytes(3_000_000)}))
        outage = _Outage(restartable_s3.away_for(AWAY_SECONDS), at_put=60)
        done = process_video(video_id=video.pk, clock=timezone.now)
        prefix = f"{done.hls_prefix}/"
        stored = {name.removeprefix(prefix): read_file(name) for name in list_prefix(video_prefix(done.uuid))}
    assert (done.state, outage.seen) == (VideoState.READY, True)
    wanted = {"imsmanifest.xml": make_manifest().encode(), "a.html": PAGE, **FILES, "film.mp4": bytes(3_000_000)}
    assert stored == wanted
    assert left_work_folders() == []


class _Outage:
    """Calls something at the n-th object that is put, from the thread that puts it."""

    def __init__(self, go_away: Callable[[], None], *, at_put: int) -> None:
        self.seen = False
        self._go_away, self._left, self._lock = go_away, at_put, threading.Lock()
        private_bucket().client.meta.events.register("before-call.s3.PutObject", self._count)

    def _count(self, **_: Any) -> None:
        with self._lock:
            self._left -= 1
            if self._left:
                return
        self.seen = True
        self._go_away()
