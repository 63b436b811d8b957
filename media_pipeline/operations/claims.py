"""Who works on a video, or on a piece of one: one run at a time, however often its message arrives."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from media_pipeline.enums import FailureReason, PieceState, VideoState
from media_pipeline.models import Video, VideoPiece

CLAIM_LASTS = timedelta(seconds=120)  # a run that was not heard of for so long is taken for dead
MAX_ATTEMPTS = 3  # of a video, of a piece and of a join each
_BEAT_EVERY = timedelta(seconds=1.5)
_UNFINISHED = (VideoState.INSPECTING, VideoState.TRANSCODING)


class ClaimLostError(Exception):
    """Another run has taken the work over, or the work is no more: stop, and leave nothing behind."""


class Claim:
    """A run's hold on a video. Every write goes through it and fails once another run has taken over."""

    def __init__(self, video: Video, token: uuid.UUID, clock: Callable[[], datetime]) -> None:
        self.video = video
        self.token = token
        self.clock = clock
        self._next_beat = clock()

    @property
    def is_last_attempt(self) -> bool:
        """Whether nobody will try again after this run."""
        return self.video.attempt >= MAX_ATTEMPTS

    def beat(self, percent: int | None = None) -> None:
        """Say that the run is alive, and how far it is; written at most every second and a half.

        :raises ClaimLostError: the work is someone else's by now.
        """
        now = self.clock()
        if now < self._next_beat:
            return
        self._next_beat = now + _BEAT_EVERY
        _outlive_outages(lambda: self.write(claimed_at=now, **({} if percent is None else {"percent": percent})))

    def begin_transcoding(self) -> None:
        """Go from inspecting to transcoding."""
        self.write(state=VideoState.TRANSCODING, percent=0, claimed_at=self.clock())

    def keep_still(self, lasting: timedelta) -> None:
        """Say that nothing will be heard of the run for a while, and that it is alive all the same."""
        self.write(claimed_at=self.clock() + lasting)

    def hand_over_to_pieces(self, plan: dict[str, Any]) -> None:
        """Let go of a video whose pieces others make; the run that they belong to bears this run's token."""
        now = self.clock()
        self.write(pieces_run=self.token, plan=plan, attempt=0, queued_at=now, claim_token=None, claimed_at=now)

    @transaction.atomic
    def finish(self, **facts: Any) -> None:
        """End the run with a playable video."""
        now = self.clock()
        self._end(state=VideoState.READY, percent=100, failure_reason="", failure_detail="", ready_at=now, **facts)

    @transaction.atomic
    def fail(self, reason: FailureReason, detail: str) -> None:
        """End the run with a refusal; ``detail`` is for those who look closer."""
        self._end(state=VideoState.FAILED, percent=0, failure_reason=reason, failure_detail=told(detail))

    def give_back(self, *, later: bool, counted: bool = True) -> None:
        """Give the work back undone: for the next sweep, or, ``later``, for the one in ten minutes.

        ``counted=False`` is for a run that was told to stop, so that restarts do not use the attempts up.
        """
        attempt = {} if counted else {"attempt": F("attempt") - 1}
        waiting_since = self.clock() if later else None
        self._mine().update(claim_token=None, claimed_at=None, queued_at=waiting_since, **attempt)

    def write(self, **facts: Any) -> None:
        """Write to the row while it is this run's.

        :raises ClaimLostError: it is not any more.
        """
        if not self._mine().update(**facts):
            raise ClaimLostError

    def _end(self, **facts: Any) -> None:
        self.write(claim_token=None, claimed_at=None, pieces_run=None, plan={}, **facts)
        VideoPiece.objects.filter(video_id=self.video.pk).delete()

    def _mine(self) -> QuerySet[Video]:
        return Video.objects.filter(pk=self.video.pk, claim_token=self.token)


class PieceClaim:
    """A run's hold on one piece of a video."""

    def __init__(self, piece: VideoPiece, token: uuid.UUID, clock: Callable[[], datetime]) -> None:
        self.piece = piece
        self.token = token
        self.clock = clock
        self._next_beat = clock()

    @property
    def is_last_attempt(self) -> bool:
        """Whether nobody will try again after this run."""
        return self.piece.attempt >= MAX_ATTEMPTS

    def beat(self, percent: int | None = None) -> bool:
        """Say that the run is alive, and how far it is; written at most every second and a half. Say whether it was.

        :raises ClaimLostError: the piece is someone else's by now, or is wanted no more.
        """
        now = self.clock()
        if now < self._next_beat:
            return False
        self._next_beat = now + _BEAT_EVERY
        _outlive_outages(lambda: self.write(claimed_at=now, **({} if percent is None else {"percent": percent})))
        return True

    def finish(self, *, path: str) -> None:
        """End the run: the piece lies under ``path``."""
        self.write(state=PieceState.DONE, percent=100, path=path, claim_token=None, claimed_at=None)

    def give_back(self, *, later: bool, counted: bool = True) -> None:
        """Give the piece back undone; see ``Claim.give_back``."""
        attempt = {} if counted else {"attempt": F("attempt") - 1}
        waiting_since = self.clock() if later else None
        self._mine().update(
            state=PieceState.WAITING,
            percent=0,
            claim_token=None,
            claimed_at=None,
            queued_at=waiting_since,
            **attempt,
        )

    def write(self, **facts: Any) -> None:
        """Write to the row while it is this run's.

        :raises ClaimLostError: it is not any more.
        """
        if not self._mine().update(**facts):
            raise ClaimLostError

    def _mine(self) -> QuerySet[VideoPiece]:
        return VideoPiece.objects.filter(pk=self.piece.pk, claim_token=self.token)


def claim_video(*, video_id: int, clock: Callable[[], datetime]) -> Claim | None:
    """Take an unfinished video on, unless a run that was heard of lately has it; None where there is nothing to take.

    A video whose pieces are being made is nobody's to begin again. One conditional UPDATE decides, so two workers
    never both win.
    """
    now, token = clock(), uuid.uuid4()
    free = unfinished_videos().filter(_is_free(now), pieces_run__isnull=True)
    won = free.filter(pk=video_id).update(
        state=VideoState.INSPECTING, percent=0, claim_token=token, claimed_at=now, attempt=F("attempt") + 1
    )
    return _claim_of(video_id, token, clock) if won else None


def claim_join(*, video_id: int, clock: Callable[[], datetime]) -> Claim | None:
    """Take on the joining of a video all of whose pieces are done; None where there is nothing to take."""
    now, token = clock(), uuid.uuid4()
    won = (
        joinable_videos()
        .filter(_is_free(now), pk=video_id)
        .update(claim_token=token, claimed_at=now, attempt=F("attempt") + 1)
    )
    return _claim_of(video_id, token, clock) if won else None


def claim_piece(*, piece_id: int, clock: Callable[[], datetime]) -> PieceClaim | None:
    """Take on a piece that waits, or whose run has fallen silent, while its video still wants it; otherwise None."""
    now, token = clock(), uuid.uuid4()
    silent = Q(state=PieceState.WORKING, claimed_at__lt=now - CLAIM_LASTS)
    won = (
        VideoPiece.objects.filter(Q(state=PieceState.WAITING) | silent, is_wanted(), pk=piece_id)
        .update(state=PieceState.WORKING, percent=0, claim_token=token, claimed_at=now, attempt=F("attempt") + 1)
    )  # fmt: skip
    if not won:
        return None
    piece = VideoPiece.objects.select_related("video").filter(pk=piece_id, claim_token=token).first()
    return PieceClaim(piece, token, clock) if piece else None


def told(detail: str) -> str:
    """The end of a tool's words, as a database keeps it: PostgreSQL takes no NUL."""
    return detail.replace("\0", "")[-2000:]


def unfinished_videos() -> QuerySet[Video]:
    """Videos that still have to become ready or failed."""
    return Video.objects.filter(state__in=_UNFINISHED)


def joinable_videos() -> QuerySet[Video]:
    """Videos all of whose pieces are made, and which are not joined yet."""
    undone = VideoPiece.objects.filter(video=OuterRef("pk"), run=OuterRef("pieces_run")).exclude(state=PieceState.DONE)
    return Video.objects.filter(~Exists(undone), state=VideoState.TRANSCODING, pieces_run__isnull=False)


def is_wanted() -> Exists:
    """Of a piece: its video is being made of the run that it belongs to."""
    video = Video.objects.filter(pk=OuterRef("video"), pieces_run=OuterRef("run"), state=VideoState.TRANSCODING)
    return Exists(video)


def _outlive_outages(write: Callable[[], None]) -> None:
    """Write, unless the database is away for the moment: a restart of it must not throw hours of encoding away.

    Whoever is away for too long has lost the claim, and learns it by the first write that succeeds.
    """
    try:
        write()
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()  # the next write opens another one


def _claim_of(video_id: int, token: uuid.UUID, clock: Callable[[], datetime]) -> Claim | None:
    """The claim just won, unless the video has been deleted meanwhile."""
    video = Video.objects.filter(pk=video_id, claim_token=token).first()
    return Claim(video, token, clock) if video else None


def _is_free(now: datetime) -> Q:
    """Nobody holds the video, or who does was not heard of for long."""
    return Q(claim_token__isnull=True) | Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - CLAIM_LASTS)
