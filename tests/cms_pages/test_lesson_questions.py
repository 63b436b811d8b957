"""An editor writes questions on a lesson; publishing freezes them."""

import html
import re

import pytest
from wagtail.test.utils.form_data import streamfield

from cms_pages.models import CoursePage
from cms_pages.queries import describe_shortcomings
from courses.enums import LessonKind
from courses.models import Course, CourseEdition
from courses.queries import lessons_of, questions_of
from tests.factories.cms_pages import latest, make_course_page, make_editor, make_page_lesson, make_reviewer, make_site
from tests.factories.courses import make_ready_video
from tests.factories.page_forms import create_course_page, lesson_data, question_data

pytestmark = pytest.mark.django_db

QUESTION = {"prompt": "浇筑中严禁什么？", "right": "加水", "wrong": ["振捣", "收面"]}


def publish(client, *questions, **lesson):
    data = lesson_data(questions=streamfield([question_data(**question) for question in questions]), **lesson)
    return create_course_page(client, lessons=[data], **{"action-publish": "1"}).content.decode()


def test_a_reviewer_publishes_questions_and_they_are_frozen_in_order(client):
    make_site()
    client.force_login(make_reviewer())
    video = make_ready_video(duration_ms=60_000)
    second = {"prompt": "何时可拆模？", "right": "强度够了", "wrong": ["满三天"], "after_seconds": 42}

    publish(client, QUESTION, second, kind=LessonKind.VIDEO, video=video.pk, body=streamfield([]))

    lesson = lessons_of(Course.objects.get().current_edition)[0]
    assert [(item.prompt, item.options, item.after_ms) for item in questions_of(lesson)] == [
        ("浇筑中严禁什么？", ["加水", "振捣", "收面"], 0),
        ("何时可拆模？", ["强度够了", "满三天"], 42_000),
    ]


def said(text):
    """The texts of a page; the errors of its blocks stand in attributes as JSON, where letters are codes."""
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), html.unescape(text))


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ({"prompt": ""}, "必需字段"),
        ({"right": ""}, "必需字段"),
        ({"wrong": []}, "条目的最小数是1"),
        ({"wrong": ["振捣", "收面", "覆盖", "洒水"]}, "条目的最大数是3"),
        ({"wrong": ["振捣", "加 水", "加 水"]}, "这个选项与前面的选项相同，请改成不同的内容"),
        ({"wrong": ["振捣", "加水"]}, "这个选项与前面的选项相同，请改成不同的内容"),
        ({"after_seconds": 9}, "阅读课时的随堂提问不能填写时间，请清空"),
    ],
)
def test_what_is_wrong_with_a_question_is_said_in_chinese_and_nothing_is_published(question, shown, client):
    make_site()
    client.force_login(make_reviewer())

    assert shown in said(publish(client, {**QUESTION, **question}))
    assert CoursePage.objects.count() == 0


def test_a_question_after_the_end_of_the_video_is_refused(client):
    make_site()
    client.force_login(make_reviewer())
    video = make_ready_video(duration_ms=60_000)

    text = publish(
        client, {**QUESTION, "after_seconds": 61}, kind=LessonKind.VIDEO, video=video.pk, body=streamfield([])
    )

    assert "课时“第一课”：随堂提问的时间超过了视频时长，请改小" in text


def test_the_same_question_twice_is_refused(client):
    make_site()
    client.force_login(make_reviewer())

    assert "随堂提问中有两道题目相同，请改写或删去一道" in publish(client, QUESTION, {**QUESTION, "wrong": ["养护"]})


def test_a_draft_may_hold_half_a_question_and_says_so_before_it_is_published(client):
    make_site()
    client.force_login(make_editor())
    half = streamfield([question_data(prompt="浇筑中严禁什么？", right="", wrong=[])])

    create_course_page(client, lessons=[lesson_data(questions=half)])

    assert describe_shortcomings(latest(CoursePage.objects.get())) == [
        "课时“第一课”：随堂提问不完整：要有题目、一个正确选项和一至三个各不相同的干扰选项"
    ]


def test_a_changed_question_makes_the_next_edition():
    make_site()
    value = {"prompt": "几层？", "right": "三层", "wrong": ["两层"], "after_seconds": None}
    page = make_course_page(lessons=[make_page_lesson(questions=[("question", value)])])

    draft = latest(page)
    lesson = draft.lessons.first()
    lesson.questions = [("question", {**value, "right": "四层"})]
    draft.lessons = [lesson]
    draft.save_revision().publish()

    editions = CourseEdition.objects.order_by("number")
    assert [questions_of(lessons_of(edition)[0])[0].options for edition in editions] == [
        ["三层", "两层"],
        ["四层", "两层"],
    ]


def test_no_public_page_shows_a_question(client):
    make_site()
    value = {"prompt": "几层脚手架？", "right": "三层", "wrong": ["两层"], "after_seconds": None}
    page = make_course_page(lessons=[make_page_lesson(questions=[("question", value)])])

    assert "几层脚手架？" not in client.get(page.url).content.decode()
    assert "几层脚手架？" not in " ".join(page.searchable_texts())
