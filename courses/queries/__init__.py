"""Reads of the app."""

from courses.queries.courses import courses_for_post, lessons_of, open_courses
from courses.queries.documents import (
    KindGroup,
    SyllabusBlock,
    documents_for_post,
    documents_in_register,
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
    "courses_for_post",
    "documents_for_post",
    "documents_in_register",
    "lessons_of",
    "newest_documents",
    "open_courses",
    "policy_in_force",
    "repealed_documents_cited",
    "syllabus_of",
]
