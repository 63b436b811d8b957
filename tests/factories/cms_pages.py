"""A site with its pages, and people who edit it."""

from __future__ import annotations

from itertools import count
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import Group
from wagtail.models import Page, Site

from accounts.models import User
from cms_pages.models import (
    CourseIndexPage,
    CoursePage,
    CoursePageLesson,
    HomePage,
    NoticeIndexPage,
    NoticePage,
    PostIndexPage,
    PostPage,
    SyllabusPage,
)
from cms_pages.operations import set_up_site
from cms_pages.operations.groups import EDITORS, REVIEWERS
from courses.enums import Block, LessonKind
from tests.factories.courses import NOW, make_national_authority, make_post

SITE_URL = "http://testserver"
PASSWORD = "long-enough-1"
_numbers = count(1)


def make_site(*, posts: int = 0) -> HomePage:
    """The page tree as a new site has it, with as many posts as asked for."""
    make_national_authority()
    for _number in range(posts):
        make_post()
    set_up_site(site_url=SITE_URL, now=NOW)
    Site.clear_site_root_paths_cache()
    return HomePage.objects.get()


def make_course_page(
    *, publish: bool = True, lessons: list[CoursePageLesson] | None = None, **overrides: Any
) -> CoursePage:
    """A course page below the index, with one reading lesson unless others are given."""
    number = next(_numbers)
    values = {
        "title": f"测试课程页{number}",
        "slug": f"test-course-page-{number}",
        "summary": "测试简介",
        "block": Block.COMMON,
        "live": False,
    }
    posts = overrides.pop("posts", [])
    page = CoursePage(**{**values, **overrides})
    page.posts = posts
    page.lessons = [make_page_lesson()] if lessons is None else lessons
    CourseIndexPage.objects.get().add_child(instance=page)
    revision = page.save_revision()
    if publish:
        revision.publish()
    return CoursePage.objects.get(pk=page.pk)


def make_page_lesson(**overrides: Any) -> CoursePageLesson:
    """A reading lesson of one minute that asks for 55 seconds; not saved."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "key": uuid4(),
        "title": f"测试课时{number}",
        "kind": LessonKind.READING,
        "body": [("heading", "小标题"), ("note", {"text": "测试正文"})],
        "credit_minutes": 1,
        "required_seconds": 55,
        "sort_order": number,
    }
    return CoursePageLesson(**{**values, **overrides})


def make_notice_page(**overrides: Any) -> NoticePage:
    """A published notice."""
    number = next(_numbers)
    values = {"title": f"测试通知{number}", "slug": f"test-notice-{number}", "summary": "测试摘要"}
    page = NoticePage(**{**values, **overrides})
    NoticeIndexPage.objects.get().add_child(instance=page)
    page.save_revision().publish()
    return NoticePage.objects.get(pk=page.pk)


def make_editor() -> User:
    """Someone of the editors' group."""
    return _member(EDITORS)


def make_reviewer() -> User:
    """Someone of the reviewers' group."""
    return _member(REVIEWERS)


def post_index() -> PostIndexPage:
    """The page of all posts."""
    return PostIndexPage.objects.get()


def first_post_page() -> PostPage:
    """The first post's page."""
    return PostPage.objects.order_by("path")[0]


def first_syllabus_page() -> SyllabusPage:
    """The first post's syllabus."""
    return SyllabusPage.objects.order_by("path")[0]


def latest(page: Page) -> Any:
    """The page as its newest revision has it."""
    return Page.objects.get(pk=page.pk).specific.get_latest_revision_as_object()


def _member(group: str) -> User:
    user = User.objects.create_user(username=f"member-{next(_numbers)}", password=PASSWORD)
    user.groups.add(Group.objects.get(name=group))
    return user
