"""From a published page to a frozen edition."""

import pytest
from wagtail.models import Page, Revision

from accounts.models import AuditEntry
from cms_pages.models import CoursePage
from cms_pages.operations import CourseNotPublishableError, lesson_key_of, publish_course_page
from courses.enums import Block, LessonKind
from courses.models import Course, CourseEdition
from courses.queries import lessons_of
from media_pipeline.enums import FailureReason, VideoState
from tests.factories.cms_pages import latest, make_course_page, make_page_lesson, make_site
from tests.factories.courses import NOW, make_document, make_post, make_ready_video

pytestmark = pytest.mark.django_db


def test_publishing_a_page_makes_the_course_and_freezes_its_first_edition():
    make_site()
    document, post = make_document(), make_post()
    video = make_ready_video()
    lesson = make_page_lesson(
        title="看视频", kind=LessonKind.VIDEO, video=video, body=[], documents=[("document", document)]
    )

    page = make_course_page(
        lessons=[lesson, make_page_lesson(title="读一读")],
        block=Block.PROFESSIONAL,
        posts=[post],
        documents=[("document", document)],
        slug="my-course",
    )

    edition = page.course.current_edition
    assert (page.course.code, page.course.is_open, edition.number) == ("my-course", True, 1)
    assert [(item.title, item.kind, item.video) for item in lessons_of(edition)] == [
        ("看视频", "video", video),
        ("读一读", "reading", None),
    ]
    assert lessons_of(edition)[0].lesson_key == lesson_key_of(page.course, page.lessons.first())
    assert [citation.document for citation in edition.citations.all()] == [document]
    assert edition.post_codes == [post.code]
    assert lessons_of(edition)[1].body.split() == ["<h2>小标题</h2>", "<div", 'class="alert"><p>测试正文</p></div>']


def test_a_draft_makes_neither_course_nor_edition():
    make_site()

    page = make_course_page(publish=False)

    assert page.course is None
    assert (Course.objects.count(), CourseEdition.objects.count()) == (0, 0)


def test_publishing_again_without_a_change_of_substance_makes_no_edition():
    make_site()
    page = make_course_page()

    page.seo_title = "another title for search engines"
    page.save_revision().publish()

    assert CourseEdition.objects.count() == 1


def test_a_changed_lesson_makes_the_next_edition_under_the_same_key():
    make_site()
    page = make_course_page()
    first = page.course.current_edition

    draft = latest(page)
    lesson = draft.lessons.first()
    lesson.title = "改过的标题"
    draft.lessons = [lesson]
    draft.save_revision().publish()

    second = Course.objects.get().current_edition
    assert (first.number, second.number) == (1, 2)
    assert [item.title for item in lessons_of(second)] == ["改过的标题"]
    assert lessons_of(first)[0].lesson_key == lessons_of(second)[0].lesson_key


def test_a_draft_written_before_the_first_publication_keeps_the_course_when_it_is_published():
    make_site()
    page = make_course_page(publish=False)
    old = page.get_latest_revision()
    old.publish()
    course = CoursePage.objects.get(pk=page.pk).course

    Revision.objects.get(pk=old.pk).publish()

    assert CoursePage.objects.get(pk=page.pk).course == course
    assert Course.objects.count() == 1


def test_a_video_that_is_not_ready_keeps_page_and_course_unpublished():
    make_site()
    video = make_ready_video(state=VideoState.TRANSCODING, percent=10)
    page = make_course_page(publish=False, lessons=[make_page_lesson(kind=LessonKind.VIDEO, video=video, body=[])])

    with pytest.raises(CourseNotPublishableError, match="视频还在处理"):
        page.get_latest_revision().publish()

    assert Page.objects.get(pk=page.pk).live is False
    assert CourseEdition.objects.count() == 0


def test_a_failed_video_says_so():
    make_site()
    video = make_ready_video(state=VideoState.FAILED, failure_reason=FailureReason.BROKEN)
    page = make_course_page(publish=False, lessons=[make_page_lesson(kind=LessonKind.VIDEO, video=video, body=[])])

    with pytest.raises(CourseNotPublishableError, match="视频处理失败"):
        publish_course_page(page=latest(page), now=NOW)


def test_unpublishing_closes_the_course_and_keeps_its_records():
    make_site()
    page = make_course_page()

    page.unpublish()

    course = Course.objects.get()
    assert course.is_open is False
    assert course.editions.count() == 1


def test_publishing_again_opens_the_course_again():
    make_site()
    page = make_course_page()
    page.unpublish()

    latest(page).save_revision().publish()

    assert Course.objects.get().is_open is True


def test_deleting_the_page_closes_the_course_and_keeps_it():
    make_site()
    page = make_course_page()

    page.delete()

    course = Course.objects.get()
    assert (course.is_open, course.editions.count()) == (False, 1)


def test_a_copied_page_becomes_a_course_of_its_own_with_other_lesson_keys():
    make_site()
    page = make_course_page()

    page.copy(update_attrs={"slug": "the-copy", "title": "副本"}, keep_live=False).save_revision().publish()

    copied = CoursePage.objects.get(slug="the-copy")
    assert copied.course != page.course
    own, other = (lessons_of(item.course.current_edition)[0].lesson_key for item in (page, copied))
    assert own != other


def test_a_page_that_is_only_scheduled_freezes_nothing():
    make_site()
    page = make_course_page(publish=False)
    draft = latest(page)
    draft.go_live_at = NOW.replace(year=2099)

    draft.save_revision().publish()

    assert CourseEdition.objects.count() == 0


def test_purging_revisions_leaves_editions_alone():
    make_site()
    page = make_course_page()
    latest(page).save_revision()

    Revision.objects.exclude(pk=Page.objects.get(pk=page.pk).latest_revision_id).delete()

    assert CourseEdition.objects.count() == 1


def test_publishing_names_who_did_it():
    make_site()
    make_course_page()

    assert AuditEntry.objects.filter(action="course.publish").count() == 1
