"""Publishing a course: what is taught is frozen, and hours are earned against the frozen edition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import record_audit
from courses.enums import MEDIA_KINDS, TIMELINE_KINDS, Block, CountedAttempt, LessonKind, ScormGoal
from courses.models import (
    Course,
    CourseEdition,
    EditionCitation,
    Lesson,
    LessonCitation,
    LessonQuestion,
    Post,
    RegulatoryDocument,
)
from courses.rules.edition_digest import (
    EditionSubstance,
    LessonSubstance,
    QuestionSubstance,
    edition_digest,
    squeeze,
)
from courses.rules.hour_plausibility import LessonFigures, check_hours
from courses.rules.lesson_questions import QuestionText, find_faults
from lms.lib.errors import DomainError
from media_pipeline.enums import MediaKind, VideoState
from media_pipeline.models import Video


class EmptyCourseError(DomainError):
    """A course without a lesson earns nothing and cannot be published."""

    code = "empty_course"


class VideoNotReadyError(DomainError):
    """A lesson's video or slides cannot be played yet, or have just been changed."""

    code = "video_not_ready"


class WrongMediaError(DomainError):
    """A lesson of slides shows a film, or the other way round."""

    code = "wrong_media"


class ImplausibleCreditError(DomainError):
    """A lesson earns something for nothing, or asks for more than its video has."""

    code = "implausible_credit"


class FaultyQuestionError(DomainError):
    """A question on a lesson cannot be asked; ``code`` is its first fault."""

    code = "faulty_question"


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """A question as the editor left it.

    ``options`` are two to four, all different, the right one first. ``after_ms`` is where on the video's timeline the
    answer has been shown; 0 where it may be asked at any time, as always on a text.
    """

    prompt: str
    options: Sequence[str]
    after_ms: int = 0


@dataclass(frozen=True, slots=True)
class LessonDraft:
    """A lesson as the editor left it.

    ``lesson_key`` names the same lesson through all editions. ``credit_minutes`` is what it earns, ``required_seconds``
    the evidence asked for; ``body_html`` the rendered reading text. ``video`` is what it shows of the media library,
    None in a reading. ``questions`` may be asked while it is studied, to see that somebody is there. ``scorm_goal``,
    ``attempts_allowed`` and ``counted_attempt`` are terms of packages alone.
    """

    lesson_key: UUID
    kind: LessonKind
    title: str
    body_html: str = ""
    video: Video | None = None
    credit_minutes: int = 0
    required_seconds: int = 0
    documents: Sequence[RegulatoryDocument] = field(default_factory=tuple)
    questions: Sequence[QuestionDraft] = field(default_factory=tuple)
    scorm_goal: ScormGoal = ScormGoal.COMPLETED
    attempts_allowed: int = 0
    counted_attempt: CountedAttempt = CountedAttempt.BEST


@transaction.atomic
def freeze_edition(
    *,
    course: Course,
    title: str,
    summary: str,
    block: Block,
    posts: Sequence[Post],
    documents: Sequence[RegulatoryDocument],
    lessons: Sequence[LessonDraft],
    now: datetime,
    actor: User | None = None,
) -> CourseEdition:
    """Write what is taught as the course's next edition, make it the current one, and open the course to learners.

    Returns the current edition, and writes none, when nothing of substance differs from it: title, summary, block,
    posts, cited documents, and the lessons with their texts, videos, credit, questions and order. Safe to retry.

    :raises EmptyCourseError: there is no lesson.
    :raises VideoNotReadyError: a lesson's video or slides are missing or not playable yet, or slides were changed a
        moment ago; nothing is written.
    :raises WrongMediaError: a lesson shows the other kind of the two.
    :raises ImplausibleCreditError: a lesson has credit without evidence, or asks for more seconds than its video has.
    :raises FaultyQuestionError: a question has no prompt, too few, too many or equal options, or comes after the end.
    """
    _refuse_unready(lessons)
    _refuse_changed_lengths(lessons)
    _refuse_implausible(lessons)
    _refuse_faulty_questions(lessons)
    course = Course.objects.select_for_update(of=("self",)).select_related("current_edition").get(pk=course.pk)
    facts = {"title": title, "summary": summary, "block": Block(block)}
    substance = _substance_digest(facts, posts, documents, lessons)
    edition = course.current_edition
    if edition is None or edition.substance_digest != substance:
        edition = _write_edition(course, facts, posts, documents, lessons, substance, now)
        detail = {"number": edition.number, "digest": substance}
        record_audit(actor=actor, action="course.publish", target=edition, detail=detail, now=now)
    course.title, course.block, course.current_edition, course.is_open = title, block, edition, True
    course.save(update_fields=["title", "block", "current_edition", "is_open"])
    course.posts.set(posts if block == Block.PROFESSIONAL else [])
    return edition


@transaction.atomic
def close_course(*, course: Course, now: datetime, actor: User | None = None) -> Course:
    """Offer the course to nobody new; editions, enrolments and earned hours stay. Closing twice is closing once."""
    course = Course.objects.select_for_update().get(pk=course.pk)
    if course.is_open:
        course.is_open = False
        course.save(update_fields=["is_open"])
        record_audit(actor=actor, action="course.close", target=course, detail={}, now=now)
    return course


def _refuse_unready(lessons: Sequence[LessonDraft]) -> None:
    if not lessons:
        raise EmptyCourseError(_("课程至少要有一个课时才能发布"))
    for lesson in lessons:
        if lesson.kind not in MEDIA_KINDS:
            continue
        kind = LessonKind(lesson.kind).label
        if lesson.video is None:
            text = _("课时“{title}”还没有选择{kind}")
            raise VideoNotReadyError(text.format(title=lesson.title, kind=kind))
        if lesson.video.state != VideoState.READY:
            state = lesson.video.get_state_display()
            text = _("课时“{title}”的视频尚不能播放（{state}），请等转码完成后再发布")
            raise VideoNotReadyError(text.format(title=lesson.title, state=state))
        if lesson.video.kind != lesson.kind:
            chosen = MediaKind(lesson.video.kind).label
            text = _("课时“{title}”的形式是{kind}，选择的却是{chosen}，请更换")
            raise WrongMediaError(text.format(title=lesson.title, kind=kind, chosen=chosen))


def _refuse_changed_lengths(lessons: Sequence[LessonDraft]) -> None:
    """Hold decks and packages until the edition stands: their lengths may be changed only where none shows them."""
    media = {each.video.pk: each.video for each in lessons if each.video and each.video.kind != MediaKind.VIDEO}
    for held in Video.objects.select_for_update().filter(pk__in=media).order_by("pk"):
        if held.duration_ms != media[held.pk].duration_ms:
            text = _("“{title}”的学习时长刚被修改，请核对所需学习秒数后再发布")
            raise VideoNotReadyError(text.format(title=held.title))


def _write_edition(
    course: Course,
    facts: dict[str, str],
    posts: Sequence[Post],
    documents: Sequence[RegulatoryDocument],
    lessons: Sequence[LessonDraft],
    substance: str,
    now: datetime,
) -> CourseEdition:
    newest = course.editions.order_by("-number").first()
    edition = CourseEdition.objects.create(
        course=course,
        number=newest.number + 1 if newest else 1,
        post_codes=_post_codes(facts, posts),
        credit_minutes=sum(lesson.credit_minutes for lesson in lessons),
        substance_digest=substance,
        frozen_at=now,
        **facts,
    )
    EditionCitation.objects.bulk_create(EditionCitation(edition=edition, document=document) for document in documents)
    for position, draft in enumerate(lessons, start=1):
        lesson = Lesson.objects.create(
            edition=edition,
            lesson_key=draft.lesson_key,
            position=position,
            kind=draft.kind,
            title=draft.title,
            body=draft.body_html,
            video=draft.video,
            credit_minutes=draft.credit_minutes,
            required_seconds=draft.required_seconds,
            scorm_goal=draft.scorm_goal,
            attempts_allowed=draft.attempts_allowed,
            counted_attempt=draft.counted_attempt,
        )
        LessonCitation.objects.bulk_create(LessonCitation(lesson=lesson, document=item) for item in draft.documents)
        LessonQuestion.objects.bulk_create(_questions(lesson, draft.questions))
    return edition


def _questions(lesson: Lesson, drafts: Sequence[QuestionDraft]) -> list[LessonQuestion]:
    return [
        LessonQuestion(
            lesson=lesson,
            position=position,
            prompt=squeeze(draft.prompt),
            options=[squeeze(option) for option in draft.options],
            after_ms=draft.after_ms,
        )
        for position, draft in enumerate(drafts, start=1)
    ]


def _post_codes(facts: dict[str, str], posts: Sequence[Post]) -> list[str]:
    return sorted(post.code for post in posts) if facts["block"] == Block.PROFESSIONAL else []


def _substance_digest(
    facts: dict[str, str],
    posts: Sequence[Post],
    documents: Sequence[RegulatoryDocument],
    lessons: Sequence[LessonDraft],
) -> str:
    return edition_digest(
        EditionSubstance(
            **facts,
            posts=_post_codes(facts, posts),
            documents=[document.number for document in documents],
            lessons=[
                LessonSubstance(
                    lesson_key=lesson.lesson_key,
                    kind=str(lesson.kind),
                    title=lesson.title,
                    body=lesson.body_html,
                    video=lesson.video.uuid if lesson.video else None,
                    credit_minutes=lesson.credit_minutes,
                    required_seconds=lesson.required_seconds,
                    documents=[document.number for document in lesson.documents],
                    questions=[
                        QuestionSubstance(item.prompt, item.options, item.after_ms) for item in lesson.questions
                    ],
                    scorm=_scorm_terms(lesson),
                )
                for lesson in lessons
            ],
        )
    )


def _scorm_terms(lesson: LessonDraft) -> list[str | int]:
    if lesson.kind != LessonKind.SCORM:
        return []
    return [str(lesson.scorm_goal), lesson.attempts_allowed, str(lesson.counted_attempt)]


def _refuse_implausible(lessons: Sequence[LessonDraft]) -> None:
    figures = [
        LessonFigures(
            lesson_key=lesson.lesson_key,
            credit_minutes=lesson.credit_minutes,
            required_seconds=lesson.required_seconds,
            media_seconds=lesson.video.duration_ms // 1000 if lesson.video and lesson.video.duration_ms else None,
        )
        for lesson in lessons
    ]
    titles = {lesson.lesson_key: lesson.title for lesson in lessons}
    for finding in check_hours(figures):
        if finding.is_blocking:
            text = _("课时“{title}”要求学习 {found} 秒，依据其学时或视频时长应在 {expected} 秒以内且大于 0")
            raise ImplausibleCreditError(
                text.format(
                    title=titles[finding.lesson_key], found=finding.found_seconds, expected=finding.expected_seconds
                )
            )


def _refuse_faulty_questions(lessons: Sequence[LessonDraft]) -> None:
    for lesson in lessons:
        faults = find_faults(
            [QuestionText(item.prompt, item.options, item.after_ms) for item in lesson.questions],
            is_video=lesson.kind in TIMELINE_KINDS,
            duration_ms=lesson.video.duration_ms if lesson.video and lesson.kind in TIMELINE_KINDS else None,
        )
        for number, fault in faults:
            text = _("课时“{title}”的第 {number} 道随堂提问不能使用，请检查题目、选项和出现时间")
            raise FaultyQuestionError(text.format(title=lesson.title, number=number + 1), code=fault.value)
