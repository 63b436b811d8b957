"""When is a republished course another edition? When its substance differs.

**Substance** is what is taught and what it earns: title, summary, block, posts, cited documents, and of every lesson,
in order, its key, kind, title, reading text, video, credit, required evidence, cited documents, and the questions
asked on it, in order.

**Not substance**: who published it and when, the page's address, its pictures and promotion, the order in which
documents or posts are listed, and white space (runs of it are one blank, and Unicode is normalised to NFC), so
opening a page in the editor and saving it again makes no edition.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from lms.lib.digests import digest

SCHEMA = 1  # raise it when the definition of substance changes: every digest then changes


@dataclass(frozen=True, slots=True)
class QuestionSubstance:
    """One question. The first of ``options`` is right, so their order is substance; ``after_ms`` is where it is due."""

    prompt: str
    options: Sequence[str]
    after_ms: int


@dataclass(frozen=True, slots=True)
class LessonSubstance:
    """One lesson. ``video`` is its video's public id, None in a reading lesson; ``documents`` are cited numbers.

    ``scorm`` are the terms of a package: goal, attempts allowed, which attempt counts; empty for all other lessons.
    """

    lesson_key: UUID
    kind: str
    title: str
    body: str
    video: UUID | None
    credit_minutes: int
    required_seconds: int
    documents: Sequence[str] = ()
    questions: Sequence[QuestionSubstance] = ()
    scorm: Sequence[str | int] = ()


@dataclass(frozen=True, slots=True)
class EditionSubstance:
    """What a publication would freeze. ``posts`` are post codes, ``documents`` cited numbers; lessons are in order."""

    title: str
    summary: str
    block: str
    posts: Sequence[str]
    documents: Sequence[str]
    lessons: Sequence[LessonSubstance]


def edition_digest(edition: EditionSubstance) -> str:
    """SHA-256 of the substance, 64 lower-case hexadecimal characters; equal substance gives an equal digest."""
    return digest(
        {
            "schema": SCHEMA,
            "title": squeeze(edition.title),
            "summary": squeeze(edition.summary),
            "block": edition.block,
            "posts": sorted(set(edition.posts)),
            "documents": sorted(set(edition.documents)),
            "lessons": [_lesson(lesson) for lesson in edition.lessons],
        }
    )


def squeeze(text: str) -> str:
    """Text without differences that nobody sees: NFC, every run of white space one blank, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _lesson(lesson: LessonSubstance) -> dict[str, object]:
    facts: dict[str, object] = {
        "key": lesson.lesson_key,
        "kind": lesson.kind,
        "title": squeeze(lesson.title),
        "body": squeeze(lesson.body),
        "video": lesson.video,
        "credit_minutes": lesson.credit_minutes,
        "required_seconds": lesson.required_seconds,
        "documents": sorted(set(lesson.documents)),
    }
    if lesson.questions:  # left out where there are none: editions frozen before questions existed keep their digest
        facts["questions"] = [_question(question) for question in lesson.questions]
    if lesson.scorm:
        facts["scorm"] = list(lesson.scorm)
    return facts


def _question(question: QuestionSubstance) -> dict[str, object]:
    return {
        "prompt": squeeze(question.prompt),
        "options": [squeeze(option) for option in question.options],
        "after_ms": question.after_ms,
    }
