"""Writes of the app."""

from courses.operations.editions import (
    EmptyCourseError,
    FaultyQuestionError,
    ImplausibleCreditError,
    LessonDraft,
    QuestionDraft,
    VideoNotReadyError,
    WrongMediaError,
    close_course,
    freeze_edition,
)
from courses.operations.reference import LoadReport, ReferenceDataError, load_reference_data

__all__ = [
    "EmptyCourseError",
    "FaultyQuestionError",
    "ImplausibleCreditError",
    "LessonDraft",
    "LoadReport",
    "QuestionDraft",
    "ReferenceDataError",
    "VideoNotReadyError",
    "WrongMediaError",
    "close_course",
    "freeze_edition",
    "load_reference_data",
]
