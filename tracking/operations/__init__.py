"""Writes of the app."""

from tracking.operations.completion import LessonIncompleteError, book_completed_lessons, complete_lesson
from tracking.operations.enrolment import NotEnrollableError, enrol_learner
from tracking.operations.heartbeats import record_heartbeat
from tracking.operations.leases import (
    LeaseHeldError,
    LessonNotPlayableError,
    end_lease,
    end_silent_leases,
    open_lease,
)
from tracking.operations.recognition import (
    AlreadyRecognisedError,
    HoursNotMetError,
    ReasonMissingError,
    recognise_met_years,
    recognise_year,
    refuse_year,
)
from tracking.operations.reversal import NotReversibleError, reverse_entry
from tracking.operations.suspicion import (
    CaseRefusedError,
    close_case,
    find_suspicions,
    forget_devices,
    reverse_entries,
)
from tracking.operations.sweep import sweep_study
from tracking.operations.years import RenewalNotOpenError, extend_renewal_years, open_ce_year

__all__ = [
    "AlreadyRecognisedError",
    "CaseRefusedError",
    "HoursNotMetError",
    "LeaseHeldError",
    "LessonIncompleteError",
    "LessonNotPlayableError",
    "NotEnrollableError",
    "NotReversibleError",
    "ReasonMissingError",
    "RenewalNotOpenError",
    "book_completed_lessons",
    "close_case",
    "complete_lesson",
    "end_lease",
    "end_silent_leases",
    "enrol_learner",
    "extend_renewal_years",
    "find_suspicions",
    "forget_devices",
    "open_ce_year",
    "open_lease",
    "recognise_met_years",
    "recognise_year",
    "record_heartbeat",
    "refuse_year",
    "reverse_entries",
    "reverse_entry",
    "sweep_study",
]
