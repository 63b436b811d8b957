"""Signed addresses to play a video at, for one learner and a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.core import signing
from django.urls import reverse

from media_pipeline.enums import VideoState
from media_pipeline.models import Video
from media_pipeline.rules.places import relative_to_video, video_prefix

_SALT = "media_pipeline.playback"


class PassRefusedError(Exception):
    """The pass is forged, broken or expired."""


class VideoNotReadyError(Exception):
    """There is nothing to play yet; ask ``video.state`` first."""


@dataclass(frozen=True, slots=True)
class CaptionSource:
    """Captions: the language's code (BCP 47), its name in that language, and where they are."""

    language: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class PlaybackSources:
    """All that a player needs. The addresses are paths of this site; an empty one is of a file that was not made."""

    hls_url: str
    mp4_url: str
    poster_url: str
    captions: tuple[CaptionSource, ...]
    duration_ms: int


@dataclass(frozen=True, slots=True)
class PlaybackPass:
    """What a pass opens: the files under ``prefix``, for ``learner_key``, until ``expires_at``."""

    prefix: str
    learner_key: str
    expires_at: datetime


def playback_sources(video: Video, *, learner_key: str, expires_at: datetime) -> PlaybackSources:
    """Give a ready video's addresses; they work until ``expires_at`` (taken to the whole second).

    ``learner_key`` says in the pass whom it was given to, so that a leaked address can be traced. One statement, for
    the captions (none when they are prefetched): the site's own language first, then by code.

    :raises VideoNotReadyError: the video cannot be played.
    """
    if video.state != VideoState.READY:
        raise VideoNotReadyError(f"{video.uuid} is {video.state}")
    facts = {"p": video_prefix(video.uuid), "k": learner_key, "e": int(expires_at.timestamp())}
    token = signing.dumps(facts, salt=_SALT)

    def address(path: str) -> str:
        return reverse("media_pipeline:file", args=(token, relative_to_video(path, video.uuid))) if path else ""

    tracks = sorted(video.captions.all(), key=lambda track: (track.language != "zh-hans", track.language))
    return PlaybackSources(
        hls_url=address(f"{video.hls_prefix}/master.m3u8"),
        mp4_url=address(video.mp4_path),
        poster_url=address(video.poster_path),
        captions=tuple(
            CaptionSource(language=track.language, label=track.get_language_display(), url=address(track.path))
            for track in tracks
        ),
        duration_ms=video.duration_ms or 0,
    )


def open_pass(token: str, *, now: datetime) -> PlaybackPass:
    """Check a pass's signature and time; no statement.

    :raises PassRefusedError: forged, broken or expired. At the second of its expiry it is expired.
    """
    try:
        facts = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise PassRefusedError("signature") from error
    expires_at = datetime.fromtimestamp(facts["e"], tz=UTC)
    if now >= expires_at:
        raise PassRefusedError("expired")
    return PlaybackPass(prefix=facts["p"], learner_key=facts["k"], expires_at=expires_at)
