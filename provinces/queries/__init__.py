"""Reads of the app."""

from provinces.queries.cases import (
    cases_on_desk,
    entries_to_restore,
    entries_to_reverse,
    find_cases,
    open_cases_of,
    with_enrolments,
    years_held_by,
)
from provinces.queries.disputes import disputes_on_desk, find_disputes
from provinces.queries.dry_runs import (
    EffectCount,
    changes_in_words,
    dry_run_lines,
    dry_runs_on_desk,
    effect_counts,
    read_changes,
    stored_changes,
)
from provinces.queries.recognition import refused_years, years_to_decide

__all__ = [
    "EffectCount",
    "cases_on_desk",
    "changes_in_words",
    "disputes_on_desk",
    "dry_run_lines",
    "dry_runs_on_desk",
    "effect_counts",
    "entries_to_restore",
    "entries_to_reverse",
    "find_cases",
    "find_disputes",
    "open_cases_of",
    "read_changes",
    "refused_years",
    "stored_changes",
    "with_enrolments",
    "years_held_by",
    "years_to_decide",
]
