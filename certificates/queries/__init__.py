"""Reads of the app."""

from certificates.queries.calendars import calendar_address, calendar_file
from certificates.queries.deadlines import Deadline, deadlines_of, learner_of_feed
from certificates.queries.designs import design_in_force, design_of
from certificates.queries.files import certificate_file, learner_photo
from certificates.queries.history import HistoryLine, holding_history
from certificates.queries.holdings import HoldingCard, holding_cards, records_to_claim
from certificates.queries.issue_runs import (
    IssueProgress,
    issue_progress,
    issue_runs_of,
    newest_check,
    report_lines,
    sees_all_runs,
    stopped_items,
    years_waiting,
)
from certificates.queries.issuers import issuer_mode
from certificates.queries.ministry import (
    MinistryQueue,
    ministry_authorities,
    ministry_batches,
    ministry_queues,
    package_file,
)
from certificates.queries.proposals import (
    acts_open_to,
    decided_proposals,
    incoming_transfers,
    open_proposals,
    proposals_on_desk,
)
from certificates.queries.register import (
    RegisterFilter,
    RegisterRow,
    count_listed,
    issue_years,
    register_page,
    rows_of_holdings,
    rows_of_replacements,
)
from certificates.queries.register_entry import RegisterEntry, register_entry, registered_holdings
from certificates.queries.register_search import MOST_FOUND, in_order
from certificates.queries.register_selection import Selection, select_found, select_listed, select_ticked
from certificates.queries.renewals import years_awaiting_renewal, years_to_issue
from certificates.queries.road import StatusStep
from certificates.queries.signing_keys import detached_signature, seal_keys
from certificates.queries.study import holding_courses
from certificates.queries.verification import VerificationFacts, verification_facts

__all__ = [
    "MOST_FOUND",
    "Deadline",
    "HistoryLine",
    "HoldingCard",
    "IssueProgress",
    "MinistryQueue",
    "RegisterEntry",
    "RegisterFilter",
    "RegisterRow",
    "Selection",
    "StatusStep",
    "VerificationFacts",
    "acts_open_to",
    "calendar_address",
    "calendar_file",
    "certificate_file",
    "count_listed",
    "deadlines_of",
    "decided_proposals",
    "design_in_force",
    "design_of",
    "detached_signature",
    "holding_cards",
    "holding_courses",
    "holding_history",
    "in_order",
    "incoming_transfers",
    "issue_progress",
    "issue_runs_of",
    "issue_years",
    "issuer_mode",
    "learner_of_feed",
    "learner_photo",
    "ministry_authorities",
    "ministry_batches",
    "ministry_queues",
    "newest_check",
    "open_proposals",
    "package_file",
    "proposals_on_desk",
    "records_to_claim",
    "register_entry",
    "register_page",
    "registered_holdings",
    "report_lines",
    "rows_of_holdings",
    "rows_of_replacements",
    "seal_keys",
    "sees_all_runs",
    "select_found",
    "select_listed",
    "select_ticked",
    "stopped_items",
    "verification_facts",
    "years_awaiting_renewal",
    "years_to_issue",
    "years_waiting",
]
