"""Reads of the app."""

from courses.queries.courses import count_teaching, courses_for_post, lessons_of
from courses.queries.documents import (
    KindGroup,
    SyllabusBlock,
    documents_for_post,
    newest_documents,
    repealed_documents_cited,
    syllabus_of,
)
from courses.queries.plausibility import Finding, LessonFigures, PlausibilityCode, check_hours
from courses.queries.policies import NoPolicyError, policy_in_force

__all__ = [
    "Finding",
    "KindGroup",
    "LessonFigures",
    "NoPolicyError",
    "PlausibilityCode",
    "SyllabusBlock",
    "check_hours",
    "count_teaching",
    "courses_for_post",
    "documents_for_post",
    "lessons_of",
    "newest_documents",
    "policy_in_force",
    "repealed_documents_cited",
    "syllabus_of",
]
