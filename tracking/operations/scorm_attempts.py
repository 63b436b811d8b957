"""Begin, go on with, and begin again: attempts at packages.

**The order of locks, everywhere:** the attempts of the enrolment's lesson by number, then leases, then the lesson's
progress, then the day. What runs in a browser saves into an attempt and names its lease; were a lease locked first,
the two would wait for each other.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from courses.enums import CountedAttempt, LessonKind
from courses.models import Lesson
from lms.lib.errors import DomainError
from media_pipeline.models import Video
from tracking.enums import AttemptEnd
from tracking.models import Enrolment, LessonProgress, PlayLease, ScormAttempt
from tracking.operations.scorm_sessions import close_scorm_sessions
from tracking.queries import facts_of, version_for
from tracking.rules.scorm_hours import attempts_used, counted_attempt, meets_goal


class AttemptsUsedUpError(DomainError):
    """The lesson may not be begun once more; ``allowed`` is how often it might."""

    code = "attempts_used_up"

    def __init__(self, allowed: int) -> None:
        self.allowed = allowed
        super().__init__(
            _("本课件最多可学 {allowed} 次，您的次数已用完。如有疑问，请联系培训机构或主管部门。").format(
                allowed=allowed
            )
        )


class NoPackageError(DomainError):
    """The lesson shows no package, or nothing of it was begun."""

    code = "no_package"


def lock_attempts(*, enrolment_id: int, lesson_id: int) -> list[ScormAttempt]:
    """The attempts at a lesson by number, locked until the transaction ends. Taken before any lease is.

    Whoever waited for a lock does not see what was added meanwhile, so the rows are counted anew and read again.
    """
    rows = ScormAttempt.objects.filter(enrolment_id=enrolment_id, lesson_id=lesson_id)
    while True:
        locked = list(rows.select_for_update(of=("self",)).order_by("number"))
        if rows.count() == len(locked):
            return locked


@transaction.atomic
def begin_scorm_sitting(*, lease: PlayLease, now: datetime) -> ScormAttempt:
    """Go on with the open attempt at the lease's lesson, or begin the next one; older sittings may not write any more.

    Where its author moved the learners to another version of the package, an attempt on an older one ends as moved and
    the next begins, which is not counted against what is allowed. After one that is finished the next begins, too, as
    the standard has it, with what sequencing knows of the earlier ones. But where one has reported all that the lesson
    asks, only time is missing, and another would count in its place or is not allowed, the finished one is returned,
    to be looked at again. Runs that the sitting before left open are closed.

    :raises AttemptsUsedUpError: none is open and no further one is allowed.
    """
    lesson = lease.lesson
    attempts = lock_attempts(enrolment_id=lease.enrolment_id, lesson_id=lesson.pk)
    version = version_for(lesson)
    standing = attempts[-1] if attempts else None
    if standing is not None and standing.ended_at is None and standing.video_id != version.pk:
        _end(standing, AttemptEnd.MOVED, now)
    if standing is None:
        standing = _next_attempt(lease.enrolment, lesson, version, 1, now)
    elif standing.ended_at is not None:
        if standing.end == AttemptEnd.FINISHED and _is_goal_met(lesson, attempts) and _is_kept(lesson, attempts):
            return standing
        _refuse_used_up(lesson, attempts)
        known = _known_after(standing, version)
        standing = _next_attempt(lease.enrolment, lesson, version, standing.number + 1, now, state=known)
    else:
        close_scorm_sessions(attempt=standing, now=now)
    standing.generation += 1
    standing.last_sequence = -1
    standing.save(update_fields=["generation", "last_sequence"])
    return standing


@transaction.atomic
def restart_scorm_attempt(*, enrolment: Enrolment, lesson: Lesson, now: datetime) -> ScormAttempt:
    """End the open attempt, if there is one, and begin the next from the beginning, because its learner wants to.

    :raises NoPackageError: nothing was begun, so there is nothing to begin again; or the lesson is learnt, or the
        first attempt counts and is still open.
    :raises AttemptsUsedUpError: no further one is allowed; what is open stays open.
    """
    attempts = lock_attempts(enrolment_id=enrolment.pk, lesson_id=lesson.pk)
    if lesson.kind != LessonKind.SCORM or not attempts:
        raise NoPackageError(_("这一课时还没有开始学习，无需从头再学。"))
    if LessonProgress.objects.filter(enrolment=enrolment, lesson=lesson, reached_at__isnull=False).exists():
        raise NoPackageError(_("本节已学完，重看不再计学时。"), code="learnt")
    newest = attempts[-1]
    if newest.ended_at is None and newest.generation == 0:
        return newest  # asked for twice
    if newest.ended_at is None and lesson.counted_attempt == CountedAttempt.FIRST and _used(attempts) == 1:
        raise NoPackageError(_("本节以第一次学习为准，请接着学完这一次。"), code="first_counts")
    _refuse_used_up(lesson, attempts)
    if newest.ended_at is None:
        _end(newest, AttemptEnd.RESTARTED, now)
    return _next_attempt(enrolment, lesson, version_for(lesson), newest.number + 1, now)


def _next_attempt(
    enrolment: Enrolment,
    lesson: Lesson,
    version: Video,
    number: int,
    now: datetime,
    *,
    state: dict[str, Any] | None = None,
) -> ScormAttempt:
    return ScormAttempt.objects.create(
        enrolment=enrolment,
        lesson=lesson,
        video=version,
        number=number,
        began_at=now,
        touched_at=now,
        state=state or {},
    )


def _known_after(attempt: ScormAttempt, version: Video) -> dict[str, Any]:
    """What the sequencing of a package still knows in the attempt after one that its learner finished.

    A further attempt on a 2004 package is one on the same activity tree (SN 4th Ed. 4.2.1): how often its items were
    tried and what came of them stays known, and limits go on counting. SCORM 1.2 knows nothing of the kind.
    """
    is_same = attempt.end == AttemptEnd.FINISHED and attempt.video_id == version.pk
    return dict(attempt.state) if is_same and "activities" in attempt.state else {}


def _end(attempt: ScormAttempt, end: AttemptEnd, now: datetime) -> None:
    attempt.ended_at, attempt.end = now, end
    attempt.save(update_fields=["ended_at", "end"])


def _is_goal_met(lesson: Lesson, attempts: list[ScormAttempt]) -> bool:
    facts = [facts_of(each) for each in attempts]
    counted = counted_attempt(facts, counts=lesson.counted_attempt, goal=lesson.scorm_goal)
    return counted is not None and meets_goal(counted, lesson.scorm_goal)


def _is_kept(lesson: Lesson, attempts: list[ScormAttempt]) -> bool:
    """Whether what is met should stand without another attempt: one would count in its place, or is not allowed."""
    is_last = bool(lesson.attempts_allowed) and _used(attempts) >= lesson.attempts_allowed
    return is_last or lesson.counted_attempt == CountedAttempt.LAST


def _used(attempts: list[ScormAttempt]) -> int:
    return attempts_used(facts_of(each) for each in attempts)


def _refuse_used_up(lesson: Lesson, attempts: list[ScormAttempt]) -> None:
    if lesson.attempts_allowed and _used(attempts) >= lesson.attempts_allowed:
        raise AttemptsUsedUpError(lesson.attempts_allowed)
