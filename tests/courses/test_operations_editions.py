"""Freezing of editions: what is published is written once, and only when it differs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from courses.enums import Block, LessonKind
from courses.models import CourseEdition
from courses.operations import (
    EmptyCourseError,
    FaultyQuestionError,
    ImplausibleCreditError,
    QuestionDraft,
    VideoNotReadyError,
    close_course,
)
from courses.queries import lessons_of, questions_of
from media_pipeline.enums import VideoState
from tests.factories.courses import (
    NOW,
    make_course,
    make_document,
    make_edition,
    make_lesson_draft,
    make_post,
    make_ready_video,
    make_video_lesson_draft,
)

pytestmark = pytest.mark.django_db


def test_freezing_writes_lessons_in_order_with_credit_and_citations():
    post, document = make_post(), make_document()
    first = make_video_lesson_draft(title="第一课", credit_minutes=2, required_seconds=100)
    second = make_lesson_draft(title="第二课", credit_minutes=3, documents=[document])

    edition = make_edition(course=make_course(posts=[post]), lessons=[first, second], documents=[document])

    assert edition.number == 1
    assert edition.credit_minutes == 5
    assert edition.post_codes == [post.code]
    assert edition.frozen_at == NOW
    assert [(item.position, item.title, item.lesson_key) for item in lessons_of(edition)] == [
        (1, "第一课", first.lesson_key),
        (2, "第二课", second.lesson_key),
    ]
    assert [citation.document for citation in lessons_of(edition)[1].citations.all()] == [document]
    assert [citation.document for citation in edition.citations.all()] == [document]


def test_freezing_opens_the_course_and_leaves_one_audit_row():
    edition = make_edition()

    edition.course.refresh_from_db()
    assert edition.course.is_open is True
    assert edition.course.current_edition == edition
    assert [entry.action for entry in AuditEntry.objects.all()] == ["course.publish"]


def test_freezing_the_same_substance_again_returns_the_edition_there_is():
    draft = make_lesson_draft()
    first = make_edition(lessons=[draft])

    again = make_edition(course=first.course, lessons=[draft], now=NOW + timedelta(days=1))

    assert again == first
    assert CourseEdition.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [{"title": "改了"}, {"body_html": "<p>改了</p>"}, {"credit_minutes": 2}, {"required_seconds": 60}],
)
def test_any_change_of_a_lesson_makes_the_next_edition(change):
    draft = make_lesson_draft()
    first = make_edition(lessons=[draft])

    second = make_edition(course=first.course, lessons=[make_lesson_draft(**{**_fields(draft), **change})])

    assert second.number == 2
    assert lessons_of(second)[0].lesson_key == draft.lesson_key
    assert lessons_of(first)[0].title == draft.title


def test_another_order_of_lessons_makes_the_next_edition():
    one, two = make_lesson_draft(), make_lesson_draft()
    first = make_edition(lessons=[one, two])

    assert make_edition(course=first.course, lessons=[two, one]).number == 2


def test_a_course_without_lessons_is_refused():
    with pytest.raises(EmptyCourseError, match="至少要有一个课时"):
        make_edition(lessons=[])


def test_a_video_that_is_not_ready_blocks_and_writes_nothing():
    video = make_ready_video(state=VideoState.TRANSCODING, percent=40)

    with pytest.raises(VideoNotReadyError, match="尚不能播放（转码中）"):
        make_edition(lessons=[make_video_lesson_draft(video=video)])

    assert CourseEdition.objects.count() == 0


def test_a_video_lesson_without_a_video_blocks():
    with pytest.raises(VideoNotReadyError, match="还没有选择视频"):
        make_edition(lessons=[make_lesson_draft(kind=LessonKind.VIDEO)])


def test_a_lesson_that_asks_for_more_than_its_video_has_is_refused():
    video = make_ready_video(duration_ms=60_000)

    with pytest.raises(ImplausibleCreditError, match="要求学习 61 秒"):
        make_edition(lessons=[make_video_lesson_draft(video=video, required_seconds=61)])


def test_a_common_course_belongs_to_no_single_post():
    edition = make_edition(course=make_course(block=Block.COMMON, posts=[make_post()]))

    assert edition.post_codes == []
    assert list(edition.course.posts.all()) == []


def test_closing_keeps_the_edition_and_writes_one_audit_row():
    edition = make_edition()

    close_course(course=edition.course, now=NOW)
    close_course(course=edition.course, now=NOW)

    edition.course.refresh_from_db()
    assert edition.course.is_open is False
    assert edition.course.current_edition == edition
    assert AuditEntry.objects.filter(action="course.close").count() == 1


def _fields(draft):
    return {name: getattr(draft, name) for name in draft.__dataclass_fields__}


def test_questions_are_frozen_in_order_with_the_right_option_first(django_assert_num_queries):
    questions = [QuestionDraft(" 几层？", ["三层", "两层 "], 9_000), QuestionDraft("几人？", ["五人", "两人", "三人"])]

    lesson = lessons_of(make_edition(lessons=[make_video_lesson_draft(questions=questions)]))[0]

    with django_assert_num_queries(1):
        found = questions_of(lesson)
    assert [(item.position, item.prompt, item.options, item.after_ms) for item in found] == [
        (1, "几层？", ["三层", "两层"], 9_000),
        (2, "几人？", ["五人", "两人", "三人"], 0),
    ]


def test_other_questions_make_the_next_edition_and_the_first_keeps_its_own():
    draft = make_lesson_draft(questions=[QuestionDraft("几层？", ["三层", "两层"])])
    first = make_edition(lessons=[draft])

    other = replace(draft, questions=[QuestionDraft("几层？", ["两层", "三层"])])
    second = make_edition(course=first.course, lessons=[other])
    again = make_edition(course=first.course, lessons=[other])

    assert (second.number, again) == (2, second)
    assert [questions_of(lessons_of(edition)[0])[0].options[0] for edition in (first, second)] == ["三层", "两层"]


def test_a_question_that_cannot_be_asked_is_refused_and_nothing_is_written():
    faulty = [QuestionDraft("几层？", ["三层", "两层"]), QuestionDraft("几人？", ["五人", "五人"])]

    with pytest.raises(FaultyQuestionError, match="课时“第二课”的第 2 道随堂提问") as refusal:
        make_edition(lessons=[make_lesson_draft(), make_lesson_draft(title="第二课", questions=faulty)])

    assert refusal.value.code == "same_options"
    assert CourseEdition.objects.count() == 0
