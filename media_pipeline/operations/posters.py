"""The picture that stands for a video."""

from __future__ import annotations

import hashlib
from typing import IO, TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from lms.lib.errors import DomainError
from media_pipeline.enums import VideoState
from media_pipeline.gateways.pictures import LARGEST_BYTES, PictureError, normalise_poster
from media_pipeline.gateways.storage import delete_file, put_bytes
from media_pipeline.models import Video
from media_pipeline.rules.places import own_poster_path, posters_prefix

if TYPE_CHECKING:
    from accounts.models import User


class PosterRefusedError(DomainError):
    """The picture cannot be a poster."""

    code = "poster_refused"


@transaction.atomic
def choose_poster(*, video: Video, path: str, user: User | None) -> Video:
    """Let one of the pictures made of a video stand for it.

    :raises PosterRefusedError: the video is not ready, or the picture is none of its choices.
    """
    locked = _ready(video)
    if path not in poster_choices(locked):
        raise PosterRefusedError(_("请从列出的画面中选择一张"))
    return _use(locked, path, user)


@transaction.atomic
def upload_poster(*, video: Video, content: IO[bytes], user: User | None) -> Video:
    """Let a picture of the editor's own stand for a video; it is written anew as a JPEG of at most 1280 × 720.

    :raises PosterRefusedError: the video is not ready, or the file is no picture, too large or too small.
    """
    try:
        picture = normalise_poster(content.read(LARGEST_BYTES + 1))
    except PictureError as error:
        words = {
            "too_large": _("图片太大：最多 10 MB、四千万像素"),
            "too_small": _("图片太小：宽至少 320 像素，高至少 180 像素"),
        }
        raise PosterRefusedError(words.get(error.code, _("请上传 JPEG、PNG 或 WebP 图片"))) from error
    locked = _ready(video)
    path = own_poster_path(video.uuid, hashlib.sha256(picture).hexdigest())
    if path != locked.poster_path:
        delete_file(path)  # left by a transaction that was rolled back
        put_bytes(path, picture)
    return _use(locked, path, user)


def poster_choices(video: Video) -> list[str]:
    """The places of the pictures that may stand for a video, the one chosen among them; no statement."""
    made = [each if isinstance(each, str) else str(each.get("path", "")) for each in video.poster_choices or []]
    return list(dict.fromkeys(path for path in (*made, video.poster_path) if path))


def _ready(video: Video) -> Video:
    locked = Video.objects.select_for_update().get(pk=video.pk)
    if locked.state != VideoState.READY:
        raise PosterRefusedError(_("视频可播放后才能选择封面"))
    return locked


def _use(video: Video, path: str, user: User | None) -> Video:
    old_path = video.poster_path
    if old_path == path:
        return video
    choices = video.poster_choices or []
    if not choices and old_path and not old_path.startswith(posters_prefix(video.uuid)):
        choices = [old_path]  # made with the video: it stays to be chosen again
    Video.objects.filter(pk=video.pk).update(poster_path=path, poster_choices=choices)
    video.poster_path, video.poster_choices = path, choices
    log(instance=video, action="wagtail.edit", user=user)
    if old_path.startswith(posters_prefix(video.uuid)):
        transaction.on_commit(lambda: _delete_unless_used(old_path, video))
    return video


@transaction.atomic
def _delete_unless_used(path: str, video: Video) -> None:
    """Delete a picture of an editor's own, unless somebody has meanwhile given the same one again."""
    locked = Video.objects.select_for_update().filter(pk=video.pk).first()
    if locked is None or locked.poster_path != path:
        delete_file(path)
