"""Nothing stays in the storage that nobody would look for again, in a folder as on S3."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone

from media_pipeline.gateways.storage import list_folders, list_prefix, local_path, put_bytes
from media_pipeline.models import Video
from media_pipeline.operations import delete_video, sweep_left_files
from media_pipeline.rules.pieces import pieces_prefix
from media_pipeline.rules.places import run_prefix, video_prefix
from tests.factories.media_pipeline import make_video
from tests.services.media_storage import media_in_bucket

DAY = timedelta(days=1, minutes=1)


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.services)])
def storage(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep private files in a folder, then in a bucket."""
    if request.param == "folder":
        request.getfixturevalue("media_folder")
        yield
        return
    server = request.getfixturevalue("s3")
    with media_in_bucket(server, server.make_bucket()):
        yield


@pytest.mark.django_db
@pytest.mark.usefixtures("storage")
def test_files_of_a_video_that_is_no_more_go_once_they_are_a_day_old():
    kept = f"{make_video().hls_prefix}/master.m3u8"
    gone = uuid4()
    left = [f"{run_prefix(gone, uuid4())}/720p/00000.m4s", f"{video_prefix(gone)}/captions/zh-hans-x.vtt"]
    for name in [kept, *left, "videos/somebody-elses/x", f"{pieces_prefix(gone)}/0001-x/pictures.nut"]:
        put_bytes(name, b"x")
    assert set(list_folders("pieces")) == {str(gone)}
    assert sweep_left_files(now=timezone.now()) == 1
    assert set(list_prefix("videos")) == {kept, *left, "videos/somebody-elses/x"}
    assert sweep_left_files(now=timezone.now() + DAY) == 1
    assert set(list_prefix("videos")) == {kept, "videos/somebody-elses/x"}
    assert list(list_prefix("pieces")) == []


@pytest.mark.django_db(transaction=True)
def test_video_goes_although_its_files_cannot_be_deleted_yet(media_folder):
    video = make_video()
    media_folder.joinpath("private", "videos").mkdir(parents=True, exist_ok=True)
    place = Path(local_path(video_prefix(video.uuid)))
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(place.parent)  # a folder that cannot be deleted
    delete_video(video=video, user=None)
    assert not Video.objects.exists()
