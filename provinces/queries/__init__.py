"""Reads of the app."""

from provinces.queries.cases import (
    cases_on_desk,
    entries_to_reverse,
    find_cases,
    open_cases_of,
    with_enrolments,
    years_held_by,
)
from provinces.queries.disputes import disputes_on_desk, find_disputes
from provinces.queries.recognition import refused_years, years_to_decide

__all__ = [
    "cases_on_desk",
    "disputes_on_desk",
    "entries_to_reverse",
    "find_cases",
    "find_disputes",
    "open_cases_of",
    "refused_years",
    "with_enrolments",
    "years_held_by",
    "years_to_decide",
]
