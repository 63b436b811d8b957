"""A run that is stopped in the very moment in which its work is done."""

from __future__ import annotations

import pytest

from media_pipeline.enums import VideoState
from media_pipeline.gateways.storage import list_prefix, put_bytes
from media_pipeline.operations.claims import claim_video
from media_pipeline.operations.runs import run_of
from media_pipeline.rules.places import run_prefix
from tests.factories.media_pipeline import NOW, make_video

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
def test_run_stopped_while_it_tidies_up_leaves_a_ready_video_its_files(error: type[BaseException]):
    video = make_video(state=VideoState.INSPECTING)
    claim = claim_video(video_id=video.pk, clock=lambda: NOW)
    prefix = run_prefix(video.uuid, claim.token)

    def work():
        with run_of(claim, prefix):
            put_bytes(f"{prefix}/master.m3u8", b"x")
            claim.finish(duration_ms=1000, hls_prefix=prefix)
            raise error

    with pytest.raises(error):
        work()
    video.refresh_from_db()
    assert (video.state, video.attempt) == (VideoState.READY, 1)
    assert list(list_prefix("videos")) == [f"{prefix}/master.m3u8"]
