"""What the player's page and its scripts are told of a film."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Learner
from lms.lib.masking import mask_name
from media_pipeline.enums import MediaKind, VideoState
from media_pipeline.models import Video
from media_pipeline.queries import (
    ADDRESSES_LAST_SECONDS,
    CaptionSource,
    Chapter,
    FileNotServedError,
    FilmAwayError,
    PlaybackSources,
    chapters_of,
    film_address,
    film_parts,
    film_text,
)
from tracking.models import Enrolment, PlayLease
from tracking.queries import LessonStanding


@dataclass(frozen=True, slots=True)
class FilmPage:
    """What stands on the page before anything may be played: a still, and what there will be to choose from."""

    poster_url: str
    plain_url: str
    captions: tuple[CaptionSource, ...]
    chapters: tuple[Chapter, ...]
    config: dict[str, Any]


def film_page(
    request: HttpRequest, learner: Learner, enrolment: Enrolment, standing: LessonStanding
) -> FilmPage | None:
    """The page's part of a lesson's film, two statements; None while it cannot be played.

    It holds no address to play anything at, but that of a lesson already learnt. ``plain_url`` is the single file for
    browsers that run no scripts, under the lease that their form was given: nothing answers there without it.
    """
    video = standing.lesson.video
    if video is None or video.state != VideoState.READY:
        return None
    parts, again = film_parts(video), _again_base(enrolment, standing.lesson.uuid)
    holder, now = request.session.session_key or "", timezone.now()
    return FilmPage(
        poster_url=film_address(video, parts.poster_url, holder=holder, now=now) if parts.poster_url else "",
        plain_url=_plain_url(request, again if standing.is_done else "", parts),
        captions=parts.captions,
        chapters=chapters_of(video),
        config={
            "filmAgain": again,
            "film": _film_config(video, parts, base=again) if standing.is_done else None,
            "watermark": watermark_of(learner),
        },
    )


def film_of_lease(lease: PlayLease) -> dict[str, Any] | None:
    """What the scripts must know of the film of a new lease: one statement; None for a lesson without one."""
    video = lease.lesson.video
    if video is None or video.kind != MediaKind.VIDEO:
        return None
    parts = film_parts(video)
    config = _film_config(video, parts, base=_folder(reverse("tracking:film", args=(lease.uuid, "-"))))
    return {**config, "manifest": _manifest(video, parts.hls_url)}


def _manifest(video: Video, path: str) -> str:
    """The first playlist at once: it names only other playlists, and a slow network need not ask for it."""
    try:
        return film_text(video, path, holder="", now=timezone.now())
    except (FileNotServedError, FilmAwayError):
        return ""


def watermark_of(learner: Learner) -> str:
    """Whose picture it is, in what says it to who knows the person and to nobody else."""
    return f"{mask_name(learner.full_name)} {learner.user.mobile[-4:] or str(learner.uuid)[:4]}"


def _plain_url(request: HttpRequest, again: str, parts: PlaybackSources) -> str:
    if not parts.mp4_url:
        return ""
    if again:
        return again + parts.mp4_url
    try:
        lease_uuid = UUID(request.GET.get("lease", ""))
    except ValueError:
        return ""
    return reverse("tracking:film", args=(lease_uuid, parts.mp4_url))


def _film_config(video: Video, parts: PlaybackSources, *, base: str) -> dict[str, Any]:
    """The address below which the film's parts lie, their paths there, and how long what they name works at least."""
    return {
        "base": base,
        "folder": f"{video.uuid}/",
        "master": parts.hls_url,
        "mp4": parts.mp4_url,
        "previews": parts.previews_url,
        "captions": [{"language": c.language, "label": c.label, "path": c.url} for c in parts.captions],
        "lastsMs": ADDRESSES_LAST_SECONDS * 1000,
    }


def _again_base(enrolment: Enrolment, lesson_uuid: UUID) -> str:
    return _folder(reverse("tracking:film_again", args=(enrolment.uuid, lesson_uuid, "-")))


def _folder(address: str) -> str:
    return address.removesuffix("-")
