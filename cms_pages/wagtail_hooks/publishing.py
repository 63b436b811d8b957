"""Before and after a course is saved or published."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.models import Page

from cms_pages.models import CoursePage
from cms_pages.queries import credit_questions, describe_shortcomings


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def say_what_is_odd(request: HttpRequest, page: Page) -> None:
    """Name the lessons whose credit hardly fits their evidence; autosaves stay quiet."""
    if not isinstance(page, CoursePage) or "application/json" in request.headers.get("Accept", ""):
        return
    for question in credit_questions(page):
        messages.warning(request, question)


@hooks.register("before_bulk_action")
def refuse_unready_courses(
    request: HttpRequest, action_type: str, objects: Iterable[Any], action_class_instance: Any
) -> HttpResponse | None:
    """Publish many pages at once only where each may be published: this way passes no form."""
    if action_type != "publish":
        return None
    courses = [page.specific for page in objects if isinstance(page, Page) and page.specific_class is CoursePage]
    lacking = {page.title: describe_shortcomings(page.get_latest_revision_as_object()) for page in courses}
    refused = {title: problems for title, problems in lacking.items() if problems}
    for title, problems in refused.items():
        text = _("“{title}”不能发布：{problems}").format(title=title, problems=_("；").join(problems))
        messages.error(request, text)
    return redirect("wagtailadmin_home") if refused else None
