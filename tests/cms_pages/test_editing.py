"""An editor writes and submits, a reviewer approves, an edition is frozen: through the CMS's own screens."""

import json

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from wagtail.models import Page, TaskState
from wagtail.test.utils.form_data import streamfield

from cms_pages.models import CoursePage
from courses.enums import Block, LessonKind
from courses.models import Course, CourseEdition
from courses.queries import lessons_of
from media_pipeline.enums import FailureReason, VideoState
from tests.factories.cms_pages import (
    make_course_page,
    make_editor,
    make_page_lesson,
    make_reviewer,
    make_site,
)
from tests.factories.courses import make_document, make_ready_video
from tests.factories.page_forms import course_data, lesson_data
from tests.factories.page_forms import create_course_page as create

pytestmark = pytest.mark.django_db


def text_of(response):
    return response.content.decode()


def test_an_editor_submits_a_reviewer_approves_and_an_edition_is_frozen(client):
    make_site()
    document, video = make_document(), make_ready_video()
    editor, reviewer = make_editor(), make_reviewer()
    client.force_login(editor)
    chosen = streamfield([("document", str(document.pk))])
    lesson = lesson_data(kind=LessonKind.VIDEO, video=video.pk, body=streamfield([]), documents=chosen)
    create(client, lessons=[lesson], documents=chosen, **{"action-submit": "1"})
    page = CoursePage.objects.get()
    assert (page.live, CourseEdition.objects.count()) == (False, 0)
    state = TaskState.objects.get(status="in_progress")

    client.force_login(reviewer)
    client.post(reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk]))

    page = CoursePage.objects.get()
    edition = Course.objects.get().current_edition
    assert (page.live, page.course.current_edition) == (True, edition)
    assert [(item.title, item.video) for item in lessons_of(edition)] == [("第一课", video)]
    assert [citation.document for citation in edition.citations.all()] == [document]


def test_an_editor_cannot_publish(client):
    make_site()
    client.force_login(make_editor())

    create(client, lessons=[lesson_data()], **{"action-publish": "1"})

    assert CoursePage.objects.get().live is False
    assert CourseEdition.objects.count() == 0


def test_a_reviewer_publishes_at_once(client):
    make_site()
    client.force_login(make_reviewer())

    create(client, lessons=[lesson_data()], **{"action-publish": "1"})

    assert CoursePage.objects.get().live is True
    assert CourseEdition.objects.get().title == "现场安全"


def test_a_draft_may_lack_anything(client):
    make_site()
    client.force_login(make_editor())

    create(client, lessons=[])

    assert CoursePage.objects.get().live is False


@pytest.mark.parametrize("action", ["action-publish", "action-submit"])
def test_a_video_that_is_not_ready_is_said_before_anything_happens(action, client):
    make_site()
    video = make_ready_video(state=VideoState.TRANSCODING, percent=30)
    client.force_login(make_reviewer())

    response = create(
        client,
        lessons=[lesson_data(kind=LessonKind.VIDEO, video=video.pk, body=streamfield([]))],
        **{action: "1"},
    )

    assert "课时“第一课”：视频还在处理，请等它变为“可播放”后再发布" in text_of(response)
    assert CoursePage.objects.count() == 0


@pytest.mark.parametrize(
    ("lesson", "shown"),
    [
        ({"kind": LessonKind.VIDEO, "body": streamfield([])}, "还没有选择视频"),
        ({"body": streamfield([])}, "阅读课时没有正文"),
    ],
)
def test_what_a_lesson_lacks_is_said(lesson, shown, client):
    make_site()
    client.force_login(make_reviewer())

    assert shown in text_of(create(client, lessons=[lesson_data(**lesson)], **{"action-publish": "1"}))


def test_a_course_without_lessons_or_posts_is_not_published(client):
    make_site()
    client.force_login(make_reviewer())

    text = text_of(create(client, lessons=[], block=Block.PROFESSIONAL, **{"action-publish": "1"}))

    assert "还没有课时，请至少添加一个课时" in text
    assert "专业岗位知识课程要选择适用岗位" in text


def test_more_seconds_than_the_video_has_are_refused(client):
    make_site()
    video = make_ready_video(duration_ms=60_000)
    client.force_login(make_reviewer())
    lesson = lesson_data(kind=LessonKind.VIDEO, video=video.pk, required_seconds=61, body=streamfield([]))

    assert "所需学习秒数比视频还长" in text_of(create(client, lessons=[lesson], **{"action-publish": "1"}))


def test_thin_evidence_is_published_with_a_warning(client):
    make_site()
    client.force_login(make_reviewer())

    response = create(client, lessons=[lesson_data(credit_minutes=45, required_seconds=60)], **{"action-publish": "1"})

    assert CourseEdition.objects.count() == 1
    shown = [str(message) for message in get_messages(response.wsgi_request)]
    assert any("课时“第一课”：所需学习 60 秒偏少，按学时至少应为 1350 秒" in text for text in shown)


def test_what_cannot_be_published_cannot_be_approved(client):
    make_site()
    video = make_ready_video()
    lesson = make_page_lesson(kind=LessonKind.VIDEO, video=video, body=[])
    page = make_course_page(publish=False, lessons=[lesson])
    page.get_workflow().start(page, make_editor())
    state = TaskState.objects.get(status="in_progress")
    type(video).objects.filter(pk=video.pk).update(state=VideoState.FAILED, failure_reason=FailureReason.BROKEN)
    client.force_login(make_reviewer())

    client.post(reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk]))

    assert Page.objects.get(pk=page.pk).live is False
    assert TaskState.objects.get(pk=state.pk).status == "in_progress"


def test_publishing_many_at_once_is_refused_where_one_is_not_ready(client):
    make_site()
    page = make_course_page(publish=False, lessons=[])
    client.force_login(make_reviewer())
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])

    response = client.post(f"{address}?id={page.pk}&next=/admin/", follow=True)

    assert Page.objects.get(pk=page.pk).live is False
    assert "还没有课时，请至少添加一个课时" in text_of(response)


def test_the_desk_shows_what_is_to_be_done(client):
    make_site()
    editor = make_editor()
    draft = make_course_page(publish=False, title="我的稿子")
    draft.save_revision(user=editor)
    make_ready_video(title="坏掉的视频", state=VideoState.FAILED, failure_reason=FailureReason.BROKEN)
    old = make_document(title="旧标准", repealed_on=make_document().effective_from.replace(year=2023))
    make_course_page(documents=[("document", old)])
    client.force_login(editor)

    text = text_of(client.get(reverse("wagtailadmin_home")))

    for shown in ("编辑工作台", "我的稿子", "坏掉的视频", "旧标准", "1 门课程引用"):
        assert shown in text


def test_the_desk_names_what_waits_for_the_reviewer(client):
    make_site()
    page = make_course_page(publish=False, title="待审课程")
    page.get_workflow().start(page, make_editor())
    client.force_login(make_reviewer())

    text = text_of(client.get(reverse("wagtailadmin_home")))

    assert "等待审核" in text
    assert "待审课程" in text


def test_a_document_is_found_by_part_of_its_title_when_citing(client):
    make_site()
    make_document(number="GB 55008-2021", title="混凝土结构通用规范")
    make_document(title="砌体结构通用规范")
    client.force_login(make_editor())

    response = client.get("/admin/snippets/choose/courses/regulatorydocument/results/", {"q": "凝土"})

    assert "混凝土结构通用规范" in text_of(response)
    assert "砌体结构通用规范" not in text_of(response)


@pytest.mark.parametrize(
    ("model", "shown"),
    [
        ("regulatorydocument", "法规标准文件"),
        ("syllabusitem", "大纲条目"),
        ("post", "岗位"),
        ("hourpolicy", "学时政策"),
    ],
)
def test_the_registers_are_listed_in_chinese(model, shown, client):
    make_site(posts=1)
    client.force_login(make_editor())

    response = client.get(reverse(f"wagtailsnippets_courses_{model}:list"))

    assert response.status_code == 200
    assert shown in text_of(response)


def test_the_editors_screen_is_chinese(client):
    make_site()
    page = make_course_page()
    client.force_login(make_editor())

    text = text_of(client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])))

    for shown in ("课时", "所需学习秒数", "引用的法规标准文件", "适用岗位"):
        assert shown in text


def test_a_preview_is_allowed_to_the_editor(client):
    make_site()
    page = make_course_page(publish=False)
    client.force_login(make_editor())
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])

    saved = client.post(address, course_data(lessons=[lesson_data()], title="预览标题"))

    assert json.loads(saved.content)["is_valid"] is True
    assert "预览标题" in text_of(client.get(address))
