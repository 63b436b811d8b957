"""Another version of a package: learners under way finish on theirs, or are moved by who may publish the course."""

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import streamfield

from cms_pages.queries import left_behind, lessons_on_package
from courses.enums import LessonKind
from tests.factories.accounts import make_user
from tests.factories.cms_pages import make_course_page, make_page_lesson, make_reviewer, make_site
from tests.factories.courses import NOW
from tests.factories.editors import editor
from tests.factories.page_forms import course_data, lesson_data
from tests.factories.scorm_study import make_package
from tests.factories.tracking import make_ce_year
from tracking.models import ScormAttempt, ScormMove
from tracking.operations import enrol_learner

pytestmark = pytest.mark.django_db


def publish_with(video, page=None):
    """Publish a course whose one lesson shows the package; the same page again with another one."""
    if page is None:
        make_site()
        lesson = make_page_lesson(title="第一课", kind=LessonKind.SCORM, video=video, body=[], required_seconds=300)
        return make_course_page(title="测试课程", lessons=[lesson])
    lesson = page.lessons.get()
    lesson.video = video
    page.lessons = [lesson]
    page.save_revision().publish()
    page.refresh_from_db()
    return page


def begin(page, video):
    """A learner who is in the midst of the page's lesson."""
    year = make_ce_year(now=NOW)
    enrolment = enrol_learner(learner=year.learner, course=page.course, now=NOW)
    lesson = page.course.current_edition.lessons.get()
    return ScormAttempt.objects.create(
        enrolment=enrolment, lesson=lesson, video=video, number=1, began_at=NOW, touched_at=NOW
    )


@pytest.fixture
def two_versions():
    """A course published with the first version, begun by a learner, then published with the second one."""
    old = make_package(title="第一版")
    page = publish_with(old)
    begin(page, old)
    new = make_package(title="第二版", replaces=old)
    return publish_with(new, page), old, new


@pytest.fixture
def chief(client):
    client.force_login(make_user(is_superuser=True, is_staff=True))
    return client


def test_lessons_of_all_versions_are_listed_with_those_under_way(two_versions, django_assert_num_queries):
    page, old, new = two_versions
    with django_assert_num_queries(5):
        rows = lessons_on_package(new)
    told = [(row.lesson.edition.number, row.runs_on, row.under_way, row.is_moved, row.is_current) for row in rows]
    assert told == [(2, new, 0, True, True), (1, old, 1, False, False)]
    assert [row.page for row in rows] == [page, page]
    assert [(row.under_way, row.is_moved) for row in lessons_on_package(old)] == [(0, False), (0, True)]


def test_learners_are_moved_by_one_press_and_told_why(two_versions, chief, django_assert_max_num_queries):
    _page, old, new = two_versions
    address = reverse("package_learners", args=[new.uuid])
    with django_assert_max_num_queries(15):
        html = chief.get(address).content.decode()
    assert "第 1 版（旧版，已报名的学员仍在学）" in html
    assert html.count("换到这个版本</button>") == 1
    lesson = lessons_on_package(new)[1].lesson
    answer = chief.post(
        address, {"lesson": str(lesson.uuid), "note": " 更正了第\x00三题 "}, follow=True
    ).content.decode()
    assert "正在学的 1 名学员下次打开时从头学新版" in answer
    assert "换到这个版本</button>" not in answer
    move = ScormMove.objects.get()
    assert (move.lesson, move.video, move.note) == (lesson, new, "更正了第三题")
    assert [row.runs_on for row in lessons_on_package(old)] == [new, new]


def test_moving_needs_a_lesson_of_the_package_and_the_right_to_publish_it(two_versions, chief):
    _page, _old, new = two_versions
    address = reverse("package_learners", args=[new.uuid])
    assert chief.post(address, {"lesson": "no uuid"}).status_code == 404
    stranger = make_package(title="别的课件")
    lesson = lessons_on_package(new)[1].lesson
    elsewhere = reverse("package_learners", args=[stranger.uuid])
    assert chief.post(elsewhere, {"lesson": str(lesson.uuid)}).status_code == 404
    changer = editor("change_video")
    assert "换版需要有发布这门课程的权限" in changer.get(address).content.decode()
    assert changer.post(address, {"lesson": str(lesson.uuid)}).status_code == 302
    assert editor("view_video").get(address).status_code == 302
    assert ScormMove.objects.count() == 0


def test_reviewers_may_move(two_versions, client):
    _page, _old, new = two_versions
    client.force_login(make_reviewer())
    lesson = lessons_on_package(new)[1].lesson
    client.post(reverse("package_learners", args=[new.uuid]), {"lesson": str(lesson.uuid)})
    assert ScormMove.objects.get().lesson == lesson


def test_version_that_is_not_ready_is_refused_with_words(two_versions, chief):
    _page, old, _new = two_versions
    coming = make_package(title="第三版", replaces=old, state="inspecting")
    lesson = lessons_on_package(coming)[1].lesson
    address = reverse("package_learners", args=[coming.uuid])
    assert "还没有处理完成" in chief.get(address).content.decode()
    answer = chief.post(address, {"lesson": str(lesson.uuid)}, follow=True).content.decode()
    assert "新版本还没有处理完成" in answer


def test_publisher_hears_who_is_left_behind(two_versions, django_assert_max_num_queries):
    page, _old, new = two_versions
    with django_assert_max_num_queries(7):
        assert left_behind(page) == [(new, 1)]


def test_nobody_is_left_behind_on_a_course_without_replaced_packages():
    page = publish_with(make_package())
    assert left_behind(page) == []


def test_page_of_the_new_version_leads_to_the_learners(two_versions, chief):
    _page, old, new = two_versions
    address = reverse("package_learners", args=[new.uuid])
    assert address in chief.get(reverse("video:inspect", args=[new.pk])).content.decode()
    assert "package_learners" not in chief.get(reverse("video:inspect", args=[old.pk])).content.decode()


def test_course_editor_brings_the_script_that_follows_the_kind(chief):
    page = publish_with(make_package())
    html = chief.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert "cms_pages/lesson_forms.js" in html
    assert 'name="lessons-0-scorm_goal"' in html


def test_publishing_with_a_new_version_says_who_is_left_behind(two_versions, chief):
    page, _old, new = two_versions
    lesson = page.lessons.get()
    row = lesson_data(kind="scorm", video=new.pk, title="第一课 更正", required_seconds=300, body=streamfield([]))
    data = course_data(
        lessons=[{**row, "id": lesson.pk}], initial=1, title=page.title, slug=page.slug, **{"action-publish": "1"}
    )
    answer = chief.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data, follow=True).content.decode()
    assert "还有 1 名学员正在学旧版" in answer
    assert reverse("package_learners", args=[new.uuid]) in answer


def test_page_for_another_file_speaks_of_versions(chief):
    package = make_package()
    html = chief.get(reverse("video:replace", args=[package.uuid])).content.decode()
    assert "新版会成为一个单独的课件" in html
    assert "新文件会成为一个单独的视频" not in html
