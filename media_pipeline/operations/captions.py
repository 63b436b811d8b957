"""Captions come with a video."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from lms.lib.errors import DomainError
from media_pipeline.gateways.storage import delete_file, put_bytes
from media_pipeline.models import CaptionTrack, Video
from media_pipeline.rules.captions import CaptionsInvalidError, parse_captions
from media_pipeline.rules.places import caption_path

if TYPE_CHECKING:
    from accounts.models import User

MAX_CAPTION_BYTES = 2 * 1024**2


class CaptionsRefusedError(DomainError):
    """The file is not WebVTT in UTF-8."""

    code = "captions_refused"


def check_captions(content: bytes) -> None:
    """Refuse what no player could show.

    :raises CaptionsRefusedError: too large, not UTF-8, not WebVTT; the sentence names the wrong line.
    """
    if len(content) > MAX_CAPTION_BYTES:
        raise CaptionsRefusedError(_("字幕文件超过 2 MB"))
    try:
        parse_captions(content.decode())
    except UnicodeDecodeError as error:
        raise CaptionsRefusedError(_("字幕文件不是 UTF-8 编码，请另存为 UTF-8 后再上传")) from error
    except CaptionsInvalidError as error:
        message = _("字幕文件第 %(line)s 行有误，请检查 WebVTT 格式") % {"line": error.line}
        raise CaptionsRefusedError(message) from error


@transaction.atomic
def attach_captions(*, video: Video, language: str, content: bytes, user: User | None) -> CaptionTrack:
    """Give a video its captions in one language, in place of those it had; the same text again changes nothing.

    :raises CaptionsRefusedError: see ``check_captions``.
    """
    check_captions(content)
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
        transaction.on_commit(lambda: delete_file(old_path))
    log(instance=locked, action="wagtail.edit", user=user)
    return track
