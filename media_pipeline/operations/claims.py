"""Who works on a video: one run at a time, however often its message arrives."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from media_pipeline.enums import FailureReason, VideoState
from media_pipeline.models import Video

CLAIM_LASTS = timedelta(seconds=120)  # a run that was not heard of for so long is taken for dead
_BEAT_EVERY = timedelta(seconds=1.5)
_UNFINISHED = (VideoState.INSPECTING, VideoState.TRANSCODING)


class ClaimLostError(Exception):
    """Another run has taken the work over, or the video is gone: stop, and leave nothing behind."""


class Claim:
    """A run's hold on a video. Every write goes through it and fails once another run has taken over."""

    def __init__(self, video: Video, token: uuid.UUID, clock: Callable[[], datetime]) -> None:
        self.video = video
        self.token = token
        self._clock = clock
        self._next_beat = clock()

    def beat(self, percent: int | None = None) -> None:
        """Say that the run is alive, and how far it is; written at most every second and a half.

        :raises ClaimLostError: the work is someone else's by now.
        """
        now = self._clock()
        if now < self._next_beat:
            return
        self._next_beat = now + _BEAT_EVERY
        self.write(claimed_at=now, **({} if percent is None else {"percent": percent}))

    def begin_transcoding(self) -> None:
        """Go from inspecting to transcoding."""
        self.write(state=VideoState.TRANSCODING, percent=0, claimed_at=self._clock())

    def finish(self, **facts: Any) -> None:
        """End the run with a playable video."""
        now = self._clock()
        self._end(state=VideoState.READY, percent=100, failure_reason="", failure_detail="", ready_at=now, **facts)

    def fail(self, reason: FailureReason, detail: str) -> None:
        """End the run with a refusal; ``detail`` is for those who look closer."""
        self._end(state=VideoState.FAILED, percent=0, failure_reason=reason, failure_detail=detail[-2000:])

    def release(self) -> None:
        """Give the work back undone, so that the next sweep sends it out again."""
        self._mine().update(claim_token=None, claimed_at=None, queued_at=None)

    def write(self, **facts: Any) -> None:
        """Write to the row while it is this run's.

        :raises ClaimLostError: it is not any more.
        """
        if not self._mine().update(**facts):
            raise ClaimLostError

    def _end(self, **facts: Any) -> None:
        self.write(claim_token=None, claimed_at=None, **facts)

    def _mine(self) -> QuerySet[Video]:
        return Video.objects.filter(pk=self.video.pk, claim_token=self.token)


def claim_video(*, video_id: int, clock: Callable[[], datetime]) -> Claim | None:
    """Take an unfinished video on, unless a run that was heard of lately has it; None where there is nothing to take.

    One conditional UPDATE decides, so two workers never both win.
    """
    now, token = clock(), uuid.uuid4()
    free = unfinished_videos().filter(Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - CLAIM_LASTS))
    won = free.filter(pk=video_id).update(
        state=VideoState.INSPECTING, percent=0, claim_token=token, claimed_at=now, attempt=F("attempt") + 1
    )
    return Claim(Video.objects.get(pk=video_id), token, clock) if won else None


def unfinished_videos() -> QuerySet[Video]:
    """Videos that still have to become ready or failed."""
    return Video.objects.filter(state__in=_UNFINISHED)
