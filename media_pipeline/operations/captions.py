"""Captions come with a video, and are mended."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from lms.lib.errors import DomainError
from media_pipeline.enums import CaptionFault
from media_pipeline.gateways.storage import delete_file, put_bytes
from media_pipeline.models import CaptionTrack, Video
from media_pipeline.rules.captions import (
    CaptionsInvalidError,
    Cue,
    check_cues,
    decode_captions,
    parse_captions,
    write_captions,
)
from media_pipeline.rules.places import caption_path

if TYPE_CHECKING:
    from accounts.models import User

MAX_CAPTION_BYTES = 2 * 1024**2


class CaptionsRefusedError(DomainError):
    """No captions that a player could show; ``line`` is the wrong line's number, or the wrong cue's."""

    code = "captions_refused"

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


class CaptionsChangedError(DomainError):
    """Somebody else has saved these captions meanwhile."""

    code = "captions_changed"


def read_captions(content: bytes) -> tuple[Cue, ...]:
    """Read SRT or WebVTT in any usual encoding.

    :raises CaptionsRefusedError: too large, or not captions; the sentence names the wrong line.
    """
    if len(content) > MAX_CAPTION_BYTES:
        raise CaptionsRefusedError(_("字幕文件超过 2 MB"))
    try:
        return parse_captions(decode_captions(content))
    except CaptionsInvalidError as error:
        facts = {"line": error.line, "fault": CaptionFault(error.fault).label}
        raise CaptionsRefusedError(_("字幕文件第 %(line)s 行：%(fault)s") % facts, error.line) from error


def check_captions(content: bytes) -> None:
    """Refuse what no player could show.

    :raises CaptionsRefusedError: see ``read_captions``.
    """
    read_captions(content)


@transaction.atomic
def attach_captions(*, video: Video, language: str, content: bytes, user: User | None) -> CaptionTrack:
    """Give a video its captions in one language, in place of those it had; the same text again changes nothing.

    SRT becomes WebVTT, and marks inside the words go.

    :raises CaptionsRefusedError: see ``read_captions``.
    """
    return _store(video, language, read_captions(content), user)


@transaction.atomic
def save_cues(
    *, video: Video, language: str, cues: Sequence[Cue], expected_version: str, user: User | None
) -> CaptionTrack:
    """Save mended captions as a new version of those that ``expected_version`` names (``version_of``).

    :raises CaptionsChangedError: another version has been saved since, or the captions are gone.
    :raises CaptionsRefusedError: a cue has no words, or its times run backwards or into the one before.
    """
    Video.objects.select_for_update().get(pk=video.pk)
    track = CaptionTrack.objects.filter(video=video, language=language).first()
    if track is None or version_of(track) != expected_version:
        raise CaptionsChangedError(_("这份字幕刚刚被别人改过，您的修改没有保存"))
    try:
        check_cues(cues)
    except CaptionsInvalidError as error:
        facts = {"line": error.line, "fault": CaptionFault(error.fault).label}
        raise CaptionsRefusedError(_("第 %(line)s 条：%(fault)s") % facts, error.line) from error
    return _store(video, language, cues, user)


@transaction.atomic
def delete_captions(*, video: Video, language: str, user: User | None) -> None:
    """Take a video's captions in one language away; there being none is no error."""
    track = CaptionTrack.objects.select_for_update().filter(video=video, language=language).first()
    if track is None:
        return
    path = track.path
    track.delete()
    log(instance=video, action="wagtail.edit", user=user)
    transaction.on_commit(lambda: _delete_unless_named(path, video))


def version_of(track: CaptionTrack) -> str:
    """Name the version of captions: another text has another name."""
    return track.path.rsplit("-", 1)[-1].removesuffix(".vtt")


def _store(video: Video, language: str, cues: Sequence[Cue], user: User | None) -> CaptionTrack:
    content = write_captions(cues).encode()
    path = caption_path(video.uuid, language, hashlib.sha256(content).hexdigest())
    locked = Video.objects.select_for_update().get(pk=video.pk)
    track = CaptionTrack.objects.filter(video=locked, language=language).first()
    if track is not None and track.path == path:
        return track
    delete_file(path)  # left by a transaction that was rolled back
    put_bytes(path, content)
    if track is None:
        track = CaptionTrack.objects.create(video=locked, language=language, path=path)
    else:
        old_path, track.path = track.path, path
        track.save(update_fields=["path"])
        transaction.on_commit(lambda: _delete_unless_named(old_path, video))
    log(instance=locked, action="wagtail.edit", user=user)
    return track


@transaction.atomic
def _delete_unless_named(path: str, video: Video) -> None:
    """Delete the file of an earlier version, unless somebody has meanwhile saved the same text again."""
    Video.objects.select_for_update().filter(pk=video.pk).first()
    if not CaptionTrack.objects.filter(path=path).exists():
        delete_file(path)
