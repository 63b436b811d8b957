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
from courses.queries.policies import NoPolicyError, PolicyBook, policy_book, policy_in_force
from courses.queries.questions import (
    LONGEST_OPTION,
    LONGEST_PROMPT,
    MOST_OPTIONS,
    QuestionFault,
    QuestionText,
    find_faults,
    questions_of,
)
from courses.queries.video_usages import edition_usages, videos_of_editions
from courses.rules.policy_resolution import policy_conflicts

__all__ = [
    "LONGEST_OPTION",
    "LONGEST_PROMPT",
    "MOST_OPTIONS",
    "Finding",
    "KindGroup",
    "LessonFigures",
    "NoPolicyError",
    "PlausibilityCode",
    "PolicyBook",
    "QuestionFault",
    "QuestionText",
    "SyllabusBlock",
    "check_hours",
    "count_teaching",
    "courses_for_post",
    "documents_for_post",
    "edition_usages",
    "find_faults",
    "lessons_of",
    "newest_documents",
    "policy_book",
    "policy_conflicts",
    "policy_in_force",
    "questions_of",
    "repealed_documents_cited",
    "syllabus_of",
    "videos_of_editions",
]
