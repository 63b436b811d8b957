"""What is taught, and under which rules."""

from courses.models.course import Course, CourseEdition, EditionCitation, Lesson, LessonCitation, LessonQuestion
from courses.models.document import RegulatoryDocument
from courses.models.policy import HourPolicy
from courses.models.post import Post, PostAlias
from courses.models.syllabus import SyllabusItem

__all__ = [
    "Course",
    "CourseEdition",
    "EditionCitation",
    "HourPolicy",
    "Lesson",
    "LessonCitation",
    "LessonQuestion",
    "Post",
    "PostAlias",
    "RegulatoryDocument",
    "SyllabusItem",
]
