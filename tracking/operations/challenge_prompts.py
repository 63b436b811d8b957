"""Draw what a challenge asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random, SystemRandom

from django.utils.translation import gettext as _

from courses.models import Lesson, LessonQuestion
from courses.queries import questions_of
from tracking.enums import ChallengeKind, ChallengeOutcome
from tracking.models import Challenge, LessonProgress, PlayLease
from tracking.rules.challenge_choice import (
    Askable,
    Asking,
    ShownOptions,
    choose_asking,
    choose_question,
    shuffle_options,
)
from tracking.rules.intervals import Intervals, merge

_draw = SystemRandom()


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is asked, and the options as they are shown. ``question`` is None for a presence prompt."""

    kind: ChallengeKind
    prompt: str
    shown: ShownOptions
    question: LessonQuestion | None = None


def draw_prompt(*, lease: PlayLease, progress: LessonProgress, wants_question: bool, draw: Random = _draw) -> Prompt:
    """Draw a prompt for the lesson of ``lease``, from what was watched of it; in the reader's language.

    A question of the lesson where the policy wants one and one can be asked, else a presence prompt: which lesson this
    is, or the word that is shown. At most three statements.
    """
    question = _question(lease, progress, draw) if wants_question else None
    titles = [] if question else _other_titles(lease.lesson)
    asking = choose_asking(
        wants_question=wants_question, has_question=question is not None, has_other_lessons=bool(titles), draw=draw
    )
    if asking == Asking.QUESTION and question is not None:
        shown = shuffle_options(question.options[0], question.options[1:], draw=draw)
        return Prompt(ChallengeKind.QUIZ, question.prompt, shown, question)
    if asking == Asking.LESSON:
        shown = shuffle_options(lease.lesson.title, titles, draw=draw)
        return Prompt(ChallengeKind.PRESENCE, _("您正在学习的是哪一节？"), shown)
    right, *wrong = draw.sample(site_words(), 4)
    prompt = _("请选出与引号内相同的词：“{word}”").format(word=right)
    return Prompt(ChallengeKind.PRESENCE, prompt, shuffle_options(right, wrong, draw=draw))


def site_words() -> list[str]:
    """Words of the building site, all different, in the reader's language."""
    return [
        _("安全帽"),
        _("脚手架"),
        _("混凝土"),
        _("钢筋"),
        _("模板"),
        _("塔式起重机"),
        _("灭火器"),
        _("基坑"),
        _("配电箱"),
        _("防水层"),
        _("水准仪"),
        _("施工日志"),
    ]


def _question(lease: PlayLease, progress: LessonProgress, draw: Random) -> LessonQuestion | None:
    questions = {question.pk: question for question in questions_of(lease.lesson)}
    if not questions:
        return None
    asked = Challenge.objects.filter(learner_id=lease.learner_id, lesson_id=lease.lesson_id, question__isnull=False)
    last_id, last_outcome = asked.order_by("-asked_at", "-pk").values_list("question_id", "outcome").first() or (
        None,
        "",
    )
    chosen = choose_question(
        [Askable(question.pk, question.after_ms) for question in questions.values()],
        watched=_watched(progress),
        position_ms=progress.position_ms,
        last_id=last_id,
        is_last_left=last_outcome in (ChallengeOutcome.OPEN, ChallengeOutcome.MISSED),
        draw=draw,
    )
    return None if chosen is None else questions[chosen]


def _other_titles(lesson: Lesson) -> Sequence[str]:
    others = Lesson.objects.filter(edition_id=lesson.edition_id).exclude(title=lesson.title)
    return list(dict.fromkeys(others.order_by("position", "pk").values_list("title", flat=True)))


def _watched(progress: LessonProgress) -> Intervals:
    return merge((start, end) for start, end in (*progress.coverage, *progress.provisional))
