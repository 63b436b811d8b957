"""Whoever dies or is stopped, every video ends ready, or failed with a reason, and nothing is left lying about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.faults.media_site import AFTER_A_DEATH
from tests.faults.media_waits import (
    IN_PIECES,
    StartMediaSite,
    done_pieces,
    is_half_done,
    wait_until_clean,
    wait_until_still,
    working,
)

pytestmark = pytest.mark.timeout(400)


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
