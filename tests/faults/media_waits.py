"""Waiting for a media site to come to a point."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.faults.media_site import CLEAN, MediaSite

StartMediaSite = Callable[..., MediaSite]
IN_PIECES = {"XUESHI_PIECES_FROM_MINUTES": "0.1", "XUESHI_PIECE_SECONDS": "4"}


def is_half_done(facts: dict[str, Any]) -> bool:
    return facts["state"] == "transcoding" and facts["percent"] >= 40


def wait_until_clean(site: MediaSite) -> None:
    """Wait until whoever was at work has cleaned up behind itself: a video is ready, or has failed, a moment before."""
    deadline = time.monotonic() + 60  # as long as a busy machine takes to give up what was under way
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


def working(facts: dict[str, Any]) -> list[int]:
    """The numbers of the pieces at work."""
    return [number for number, state, _, _ in facts["pieces"] if state == "working"]
