"""The pages of an authority's desk."""

from provinces.views.cases import case, case_restore, case_reverse, cases
from provinces.views.disputes import dispute, disputes
from provinces.views.dry_run import dry_run, dry_runs
from provinces.views.holding_acts import holding_act, holding_acts
from provinces.views.issue_runs import issue_run, issue_run_report, issue_run_turn, issue_runs
from provinces.views.make_up import make_up, make_up_decide
from provinces.views.ministry import ministry, ministry_batch, ministry_file, ministry_make
from provinces.views.offline import offline, offline_decide, offline_evidence
from provinces.views.proposals import proposal, proposal_withdraw, proposals
from provinces.views.recognition import decide, desk
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
    "desk",
    "dispute",
    "disputes",
    "dry_run",
    "dry_runs",
    "holding_act",
    "holding_acts",
    "issue_run",
    "issue_run_report",
    "issue_run_turn",
    "issue_runs",
    "make_up",
    "make_up_decide",
    "ministry",
    "ministry_batch",
    "ministry_file",
    "ministry_make",
    "offline",
    "offline_decide",
    "offline_evidence",
    "proposal",
    "proposal_withdraw",
    "proposals",
    "register",
    "register_archive",
    "register_entry",
    "register_export",
    "register_resend",
    "register_search",
    "what_if",
    "why",
]
