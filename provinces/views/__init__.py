"""The pages of an authority's desk."""

from provinces.views.cases import case, case_restore, case_reverse, cases
from provinces.views.disputes import dispute, disputes
from provinces.views.dry_run import dry_run, dry_runs
from provinces.views.make_up import make_up, make_up_decide
from provinces.views.offline import offline, offline_decide, offline_evidence
from provinces.views.recognition import decide, queue
from provinces.views.register import register, register_search
from provinces.views.register_entry import register_entry, register_resend
from provinces.views.register_files import register_archive, register_export
from provinces.views.what_if import what_if
from provinces.views.why import why

__all__ = [
    "case",
    "case_restore",
    "case_reverse",
    "cases",
    "decide",
    "dispute",
    "disputes",
    "dry_run",
    "dry_runs",
    "make_up",
    "make_up_decide",
    "offline",
    "offline_decide",
    "offline_evidence",
    "queue",
    "register",
    "register_archive",
    "register_entry",
    "register_export",
    "register_resend",
    "register_search",
    "what_if",
    "why",
]
