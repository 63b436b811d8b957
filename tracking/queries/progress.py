"""How far a learner got in a course, and what was not counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from accounts.models import Learner
from courses.models import Course, Lesson
from courses.queries import lessons_of
from tracking.models import Enrolment, LedgerEntry, LessonProgress, PlayLease
from tracking.queries.leases import LeaseTotals, lesson_terms, summed_leases
from tracking.queries.recognition import open_years
from tracking.queries.scorm_attempts import PackageStanding, package_standings


@dataclass(frozen=True, slots=True)
class LessonStanding:
    """One lesson as the course page shows it.

    ``counted_before``: the same lesson earned its minutes for another enrolment of the year. ``package`` is what else
    there is to say of a lesson that shows a package, where its learner has enrolled.
    """

    lesson: Lesson
    required_ms: int
    duration_ms: int
    credited_ms: int
    provisional_ms: int
    position_ms: int
    coverage: list[list[int]]
    is_completed: bool
    counted_before: bool
    package: PackageStanding | None = None

    @property
    def pages(self) -> int | None:
        """How many pages there are to turn; None where there are none."""
        return self.lesson.video.page_count if self.lesson.video else None

    @property
    def is_started(self) -> bool:
        """Whether anything was watched, or a package begun."""
        return self.credited_ms > 0 or (self.package is not None and bool(self.package.attempts))

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to earn."""
        return self.is_completed or self.counted_before

    @property
    def shown_ms(self) -> int:
        """Credited, never more than required: a bar does not run over."""
        credited_ms = self.credited_ms if self.package is None else self.package.time.credited_ms
        return min(credited_ms, self.required_ms)


@dataclass(frozen=True, slots=True)
class CourseProgress:
    """A learner's lessons of one enrolment, in their order."""

    enrolment: Enrolment
    lessons: tuple[LessonStanding, ...]

    @property
    def next_lesson(self) -> LessonStanding | None:
        """The first lesson with something left to earn."""
        return next((each for each in self.lessons if not each.is_done), None)

    @property
    def done_count(self) -> int:
        """Lessons with nothing left to earn."""
        return sum(each.is_done for each in self.lessons)

    def standing_of(self, lesson: Lesson) -> LessonStanding:
        """The lesson's standing.

        :raises StopIteration: the lesson is of another edition.
        """
        return next(each for each in self.lessons if each.lesson.pk == lesson.pk)

    def after(self, lesson: Lesson) -> LessonStanding | None:
        """The next lesson with something left to earn after ``lesson``, or before it when none is left after."""
        later = [each for each in self.lessons if each.lesson.position > lesson.position]
        earlier = [each for each in self.lessons if each.lesson.position < lesson.position]
        return next((each for each in [*later, *earlier] if not each.is_done), None)


def course_progress(enrolment: Enrolment) -> CourseProgress:
    """The lessons of the enrolment's edition in their order, with progress: four statements, however many lessons, and
    two more where any shows a package.
    """
    lessons = lessons_of(enrolment.edition)
    rows = {row.lesson_id: row for row in LessonProgress.objects.filter(enrolment=enrolment)}
    booked = set(
        LedgerEntry.objects.filter(
            learner_id=enrolment.learner_id,
            earned_on__range=(enrolment.ce_year.opens_on, enrolment.ce_year.closes_on),
            minutes__gt=0,
            reversal__isnull=True,
            lesson_key__in=[lesson.lesson_key for lesson in lessons],
        ).values_list("lesson_key", flat=True)
    )
    packages = package_standings(enrolment.pk, lessons, {key: row.credited_ms for key, row in rows.items()})
    standings = (
        _standing(lesson, rows.get(lesson.pk), lesson.lesson_key in booked, packages.get(lesson.pk))
        for lesson in lessons
    )
    return CourseProgress(enrolment=enrolment, lessons=tuple(standings))


def previewed_lessons(lessons: list[Lesson]) -> tuple[LessonStanding, ...]:
    """The same for someone who has not enrolled: nothing studied. No statement."""
    return tuple(_standing(lesson, None, False) for lesson in lessons)


def not_counted_of_lesson(enrolment: Enrolment, lesson: Lesson) -> dict[str, int]:
    """Milliseconds of the lesson that earned nothing, by reason code, over all leases: one statement."""
    leases = summed_leases(PlayLease.objects.filter(enrolment=enrolment, lesson=lesson))
    return LeaseTotals.read(next(iter(leases), None)).not_counted


def progress_under(lease: PlayLease) -> dict[str, object]:
    """What of the lease's lesson is credited, what waits for an answer, and where to resume: one statement."""
    row = LessonProgress.objects.get(enrolment_id=lease.enrolment_id, lesson_id=lease.lesson_id)
    return {
        "credited_ms": row.credited_ms,
        "coverage": row.coverage,
        "position_ms": row.position_ms,
        "provisional_ms": _length(row.provisional),
    }


def enrolment_in(learner: Learner, course: Course, *, on: date) -> Enrolment | None:
    """The enrolment to show: that of a year open on the day ``on``, or else the newest; None before any.

    Two statements.
    """
    open_ids = set(open_years(learner.pk, on).values_list("pk", flat=True))
    enrolments = list(enrolments_of(learner.pk).filter(course=course))
    return next((each for each in enrolments if each.ce_year_id in open_ids), next(iter(enrolments), None))


def enrolments_of(learner_id: int) -> QuerySet[Enrolment]:
    """The learner's enrolments, the newest first, each with course, edition and year: one statement."""
    return (
        Enrolment.objects.filter(learner_id=learner_id)
        .select_related("course", "edition", "ce_year__post", "ce_year__authority")
        .order_by("-enrolled_at", "-pk")
    )


def unbooked_progress() -> QuerySet[LessonProgress]:
    """Lessons studied to the end and not booked, the oldest first: what a crash left behind."""
    return LessonProgress.objects.filter(reached_at__isnull=False, completed_at__isnull=True).order_by(
        "reached_at", "pk"
    )


def _length(pieces: list[list[int]]) -> int:
    return sum(end - start for start, end in pieces)


def _standing(
    lesson: Lesson, row: LessonProgress | None, is_booked: bool, package: PackageStanding | None = None
) -> LessonStanding:
    terms = lesson_terms(lesson)
    is_completed = row is not None and row.reached_at is not None
    return LessonStanding(
        lesson=lesson,
        required_ms=terms.required_ms,
        duration_ms=terms.duration_ms,
        credited_ms=row.credited_ms if row else 0,
        provisional_ms=_length(row.provisional) if row else 0,
        position_ms=row.position_ms if row else 0,
        coverage=row.coverage if row else [],
        is_completed=is_completed,
        counted_before=is_booked and not is_completed,
        package=package,
    )
