"""Storages, disks and brokers go away: every video ends ready, or failed with a reason, and nothing is left about."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.faults.media_site import AFTER_A_LOST_MESSAGE, RestartableRedis, fill_disk, small_disk
from tests.faults.media_waits import (
    IN_PIECES,
    StartMediaSite,
    done_pieces,
    is_half_done,
    wait_until_clean,
    working,
)

pytestmark = pytest.mark.timeout(400)


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
