"""Writes of the app."""

from courses.operations.editions import (
    EmptyCourseError,
    ImplausibleCreditError,
    LessonDraft,
    VideoNotReadyError,
    close_course,
    freeze_edition,
)
from courses.operations.reference import LoadReport, ReferenceDataError, load_reference_data

__all__ = [
    "EmptyCourseError",
    "ImplausibleCreditError",
    "LessonDraft",
    "LoadReport",
    "ReferenceDataError",
    "VideoNotReadyError",
    "close_course",
    "freeze_edition",
    "load_reference_data",
]
