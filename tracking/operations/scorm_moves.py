"""Move those who study a lesson to another version of its package."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import record_audit
from courses.enums import LessonKind
from courses.models import Lesson
from lms.lib.errors import DomainError
from media_pipeline.enums import MediaKind, VideoState
from media_pipeline.models import Video
from tracking.models import ScormMove
from tracking.queries import open_attempts_on, version_for


class MoveRefusedError(DomainError):
    """Learners cannot be moved so; the message says why."""

    code = "move_refused"


@transaction.atomic
def move_learners(*, lesson_id: int, video_id: int, actor: User | None, note: str, now: datetime) -> ScormMove:
    """Let the lesson run on another version of its package: who is under way begins it anew at the next sitting.

    What they have reported stays, and so does all their time; the attempt that ends so is not counted against what is
    allowed. Moving to where they are already returns the move that brought them there (safe to retry).

    :raises MoveRefusedError: the lesson shows no package, or the other is none, is not ready, or is its own already.
    """
    lesson = Lesson.objects.select_related("video").get(pk=lesson_id)
    video = Video.objects.select_for_update(of=("self",)).get(pk=video_id)
    if lesson.kind != LessonKind.SCORM or lesson.video is None:
        raise MoveRefusedError(_("这一课时不是 SCORM 课件，没有可换的版本。"))
    if video.kind != MediaKind.SCORM:
        raise MoveRefusedError(_("所选文件不是 SCORM 课件。"))
    if video.state != VideoState.READY:
        raise MoveRefusedError(_("新版本还没有处理完成，请等它可以播放以后再换。"))
    if version_for(lesson).pk == video.pk:
        standing: ScormMove | None = ScormMove.objects.filter(lesson=lesson).order_by("-moved_at", "-pk").first()
        if standing is None:
            raise MoveRefusedError(_("学员已经在学这个版本，不需要换。"))
        return standing
    under_way = open_attempts_on(lesson)
    move = ScormMove.objects.create(lesson=lesson, video=video, actor=actor, note=note[:200], moved_at=now)
    record_audit(
        actor=actor,
        action="scorm.move",
        target=lesson,
        detail={"video": str(video.uuid), "under_way": under_way, "note": move.note},
        now=now,
    )
    return move
