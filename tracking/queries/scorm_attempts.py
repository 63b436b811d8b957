"""Attempts at packages: which count, what they claim, and how far a lesson is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Least

from courses.enums import CountedAttempt, LessonKind
from courses.models import Lesson
from media_pipeline.enums import UsagePlace
from media_pipeline.models import Video
from media_pipeline.queries import VideoUsage
from tracking.enums import AttemptEnd
from tracking.models import LessonProgress, ScormAttempt, ScormMove, ScormSession
from tracking.queries.leases import lesson_terms
from tracking.rules.scorm_hours import (
    AttemptFacts,
    CreditedTime,
    SittingClaim,
    attempts_used,
    claimed_in_all,
    counted_attempt,
    credited_of,
    meets_goal,
)

LONGEST_CLAIM_MS = 10**12  # thirty years: a larger claim says no more, and sums of it must not overflow


@dataclass(frozen=True, slots=True)
class PackageStanding:
    """How far a learner is in a lesson that shows a package.

    ``attempts`` are all of them by number, ``counted`` the one that decides. ``measured_ms`` is what the clock counted,
    ``claimed_ms`` what the package claims over all sittings (None: nothing), ``time`` what of both counts.
    """

    lesson: Lesson
    attempts: tuple[ScormAttempt, ...]
    counted: ScormAttempt | None
    measured_ms: int
    claimed_ms: int | None
    declared_ms: int
    required_ms: int
    time: CreditedTime

    @property
    def is_goal_met(self) -> bool:
        """Whether the attempt that counts reports what the lesson asks."""
        return self.counted is not None and meets_goal(facts_of(self.counted), self.lesson.scorm_goal)

    @property
    def is_reached(self) -> bool:
        """Whether the lesson is learnt: the goal is met, and enough time counts."""
        return self.is_goal_met and self.time.credited_ms >= self.required_ms

    @property
    def newest(self) -> ScormAttempt | None:
        """The attempt that goes on, or the last one that ended."""
        return self.attempts[-1] if self.attempts else None

    @property
    def used(self) -> int:
        """How many attempts are used up."""
        return attempts_used(facts_of(each) for each in self.attempts)

    @property
    def may_begin_another(self) -> bool:
        """Whether a new attempt may follow those there are; where the first counts, nothing may end it but itself."""
        is_open = self.newest is not None and self.newest.ended_at is None
        if is_open and self.lesson.counted_attempt == CountedAttempt.FIRST and self.used == 1:
            return False
        return not self.lesson.attempts_allowed or self.used < self.lesson.attempts_allowed

    @property
    def missing_ms(self) -> int:
        """How much time must still count."""
        return max(0, self.required_ms - self.time.credited_ms)


def facts_of(attempt: ScormAttempt) -> AttemptFacts:
    """An attempt as the rule sees it."""
    return AttemptFacts(
        number=attempt.number,
        end=str(attempt.end),
        completion=str(attempt.completion),
        success=str(attempt.success),
        score_scaled=attempt.score_scaled,
    )


def attempts_at(enrolment_id: int, lesson_ids: Iterable[int]) -> QuerySet[ScormAttempt]:
    """The learner's attempts at these lessons by number, without what the sequencer keeps: one statement."""
    rows = ScormAttempt.objects.filter(enrolment_id=enrolment_id, lesson_id__in=list(lesson_ids))
    return rows.select_related("video").defer("state").order_by("lesson_id", "number")


def package_standings(
    enrolment_id: int,
    lessons: Iterable[Lesson],
    measured_ms: Mapping[int, int],
    *,
    accounted_ms: int = 0,
) -> dict[int, PackageStanding]:
    """How far the learner is in each lesson that shows a package, by the lesson's key: two statements, or none.

    ``measured_ms`` is what the clock counted, by the lesson's key; the lessons have their ``video``. ``accounted_ms``
    as in :func:`credited_of`.
    """
    packages = [lesson for lesson in lessons if lesson.kind == LessonKind.SCORM]
    if not packages:
        return {}
    keys = [lesson.pk for lesson in packages]
    attempts: dict[int, list[ScormAttempt]] = defaultdict(list)
    for attempt in attempts_at(enrolment_id, keys):
        attempts[attempt.lesson_id].append(attempt)
    sittings = claims_by_lesson(enrolment_id, keys)
    return {
        lesson.pk: package_standing(
            lesson,
            attempts[lesson.pk],
            sittings[lesson.pk],
            measured_ms=measured_ms.get(lesson.pk, 0),
            accounted_ms=accounted_ms,
        )
        for lesson in packages
    }


def package_standing(
    lesson: Lesson,
    attempts: list[ScormAttempt],
    sittings: list[SittingClaim],
    *,
    measured_ms: int,
    accounted_ms: int = 0,
) -> PackageStanding:
    """How far the learner is, from rows at hand. No statement where ``lesson.video`` is loaded."""
    terms = lesson_terms(lesson)
    claimed = claimed_in_all(sittings, measured_ms=measured_ms)
    facts = [facts_of(each) for each in attempts]
    deciding = counted_attempt(facts, counts=lesson.counted_attempt, goal=lesson.scorm_goal)
    return PackageStanding(
        lesson=lesson,
        attempts=tuple(attempts),
        counted=next((each for each in attempts if deciding and each.number == deciding.number), None),
        measured_ms=measured_ms,
        claimed_ms=claimed,
        declared_ms=terms.duration_ms,
        required_ms=terms.required_ms,
        time=credited_of(measured_ms, claimed, terms.duration_ms, accounted_ms=accounted_ms),
    )


def claims_by_lesson(enrolment_id: int, lesson_ids: Iterable[int]) -> dict[int, list[SittingClaim]]:
    """What the packages claim, lease by lease, for those leases under which any claimed time: one statement."""
    claims = Q(claimed_ms__gt=0)
    rows = (
        ScormSession.objects.filter(attempt__enrolment_id=enrolment_id, attempt__lesson_id__in=list(lesson_ids))
        .order_by()
        .values("attempt__lesson_id", "lease_id", "lease__credited_ms")
        .annotate(
            claimed=Sum(Least("claimed_ms", Value(LONGEST_CLAIM_MS)), filter=claims),
            heard=Sum(F("heard_at") - F("began_at"), filter=claims),
            silent=Count("pk", filter=~claims | Q(claimed_ms__isnull=True)),
        )
        .filter(claimed__gt=0)
    )
    found: dict[int, list[SittingClaim]] = defaultdict(list)
    for row in rows:
        found[row["attempt__lesson_id"]].append(_sitting(row))
    return found


def version_for(lesson: Lesson) -> Video:
    """The version of the package on which the lesson is begun now: the newest to which its learners were moved, or the
    lesson's own. One statement.
    """
    newest = ScormMove.objects.filter(lesson=lesson).select_related("video").order_by("-moved_at", "-pk").first()
    video = newest.video if newest else lesson.video
    if video is None:
        raise ValueError("the lesson shows no package")  # a constraint of the lesson says that it does
    return video


def open_attempts_on(lesson: Lesson) -> int:
    """How many learners are under way on a package in this lesson, on whichever version: one statement."""
    return ScormAttempt.objects.filter(lesson=lesson, ended_at__isnull=True).count()


def open_attempts_by_version(lesson_ids: Iterable[int]) -> dict[tuple[int, int], int]:
    """How many are under way, by (lesson, version): one statement."""
    rows = (
        ScormAttempt.objects.filter(lesson_id__in=list(lesson_ids), ended_at__isnull=True)
        .order_by()
        .values_list("lesson_id", "video_id")
        .annotate(number=Count("pk"))
    )
    return {(lesson_id, video_id): number for lesson_id, video_id, number in rows}


def moved_usages(video_ids: Sequence[int]) -> list[VideoUsage]:
    """The lessons whose learners were moved to one of these packages: one statement."""
    moves = ScormMove.objects.filter(video_id__in=video_ids).select_related("lesson__edition__course")
    found: dict[tuple[int, int], VideoUsage] = {}
    for move in moves.order_by("lesson_id", "pk"):
        lesson = move.lesson
        if move.video_id == lesson.video_id:
            continue  # back to the lesson's own, which the lesson says itself
        found[move.video_id, lesson.pk] = VideoUsage(
            video_id=move.video_id,
            place=UsagePlace.EDITION,
            course=lesson.edition.title,
            lesson=lesson.title,
            lesson_key=lesson.lesson_key,
            edition=lesson.edition.number,
            is_current=lesson.edition.course.current_edition_id == lesson.edition_id,
        )
    return list(found.values())


def videos_of_moves() -> set[int]:
    """The keys of all packages to which learners were ever moved: one statement."""
    return set(ScormMove.objects.order_by().values_list("video_id", flat=True).distinct())


def was_moved(attempt: ScormAttempt) -> bool:
    """Whether the learner is to be told that an earlier attempt ended because the package was exchanged: in the first
    sitting of the new one. At most one statement.
    """
    if attempt.number == 1 or attempt.generation > 1:
        return False
    before = ScormAttempt.objects.filter(
        enrolment_id=attempt.enrolment_id, lesson_id=attempt.lesson_id, number=attempt.number - 1
    )
    return before.filter(end=AttemptEnd.MOVED).exists()


def unjudged_lessons(*, since_opened: Any) -> QuerySet[LessonProgress]:
    """Lessons of packages with enough time measured and not reached, whose learners began a sitting lately.

    The sweep looks at these: what stands between a heartbeat or a commit and the judgement that should have followed.
    """
    lately = Q(enrolment__leases__lesson_id=F("lesson_id"), enrolment__leases__opened_at__gt=since_opened)
    enough = Q(credited_ms__gte=F("lesson__required_seconds") * 1000) | Q(
        credited_ms__gte=F("lesson__video__duration_ms")
    )
    rows = LessonProgress.objects.filter(lately, enough, reached_at__isnull=True, lesson__kind=LessonKind.SCORM)
    return rows.filter(enrolment__scorm_attempts__lesson_id=F("lesson_id")).order_by("pk").distinct()


def _sitting(row: Mapping[str, Any]) -> SittingClaim:
    heard = row["heard"] or timedelta()
    return SittingClaim(
        measured_ms=row["lease__credited_ms"],
        claimed_ms=int(row["claimed"]),
        heard_ms=max(0, heard // timedelta(milliseconds=1)),
        has_silent=row["silent"] > 0,
    )
