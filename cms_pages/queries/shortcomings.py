"""What keeps a course page from being published, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cms_pages.enums import Shortcoming
from cms_pages.models import CoursePage


def describe_shortcomings(page: CoursePage) -> list[str]:
    """One sentence for each shortcoming, naming the lesson; empty where the page may be published."""
    titles = [lesson.title for lesson in page.lessons.all()]
    sentences = []
    for problem in page.shortcomings():
        label = str(Shortcoming(problem.code).label)
        if problem.lesson is None:
            sentences.append(label)
        else:
            sentences.append(_("课时“{title}”：{problem}").format(title=titles[problem.lesson], problem=label))
    return sentences
