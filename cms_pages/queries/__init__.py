"""Reads of the app."""

from cms_pages.queries.credit_questions import credit_questions
from cms_pages.queries.desk import Desk, desk_of
from cms_pages.queries.package_moves import LessonOnPackage, left_behind, lessons_on_package
from cms_pages.queries.shortcomings import describe_shortcomings
from cms_pages.queries.video_usages import draft_usages, page_usages, videos_of_pages

__all__ = [
    "Desk",
    "LessonOnPackage",
    "credit_questions",
    "describe_shortcomings",
    "desk_of",
    "draft_usages",
    "left_behind",
    "lessons_on_package",
    "page_usages",
    "videos_of_pages",
]
