"""Questions about the credit of a course that do not keep it from being published."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cms_pages.models import CoursePage
from courses.queries import Finding, LessonFigures, PlausibilityCode, check_hours


def credit_questions(page: CoursePage) -> list[str]:
    """One sentence for each lesson whose credit, evidence and video hardly fit each other; empty where all do."""
    lessons = {lesson.key: lesson for lesson in page.lessons.all()}
    figures = []
    for key, lesson in lessons.items():
        facts = lesson.facts()
        media_seconds = facts.video_seconds if facts.is_video else None
        credit, required = facts.credit_minutes or 0, facts.required_seconds or 0
        figures.append(LessonFigures(key, credit, required, media_seconds))
    return [
        _question(finding).format(
            title=lessons[finding.lesson_key].title, found=finding.found_seconds, expected=finding.expected_seconds
        )
        for finding in check_hours(figures)
        if not finding.is_blocking
    ]


def _question(finding: Finding) -> str:
    return {
        PlausibilityCode.EVIDENCE_THIN: _("课时“{title}”：所需学习 {found} 秒偏少，按学时至少应为 {expected} 秒"),
        PlausibilityCode.CREDIT_BEYOND_MEDIA: _(
            "课时“{title}”：学时合 {found} 秒，超过视频时长的两倍（{expected} 秒）"
        ),
        PlausibilityCode.NO_CREDIT: _("课时“{title}”：没有学时，学完不计入"),
    }[finding.code]
