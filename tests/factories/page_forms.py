"""What the editor's screens of a course post."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from cms_pages.models import CourseIndexPage
from courses.enums import Block, LessonKind


def lesson_data(**overrides: Any) -> dict[str, Any]:
    """A reading lesson as the form posts it."""
    return {
        "title": "第一课",
        "kind": LessonKind.READING,
        "video": "",
        "credit_minutes": 1,
        "required_seconds": 55,
        "scorm_goal": "completed",
        "attempts_allowed": 0,
        "counted_attempt": "best",
        "body": streamfield([("paragraph", rich_text("<p>正文</p>"))]),
        "documents": streamfield([]),
        "questions": streamfield([]),
        **overrides,
    }


def question_data(*, prompt: str, right: str, wrong: Sequence[str], after_seconds: int | str = "") -> tuple[str, Any]:
    """A question of a lesson, for ``streamfield``."""
    options = streamfield([("item", option) for option in wrong])
    return "question", {"prompt": prompt, "right": right, "wrong": options, "after_seconds": after_seconds}


def course_data(*, lessons: list[dict[str, Any]], initial: int = 0, **overrides: Any) -> dict[str, Any]:
    """A common course with ``lessons`` as the form posts it."""
    data: dict[str, Any] = nested_form_data(
        {
            "title": "现场安全",
            "slug": "site-safety",
            "summary": "一门课",
            "block": Block.COMMON,
            "posts": [],
            "body": streamfield([]),
            "documents": streamfield([]),
            "lessons": inline_formset(lessons, initial=initial),
            "comments": inline_formset([]),
            **overrides,
        }
    )
    return data


def create_course_page(client: Client, **data: Any) -> Any:
    """Post the form of a new course page; give ``action-publish`` or another button with the fields."""
    index = CourseIndexPage.objects.get()
    address = reverse("wagtailadmin_pages:add", args=["cms_pages", "coursepage", index.pk])
    return client.post(address, course_data(**data))
