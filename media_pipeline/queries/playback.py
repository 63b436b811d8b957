"""Addresses to play a video at: for one browser, and for a few minutes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse

from media_pipeline.enums import VideoState
from media_pipeline.gateways.storage import StorageAwayError, StorageRefusedError, presigned_url, read_file
from media_pipeline.models import Video
from media_pipeline.rules.passes import (
    WINDOW_SECONDS,
    PassRefusedError,
    PassScope,
    check_pass,
    end_of_window,
    make_pass,
    pass_key,
)
from media_pipeline.rules.places import is_servable, relative_to_video, video_prefix
from media_pipeline.rules.playlists import point_elsewhere

ADDRESSES_LAST_SECONDS = WINDOW_SECONDS
_ROOT = "videos/"
_PICTURE_LINE = re.compile(r"(?m)^([\w./-]+\.jpg)(?=#xywh=)")


class VideoNotReadyError(Exception):
    """There is nothing to play yet; ask ``video.state`` first."""


class FileNotServedError(Exception):
    """The path names nothing that a player may have."""


class FilmAwayError(Exception):
    """The storage does not answer just now; the same address works again later."""


@dataclass(frozen=True, slots=True)
class CaptionSource:
    """Captions: the language's code (BCP 47), its name in that language, and where they are."""

    language: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class PlaybackSources:
    """All that a player needs. An empty address is of a file that was not made.

    Addresses are whole ones of this site, or paths below the video's folder: see who gives them.
    """

    hls_url: str
    mp4_url: str
    poster_url: str
    previews_url: str
    captions: tuple[CaptionSource, ...]
    duration_ms: int


def playback_sources(video: Video, *, holder: str, expires_at: datetime) -> PlaybackSources:
    """Give a ready video's addresses as whole ones of this site, for a preview by staff.

    They work until ``expires_at`` (taken to the whole second) in the browser whose session's key is ``holder``, and
    nowhere else. One statement, for the captions (none when they are prefetched): the site's own language first, then
    by code.

    :raises VideoNotReadyError: the video cannot be played.
    """
    expires_at_s = int(expires_at.timestamp())

    def address(path: str) -> str:
        return _signed(PassScope.ALL, path, holder=holder, expires_at_s=expires_at_s) if path else ""

    return _sources(video, address)


def film_parts(video: Video) -> PlaybackSources:
    """Name a ready video's files by paths below its folder, as :func:`film_text` and :func:`film_address` take them.

    Nothing can be played with these alone. One statement, as :func:`playback_sources`.

    :raises VideoNotReadyError: the video cannot be played.
    """
    return _sources(video, lambda path: relative_to_video(path, video.uuid) if path else "")


def film_text(video: Video, path: str, *, holder: str, now: datetime) -> str:
    """A playlist, or texts in time (captions, previews); the addresses in it work for :data:`ADDRESSES_LAST_SECONDS`
    at least and twice that at most, in the browser whose session's key is ``holder`` where the storage is a folder.

    Playlists within a playlist stay named relatively. No statement. In a bucket what was signed is kept in the cache:
    everybody's addresses of the same five minutes are the same, and a lecture's thousand are not signed for each.

    :raises FileNotServedError: there is no such file, or it is nothing for players.
    :raises FilmAwayError: the storage does not answer.
    """
    name = _name(video, path)
    try:
        if presigned_url(name, expires_seconds=1) is None:
            return _with_addresses(name, lambda piece: _piece_address(piece, holder=holder, now=now))
        expires_at_s = end_of_window(int(now.timestamp()))
        key = f"film-text:{expires_at_s}:{video.uuid}:{path}"
        text = cache.get(key)
        if text is None:
            text = _with_addresses(name, lambda piece: _piece_address(piece, holder=holder, now=now))
            cache.set(key, text, WINDOW_SECONDS)
        return str(text)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise FileNotServedError(path) from error
    except (StorageAwayError, StorageRefusedError) as error:
        raise FilmAwayError(path) from error


def film_address(video: Video, path: str, *, holder: str, now: datetime) -> str:
    """The address of one file, picture or sound, that works as long as those of :func:`film_text`. No statement.

    :raises FileNotServedError: it is nothing for players.
    """
    return _piece_address(_name(video, path), holder=holder, now=now, scope=PassScope.ONE)


def open_pass(token: str, path: str, *, holder: str, now: datetime) -> int:
    """Check a pass for ``path`` as it stands in the address, and give for how many seconds more it holds. No statement.

    :raises PassRefusedError: forged, broken, expired, or given to another browser.
    """
    now_s = int(now.timestamp())
    keys = (pass_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
    return check_pass(token, path, holder=holder, now_s=now_s, keys=keys) - now_s


def _sources(video: Video, address: Callable[[str], str]) -> PlaybackSources:
    if video.state != VideoState.READY:
        raise VideoNotReadyError(f"{video.uuid} is {video.state}")
    tracks = sorted(video.captions.all(), key=lambda track: (track.language != "zh-hans", track.language))
    return PlaybackSources(
        hls_url=address(f"{video.hls_prefix}/master.m3u8"),
        mp4_url=address(video.mp4_path),
        poster_url=address(video.poster_path),
        previews_url=address(video.previews_path),
        captions=tuple(
            CaptionSource(language=track.language, label=track.get_language_display(), url=address(track.path))
            for track in tracks
        ),
        duration_ms=video.duration_ms or 0,
    )


def _name(video: Video, path: str) -> str:
    if not is_servable(path):
        raise FileNotServedError(path)
    return f"{video_prefix(video.uuid)}/{path}"


def _with_addresses(name: str, address_of: Callable[[str], str]) -> str:
    """Read a text and put addresses where it names pictures and sound, relatively to its own folder."""
    text = read_file(name).decode()
    folder = posixpath.dirname(name)
    if name.endswith(".m3u8"):
        return point_elsewhere(text, lambda piece: address_of(f"{folder}/{piece}"))
    return _PICTURE_LINE.sub(lambda found: address_of(posixpath.normpath(f"{folder}/{found[1]}")), text)


def _piece_address(name: str, *, holder: str, now: datetime, scope: PassScope = PassScope.PIECES) -> str:
    now_s = int(now.timestamp())
    expires_at_s = end_of_window(now_s)
    remote = presigned_url(name, expires_seconds=expires_at_s - now_s)
    return remote or _signed(scope, name, holder=holder, expires_at_s=expires_at_s)


def _signed(scope: PassScope, name: str, *, holder: str, expires_at_s: int) -> str:
    path = name.removeprefix(_ROOT)
    token = make_pass(scope, path, holder=holder, expires_at_s=expires_at_s, key=pass_key(settings.SECRET_KEY))
    return reverse("media_pipeline:file", args=(token, path))


__all__ = [
    "ADDRESSES_LAST_SECONDS",
    "CaptionSource",
    "FileNotServedError",
    "FilmAwayError",
    "PassRefusedError",
    "PlaybackSources",
    "VideoNotReadyError",
    "film_address",
    "film_parts",
    "film_text",
    "open_pass",
    "playback_sources",
]
