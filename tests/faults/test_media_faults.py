"""Whatever breaks, every video ends ready, or failed with a reason, and nothing is left lying about."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.factories.media_pipeline import make_clip
from tests.faults.media_site import (
    AFTER_A_DEATH,
    AFTER_A_LOST_MESSAGE,
    CLEAN,
    MediaSite,
    RestartableRedis,
    fill_disk,
    media_site,
    small_disk,
)

pytestmark = pytest.mark.timeout(400)

StartMediaSite = Callable[..., MediaSite]
IN_PIECES = {"XUESHI_PIECES_FROM_MINUTES": "0.1", "XUESHI_PIECE_SECONDS": "4"}


@pytest.fixture
def start_site(tmp_path: Path, empty_home: Path, redis_url: str) -> Iterator[StartMediaSite]:
    """Give a function that makes a site, without workers as yet."""
    with ExitStack() as stack:

        def start(env: Mapping[str, str] | None = None) -> MediaSite:
            given = {"CELERY_BROKER_URL": redis_url, **(env or {})}
            return stack.enter_context(media_site(empty_home, tmp_path / "home", given))

        yield start


@pytest.fixture(scope="module")
def lecture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make once a film whose encoding takes long enough to be disturbed."""
    return make_clip(tmp_path_factory.mktemp("clips") / "a.mp4", size="1280x720", seconds=16, options=("-g", "50"))


def is_half_done(facts: dict[str, Any]) -> bool:
    return facts["state"] == "transcoding" and facts["percent"] >= 40


def wait_until_clean(site: MediaSite) -> None:
    """Wait until whoever was at work has cleaned up behind itself: a video is ready, or has failed, a moment before."""
    deadline = time.monotonic() + 20
    while site.wish("check") != CLEAN and time.monotonic() < deadline:
        time.sleep(0.1)
    assert site.wish("check") == CLEAN


def wait_until_still(site: MediaSite, *, within_seconds: float) -> None:
    """Wait until no encoder runs any more."""
    deadline = time.monotonic() + within_seconds
    while site.encoders():
        assert time.monotonic() < deadline, "an encoder goes on"
        time.sleep(0.02)


def done_pieces(facts: dict[str, Any]) -> int:
    return sum(state == "done" for _, state, _, _ in facts["pieces"])


def test_worker_killed_half_way_loses_nothing_but_its_own_run(start_site: StartMediaSite, lecture: Path):
    site = start_site()
    site.start_worker("first")
    video = site.wish("upload", str(lecture))
    site.wait_for(video, is_half_done)
    site.kill_worker("first")
    wait_until_still(site, within_seconds=2)
    assert site.wish("check")["folders"] != [], "a killed worker cannot clean up"

    site.start_worker("second")
    assert site.wish("sweep", 60) == 0, "a run heard of a minute ago is not taken for dead"
    site.wish("sweep", AFTER_A_DEATH)
    facts = site.wait_until_over(video)
    assert (facts["state"], facts["attempt"]) == ("ready", 2)
    wait_until_clean(site)


def test_message_delivered_again_while_its_run_lives_changes_nothing(start_site: StartMediaSite, lecture: Path):
    site = start_site()
    site.start_worker("first", processes=2)
    video = site.wish("upload", str(lecture))
    site.wait_for(video, lambda facts: facts["state"] == "transcoding")
    for _ in range(3):
        site.wish("send", video)
    facts = site.wait_until_over(video)
    assert (facts["state"], facts["attempt"]) == ("ready", 1)
    log = (site.home / "first.log").read_text()
    assert log.count("media_pipeline.tasks.process_video") >= 4
    wait_until_clean(site)


def test_worker_killed_half_way_through_pieces_loses_one_piece(start_site: StartMediaSite, lecture: Path):
    site = start_site(IN_PIECES)
    site.start_worker("first")
    site.start_worker("second")
    video = site.wish("upload", str(lecture))
    before = site.wait_for(video, lambda facts: done_pieces(facts) >= 2 and len(working(facts)) == 2)
    site.kill_worker("second")
    lost = working(site.wish("look", video))

    site.wait_for(video, lambda facts: done_pieces(facts) == len(facts["pieces"]) - 1, seconds=60)
    stays = working(site.wish("look", video))
    assert len(stays) == 1, "the living worker has made all the rest"
    assert set(stays) <= set(lost)
    site.wish("sweep", AFTER_A_DEATH)
    tried = site.wait_for(video, lambda facts: not working_of(facts, stays[0], attempt=1))
    attempts = {number: attempt for number, _, _, attempt in tried["pieces"]}
    facts = site.wait_until_over(video)
    assert facts["state"] == "ready"
    if attempts:  # unless it was joined between two looks
        assert {number: attempt for number, attempt in attempts.items() if attempt > 1} in ({stays[0]: 2}, {})
    assert len(before["pieces"]) == 5
    wait_until_clean(site)


def working(facts: dict[str, Any]) -> list[int]:
    """The numbers of the pieces at work."""
    return [number for number, state, _, _ in facts["pieces"] if state == "working"]


def working_of(facts: dict[str, Any], number: int, *, attempt: int) -> bool:
    """Whether a piece still stands at an attempt."""
    return any(piece[0] == number and piece[3] == attempt for piece in facts["pieces"])


@pytest.mark.parametrize("env", [{}, IN_PIECES], ids=["one-run", "pieces"])
def test_cancelled_video_stops_its_encoders_and_leaves_nothing(
    start_site: StartMediaSite, lecture: Path, env: dict[str, str]
):
    site = start_site(env)
    site.start_worker("first", processes=2)
    video = site.wish("upload", str(lecture))
    site.wait_for(video, lambda facts: facts["state"] == "transcoding" and bool(site.encoders()))
    site.wish("cancel", video)
    wait_until_still(site, within_seconds=3)
    facts = site.wish("look", video)
    assert (facts["state"], facts["failure_reason"], facts["pieces"]) == ("failed", "cancelled", [])
    wait_until_clean(site)

    site.wish("retry", video)
    assert site.wait_until_over(video)["state"] == "ready"
    wait_until_clean(site)


@pytest.mark.parametrize("moment", ["transcoding", "storing"])
@pytest.mark.parametrize("env", [{}, IN_PIECES], ids=["one-run", "pieces"])
def test_storage_that_is_away_for_a_while_loses_no_work(
    start_site: StartMediaSite, restartable_s3, lecture: Path, moment: str, env: dict[str, str]
):
    """Ten seconds; half a minute is the same, for the waiting lasts ten minutes and its pauses no longer than a few."""
    bucket = restartable_s3.server.make_bucket()
    client = restartable_s3.server.connect()
    site = start_site({**env, **restartable_s3.server.environment(bucket)})
    site.start_worker("first", processes=2)
    video = site.wish("upload", str(lecture))
    if moment == "transcoding":
        site.wait_for(video, lambda facts: facts["state"] == "transcoding" and facts["percent"] >= 10)
    else:
        site.wait_for(
            video, lambda facts: "Contents" in client.list_objects_v2(Bucket=bucket, Prefix="private/videos/")
        )
    restartable_s3.kill()
    time.sleep(10)
    restartable_s3.start()
    facts = site.wait_until_over(video, seconds=180)
    assert (facts["state"], facts["failure_reason"]) == ("ready", ""), facts
    wait_until_clean(site)


def test_full_disk_gives_the_work_back_and_in_the_end_says_so(start_site: StartMediaSite, lecture: Path):
    site = start_site()
    with small_disk(site.home / "media-work", mebibytes=400) as disk:
        site.start_worker("first")
        video = site.wish("upload", str(lecture))
        site.wait_for(video, lambda facts: facts["state"] == "transcoding" and facts["percent"] >= 5)
        filler = fill_disk(disk)
        site.wait_for(video, lambda facts: not facts["claimed"])
        assert site.wish("sweep", 60) == 0, "a full disk is not tried again at once"
        for attempt in (2, 3):
            site.wish("sweep", AFTER_A_LOST_MESSAGE)
            facts = site.wait_for(video, lambda facts, n=attempt: facts["attempt"] == n and not facts["claimed"])
        assert (facts["state"], facts["failure_reason"]) == ("failed", "no_space")
        filler.unlink()
        wait_until_clean(site)

        site.wish("retry", video)
        assert site.wait_until_over(video)["state"] == "ready"
        wait_until_clean(site)


@pytest.mark.parametrize("env", [{}, IN_PIECES], ids=["one-run", "pieces"])
def test_broker_that_lost_its_messages_holds_nothing_up_for_good(
    start_site: StartMediaSite, tmp_path: Path, lecture: Path, env: dict[str, str]
):
    redis = RestartableRedis(tmp_path)
    redis.start()
    try:
        site = start_site({**env, "CELERY_BROKER_URL": redis.url})
        site.start_worker("first")
        videos = [site.wish("upload", str(lecture)) for _ in range(2)]
        site.wait_for(videos[0], lambda facts: is_half_done(facts) or done_pieces(facts) >= 2)
        redis.kill()
        time.sleep(2)
        redis.start()
        site.wait_for(videos[0], lambda facts: facts["state"] == "ready" or len(working(facts)) == 0)
        for video in videos:
            site.wish("sweep", AFTER_A_LOST_MESSAGE)
            facts = site.wait_until_over(video, seconds=90)
            assert (facts["state"], facts["failure_reason"]) == ("ready", "")
        wait_until_clean(site)
    finally:
        redis.kill()
