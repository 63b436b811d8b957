"""A better file takes a video's place: as a video of its own, so that who watches the old one is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from lms.lib.errors import DomainError
from media_pipeline.models import Video

if TYPE_CHECKING:
    from accounts.models import User


class ReplacementRefusedError(DomainError):
    """The video cannot stand for that other one."""

    code = "replacement_refused"


@transaction.atomic
def name_replacement(*, video: Video, replaces: Video, user: User | None) -> Video:
    """Say that ``video`` was uploaded in the place of ``replaces``; no lesson changes by this. Safe to repeat.

    :raises ReplacementRefusedError: it is the same video, replaces another one, or is itself replaced by it.
    """
    locked = Video.objects.select_for_update().get(pk=video.pk)
    if locked.replaces_id == replaces.pk:
        return locked
    if locked.pk == replaces.pk or locked.replaces_id is not None or _stands_for(replaces, locked):
        raise ReplacementRefusedError(_("这个视频不能替换所选的视频，请重新上传一个文件"))
    locked.replaces = replaces
    locked.save(update_fields=["replaces"])
    video.replaces = replaces
    log(instance=locked, action="wagtail.edit", user=user)
    return locked


def _stands_for(video: Video, other: Video) -> bool:
    """Whether ``video`` was uploaded in the place of ``other``, over however many steps."""
    seen: set[int] = set()
    older = video.replaces
    while older is not None and older.pk not in seen:
        if older.pk == other.pk:
            return True
        seen.add(older.pk)
        older = older.replaces
    return False
