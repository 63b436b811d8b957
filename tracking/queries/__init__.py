"""Reads of the app."""

from tracking.queries.devices import DEVICE_KEPT_FOR, device_key_of
from tracking.queries.leases import (
    LEASE_LIFETIME,
    SILENT_AFTER,
    lease_key,
    lease_token,
    lesson_terms,
    live_lease_of,
    old_lease_keys,
    silent_leases,
)
from tracking.queries.policies import policy_key
from tracking.queries.progress import (
    CourseProgress,
    LessonStanding,
    course_progress,
    enrolment_in,
    enrolments_of,
    not_counted_of_lesson,
    previewed_lessons,
    progress_under,
    unbooked_progress,
)
from tracking.queries.recognition import (
    open_years,
    recognition_queue,
    unrecognised_years,
    years_touched_by,
)
from tracking.queries.standings import (
    YearStanding,
    entries_of_year,
    rules_of_year,
    standing_of_year,
    standings_of,
    year_standings,
)
from tracking.queries.suspicion import (
    authorities_checking,
    held_year_ids,
    holding_cases,
    with_holds,
)

__all__ = [
    "DEVICE_KEPT_FOR",
    "LEASE_LIFETIME",
    "SILENT_AFTER",
    "CourseProgress",
    "LessonStanding",
    "YearStanding",
    "authorities_checking",
    "course_progress",
    "device_key_of",
    "enrolment_in",
    "enrolments_of",
    "entries_of_year",
    "held_year_ids",
    "holding_cases",
    "lease_key",
    "lease_token",
    "lesson_terms",
    "live_lease_of",
    "not_counted_of_lesson",
    "old_lease_keys",
    "open_years",
    "policy_key",
    "previewed_lessons",
    "progress_under",
    "recognition_queue",
    "rules_of_year",
    "silent_leases",
    "standing_of_year",
    "standings_of",
    "unbooked_progress",
    "unrecognised_years",
    "with_holds",
    "year_standings",
    "years_touched_by",
]
