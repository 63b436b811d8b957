"""What packages reported, for their authors and for whoever helps learners."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.enums import IdKind
from accounts.models import Learner
from accounts.queries import IdentityRefusedError, identity_digest
from courses.models import Lesson
from lms.lib.keyset import KeysetPage, keyset_page
from media_pipeline.models import Video
from tracking.models import (
    LessonProgress,
    ScormActivity,
    ScormAttempt,
    ScormCommit,
    ScormInteraction,
    ScormObjective,
    ScormSession,
)
from tracking.queries.scorm_attempts import PackageStanding, claims_by_lesson, package_standing

STATES: dict[str, tuple[Any, Q]] = {
    "open": (_("学习中"), Q(ended_at__isnull=True)),
    "ended": (_("已结束"), Q(ended_at__isnull=False)),
    "completed": (_("已学完"), Q(completion="completed")),
    "passed": (_("已通过"), Q(success="passed")),
    "failed": (_("未通过"), Q(success="failed")),
}
MOST_ROWS = 500  # of one kind on one page: a package that writes more is a package gone wild
MOST_LETTERS = 2_000_000  # of all elements on one page, names included
MOST_LEARNERS = 20
MOST_ATTEMPTS = 20_000  # of a package that a report adds up, the newest
CHUNK = 1_000
_PLACE = re.compile(r"(\d{1,9})-(\d{1,10})")


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One launch of one item: what it claims, for how long it was heard of, and what its lease's clock credited."""

    session: ScormSession
    title: str
    heard_ms: int


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """One item with all that it stored; ``elements`` by name, questions and objectives by their place."""

    activity: ScormActivity
    title: str
    elements: tuple[tuple[str, str], ...]
    interactions: tuple[ScormInteraction, ...]
    objectives: tuple[ScormObjective, ...]


@dataclass(frozen=True, slots=True)
class AttemptDetail:
    """One attempt with everything that it left, up to :data:`MOST_ROWS` of a kind and :data:`MOST_LETTERS` of elements.

    ``is_cut`` where there is more.
    """

    attempt: ScormAttempt
    activities: tuple[ActivityRow, ...]
    sessions: tuple[SessionRow, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class CommitPage:
    """Commits, newest first; ``older`` is where the next page begins, "" where none is."""

    commits: tuple[ScormCommit, ...]
    older: str


@dataclass(frozen=True, slots=True)
class ItemRow:
    """How one item went over all attempts. Means are None where nobody had a score."""

    key: str
    title: str
    attempts: int
    completed: int
    passed: int
    failed: int
    mean_scaled: float | None
    mean_raw: float | None


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """How one question of an item was answered; ``right_percent`` of those answers that were judged, or None."""

    item: str
    key: str
    kind: str
    description: str
    answers: int
    right: int
    judged: int

    @property
    def right_percent(self) -> int | None:
        """Whole percent, rounded down."""
        return self.right * 100 // self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class PackageReport:
    """A package item by item and question by question, over its newest :data:`MOST_ATTEMPTS` attempts."""

    attempts: int
    completed: int
    passed: int
    mean_scaled: float | None
    is_cut: bool
    items: tuple[ItemRow, ...]
    questions: tuple[QuestionRow, ...]


def titles_of(video: Video) -> dict[str, str]:
    """The titles of a package's items by their identifiers, in the package's order. ``video.scorm`` is loaded."""
    content = getattr(video, "scorm", None)
    root = content.outline.get("root") if content is not None else None
    return dict(_walk(root)) if isinstance(root, dict) else {}


def attempts_listed(
    *,
    video: Video | None = None,
    lesson: Lesson | None = None,
    state: str = "",
    learners: Sequence[int] | None = None,
) -> QuerySet[ScormAttempt]:
    """Attempts that a list shows: of one package, at one lesson, in one state, of some learners."""
    rows = ScormAttempt.objects.all()
    if lesson is not None:
        rows = rows.filter(lesson=lesson)
    if video is not None:
        rows = rows.filter(video=video)
    if state in STATES:
        rows = rows.filter(STATES[state][1])
    if learners is not None:
        rows = rows.filter(enrolment__learner_id__in=learners)
    return rows


def count_attempts(video: Video) -> dict[str, int]:
    """How many attempts there are at a package, under way, learnt and passed: one statement."""
    return ScormAttempt.objects.filter(video=video).aggregate(
        number=Count("pk"),
        open=Count("pk", filter=Q(ended_at__isnull=True)),
        completed=Count("pk", filter=Q(completion="completed")),
        passed=Count("pk", filter=Q(success="passed")),
    )


def attempt_page(rows: QuerySet[ScormAttempt], *, place: str, size: int) -> KeysetPage:
    """A page of attempts, those begun last first: two statements at most."""
    return keyset_page(rows, by="began_at", place=place, size=size)


def attempts_ready(ids: Sequence[int]) -> list[ScormAttempt]:
    """These attempts in this order, each with learner, authority, lesson and package: one statement."""
    found = {each.pk: each for each in _ready().filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]


def learners_found(words: str) -> list[int]:
    """Learners of exactly this name, or of exactly this identity number, of whatever kind: one statement."""
    digests = []
    for kind in IdKind:
        with suppress(IdentityRefusedError):
            digests.append(identity_digest(id_kind=kind, id_number=words))
    rows = Learner.objects.filter(Q(full_name=words) | Q(id_digest__in=digests))
    return list(rows.order_by("pk").values_list("pk", flat=True)[:MOST_LEARNERS])


def attempts_beside(uuid: UUID) -> list[ScormAttempt]:
    """The attempt with this uuid and the learner's others at the same lesson, by number; empty where there is none.

    One statement; each with learner, authority, lesson, package, and what is credited of the lesson as ``measured_ms``,
    ``reached_at`` and ``booked_at``.
    """
    own = ScormAttempt.objects.filter(uuid=uuid)
    progress = LessonProgress.objects.filter(enrolment=OuterRef("enrolment"), lesson=OuterRef("lesson"))
    rows = (
        _ready()
        .select_related("lesson__video", "video__scorm")
        .annotate(
            measured_ms=Subquery(progress.values("credited_ms")),
            reached_at=Subquery(progress.values("reached_at")),
            booked_at=Subquery(progress.values("completed_at")),
        )
    )
    place = rows.filter(enrolment=Subquery(own.values("enrolment")), lesson=Subquery(own.values("lesson")))
    return list(place.order_by("number"))


def standing_beside(attempts: Sequence[ScormAttempt]) -> PackageStanding:
    """How far the learner of :func:`attempts_beside` is in the lesson: one statement."""
    first = attempts[0]
    sittings = claims_by_lesson(first.enrolment_id, [first.lesson_id])[first.lesson_id]
    measured_ms = getattr(first, "measured_ms", None) or 0
    return package_standing(first.lesson, list(attempts), sittings, measured_ms=measured_ms)


def attempt_detail(attempt: ScormAttempt) -> AttemptDetail:
    """Everything that an attempt left: four statements. ``attempt.video`` has its ``scorm``."""
    titles = titles_of(attempt.video)
    activities = list(attempt.activities.order_by("pk")[: MOST_ROWS + 1])
    keys = [each.pk for each in activities]
    interactions = list(
        ScormInteraction.objects.filter(activity__in=keys).order_by("activity_id", "position")[: MOST_ROWS + 1]
    )
    objectives = list(
        ScormObjective.objects.filter(activity__in=keys).order_by("activity_id", "position")[: MOST_ROWS + 1]
    )
    sessions = list(attempt.sessions.select_related("lease").order_by("-began_at", "-pk")[: MOST_ROWS + 1])
    room, shown = MOST_LETTERS, {}
    for each in activities:
        shown[each.pk], room = _fitting(each.elements, room)
    return AttemptDetail(
        attempt=attempt,
        activities=tuple(
            ActivityRow(
                activity=each,
                title=titles.get(each.key, each.key),
                elements=shown[each.pk],
                interactions=tuple(row for row in interactions[:MOST_ROWS] if row.activity_id == each.pk),
                objectives=tuple(row for row in objectives[:MOST_ROWS] if row.activity_id == each.pk),
            )
            for each in activities[:MOST_ROWS]
        ),
        sessions=tuple(
            SessionRow(each, titles.get(each.activity_key, each.activity_key), _heard_ms(each))
            for each in sessions[:MOST_ROWS]
        ),
        is_cut=room < 0 or max(len(activities), len(interactions), len(objectives), len(sessions)) > MOST_ROWS,
    )


def commit_page(attempt: ScormAttempt, *, place: str, size: int) -> CommitPage:
    """The commits of an attempt before a place, newest first: one statement."""
    rows = ScormCommit.objects.filter(attempt=attempt)
    found = _PLACE.fullmatch(place)
    if found:
        generation, sequence = int(found[1]), int(found[2])
        rows = rows.filter(Q(generation__lt=generation) | Q(generation=generation, sequence__lt=sequence))
    taken = list(rows.order_by("-generation", "-sequence")[: size + 1])
    last = taken[size - 1] if len(taken) > size else None
    return CommitPage(tuple(taken[:size]), f"{last.generation}-{last.sequence}" if last else "")


def package_report(video: Video) -> PackageReport:
    """How a package went, item by item: four statements, over a bounded number of attempts."""
    titles = titles_of(video)
    newest = ScormAttempt.objects.filter(video=video).order_by("-began_at", "-pk")[:MOST_ATTEMPTS]
    within = ScormAttempt.objects.filter(pk__in=newest.values("pk"))
    whole = within.aggregate(
        number=Count("pk"),
        done=Count("pk", filter=Q(completion="completed")),
        good=Count("pk", filter=Q(success="passed")),
        scaled=Avg("score_scaled"),
    )
    order = {key: place for place, key in enumerate(titles)}
    items = sorted(_items(within, titles), key=lambda row: (order.get(row.key, len(order)), row.key))
    return PackageReport(
        attempts=whole["number"],
        completed=whole["done"],
        passed=whole["good"],
        mean_scaled=whole["scaled"],
        is_cut=whole["number"] == MOST_ATTEMPTS,
        items=tuple(items),
        questions=tuple(_questions(within, titles)),
    )


def walk_attempts(video: Video) -> Iterator[ScormAttempt]:
    """Every attempt at a package in the order of beginning, ready to write out; a statement a thousand."""
    yield from _walk_rows(_ready().filter(video=video))


def walk_interactions(video: Video) -> Iterator[ScormInteraction]:
    """Every answer given in a package, each with its attempt and learner; a statement a thousand."""
    learner = "activity__attempt__enrolment__learner"
    authority = "activity__attempt__enrolment__ce_year__authority"
    rows = ScormInteraction.objects.filter(activity__attempt__video=video)
    yield from _walk_rows(
        rows.select_related(learner, authority).defer("activity__elements", "activity__attempt__state")
    )


def _ready() -> QuerySet[ScormAttempt]:
    rows = ScormAttempt.objects.select_related("enrolment__learner", "enrolment__ce_year__authority", "lesson", "video")
    return rows.defer("state")


def _walk_rows(rows: QuerySet[Any]) -> Iterator[Any]:
    last = 0
    while taken := list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        yield from taken
        last = taken[-1].pk


def _items(within: QuerySet[ScormAttempt], titles: dict[str, str]) -> Iterator[ItemRow]:
    rows = (
        ScormActivity.objects.filter(attempt__in=within)
        .order_by()
        .values("key")
        .annotate(
            number=Count("pk"),
            done=Count("pk", filter=Q(completion="completed") | Q(success="passed")),
            good=Count("pk", filter=Q(success="passed")),
            bad=Count("pk", filter=Q(success="failed")),
            scaled=Avg("score_scaled"),
            raw=Avg("score_raw"),
        )[:MOST_ROWS]
    )
    for row in rows:
        key = row["key"]
        yield ItemRow(
            key, titles.get(key, key), row["number"], row["done"], row["good"], row["bad"], row["scaled"], row["raw"]
        )


def _questions(within: QuerySet[ScormAttempt], titles: dict[str, str]) -> Iterator[QuestionRow]:
    judged = ["correct", "incorrect", "wrong", "unanticipated"]
    rows = (
        ScormInteraction.objects.filter(activity__attempt__in=within)
        .order_by()
        .values("activity__key", "key", "kind", "description")
        .annotate(
            answers=Count("pk", filter=~Q(learner_response="")),
            right=Count("pk", filter=Q(result="correct")),
            judged=Count("pk", filter=Q(result__in=judged)),
        )
        .order_by("activity__key", "key", "kind", "description")[:MOST_ROWS]
    )
    for row in rows:
        item = row["activity__key"]
        yield QuestionRow(
            titles.get(item, item),
            row["key"],
            row["kind"],
            row["description"],
            row["answers"],
            row["right"],
            row["judged"],
        )


def _fitting(elements: dict[str, str], room: int) -> tuple[tuple[tuple[str, str], ...], int]:
    """The first elements that fit, and how much room is left: less than none where not all did."""
    found = []
    for pair in sorted(elements.items(), key=lambda pair: _natural(pair[0])):
        if (room := room - len(pair[0]) - len(pair[1])) < 0:
            break
        found.append(pair)
    return tuple(found), room


def _walk(activity: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield str(activity.get("id", "")), str(activity.get("title") or activity.get("id", ""))
    for child in activity.get("children", ()):
        yield from _walk(child)


def _heard_ms(session: ScormSession) -> int:
    return max(0, (session.heard_at - session.began_at) // timedelta(milliseconds=1))


def _natural(name: str) -> list[tuple[int, str]]:
    """Order cmi.interactions.10 after cmi.interactions.9."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in name.split(".")]
