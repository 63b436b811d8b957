"""Lessons of slides: what may be published, and what stays as it was published."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from courses.enums import LessonKind
from courses.models import Lesson
from courses.operations import (
    FaultyQuestionError,
    ImplausibleCreditError,
    QuestionDraft,
    VideoNotReadyError,
    WrongMediaError,
)
from media_pipeline.enums import VideoState
from media_pipeline.models import Video
from media_pipeline.operations import PageSecondsRefusedError, set_page_seconds
from tests.factories.courses import (
    make_course,
    make_edition,
    make_lesson_draft,
    make_ready_deck,
    make_ready_video,
    make_slides_lesson_draft,
)

pytestmark = pytest.mark.django_db


def test_lesson_of_slides_is_frozen_with_its_deck():
    deck = make_ready_deck(pages=6, page_seconds=10)
    edition = make_edition(lessons=[make_slides_lesson_draft(video=deck)])
    lesson = edition.lessons.get()
    assert (lesson.kind, lesson.video, lesson.required_seconds) == (LessonKind.SLIDES, deck, 60)
    assert lesson.get_kind_display() == "幻灯片"


def test_what_slides_ask_for_never_changes_once_published():
    deck = make_ready_deck(pages=6, page_seconds=10)
    course = make_course()
    edition = make_edition(course=course, lessons=[make_slides_lesson_draft(video=deck)])
    with pytest.raises(PageSecondsRefusedError):
        set_page_seconds(video=deck, page_seconds=5, user=None)
    lesson = edition.lessons.select_related("video").get()
    assert (lesson.required_seconds, lesson.video.duration_ms, lesson.video.page_seconds) == (60, 60_000, 10)


def test_seconds_changed_between_writing_and_publishing_are_noticed():
    deck = make_ready_deck(pages=6, page_seconds=10)
    draft = make_slides_lesson_draft(video=Video.objects.get(pk=deck.pk))
    set_page_seconds(video=deck, page_seconds=5, user=None)
    with pytest.raises(VideoNotReadyError, match="刚被修改"):
        make_edition(lessons=[draft])
    assert Lesson.objects.count() == 0


def test_lesson_shows_what_it_says_it_is():
    with pytest.raises(WrongMediaError, match="形式是幻灯片，选择的却是视频"):
        make_edition(lessons=[make_slides_lesson_draft(video=make_ready_video(), title="一")])
    with pytest.raises(WrongMediaError, match="形式是视频，选择的却是幻灯片"):
        make_edition(lessons=[make_lesson_draft(kind=LessonKind.VIDEO, video=make_ready_deck(), body_html="")])


def test_slides_that_are_missing_or_not_ready_are_refused():
    with pytest.raises(VideoNotReadyError, match="还没有选择幻灯片"):
        make_edition(lessons=[make_lesson_draft(kind=LessonKind.SLIDES, body_html="")])
    deck = make_ready_deck(state=VideoState.TRANSCODING)
    with pytest.raises(VideoNotReadyError, match="尚不能播放"):
        make_edition(lessons=[make_slides_lesson_draft(video=deck)])


def test_more_than_all_pages_cannot_be_asked():
    with pytest.raises(ImplausibleCreditError):
        make_edition(lessons=[make_slides_lesson_draft(required_seconds=61)])


def test_questions_on_slides_stand_on_their_timeline():
    asked = QuestionDraft("试块强度达到多少方可拆模？", ["百分之百", "一半"], after_ms=60_000)
    edition = make_edition(lessons=[make_slides_lesson_draft(questions=[asked])])
    assert edition.lessons.get().questions.get().after_ms == 60_000
    late = QuestionDraft("何时拆模？", ["达到强度后", "第二天"], after_ms=60_001)
    with pytest.raises(FaultyQuestionError):
        make_edition(lessons=[make_slides_lesson_draft(questions=[late])])


def test_database_refuses_slides_without_a_deck():
    edition = make_edition(lessons=[make_slides_lesson_draft()])
    with pytest.raises(IntegrityError), transaction.atomic():
        Lesson.objects.create(
            edition=edition, position=2, kind=LessonKind.SLIDES, title="空", credit_minutes=1, required_seconds=1
        )


def test_lessons_are_still_locked_after_the_migration():
    make_edition(lessons=[make_slides_lesson_draft()])
    if connection.vendor == "postgresql":
        with pytest.raises(IntegrityError, match="written once"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE courses_lesson SET required_seconds = 1")
        return
    with connection.cursor() as cursor:  # elsewhere there is no trigger to lose, and the models refuse
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'courses_lesson'")
        assert cursor.fetchone() == (0,)


def test_edition_without_slides_keeps_its_digest():
    edition = make_edition(lessons=[make_lesson_draft()])
    again = make_edition(course=edition.course, lessons=[_same(edition.lessons.get())])
    assert again == edition


def _same(lesson: Lesson):
    return make_lesson_draft(
        lesson_key=lesson.lesson_key,
        title=lesson.title,
        body_html=lesson.body,
        credit_minutes=lesson.credit_minutes,
        required_seconds=lesson.required_seconds,
    )
