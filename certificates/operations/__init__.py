"""Writes of the app."""

from certificates.operations.calendar_feeds import open_calendar_feed, revoke_calendar_feed
from certificates.operations.claims import ClaimRefusedError, claim_holding
from certificates.operations.correction_requests import CorrectionRefusedError
from certificates.operations.corrections import (
    NotConfirmedError,
    issue_correction,
    retry_stopped_corrections,
    wake_corrections,
)
from certificates.operations.detached_signatures import sign_beside, sign_what_lacks_sm2
from certificates.operations.events import IllegalStepError, extension_refusal, may_extend, record_event
from certificates.operations.integrity import check_certificates
from certificates.operations.issue_lanes import finish_issue_run, issue_next_piece, sweep_issue_runs
from certificates.operations.issue_runs import (
    IssueRunRefusedError,
    cancel_issue_run,
    pause_issue_run,
    resume_issue_run,
    retry_poison_items,
    start_issue_run,
)
from certificates.operations.issuing import issue_renewals
from certificates.operations.issuing_claims import IssueOutcome
from certificates.operations.issuing_pages import IssueStoppedError
from certificates.operations.lapses import lapse_due_holdings, reopen_lapsed_holdings
from certificates.operations.leftovers import delete_leftovers
from certificates.operations.ministry_packages import NothingToReportError, make_ministry_batch
from certificates.operations.ministry_returns import PackageRefusedError, ReturnReport, take_ministry_return
from certificates.operations.photos import PhotoRefusedError, set_learner_photo
from certificates.operations.proposals import (
    ProposalRefusedError,
    confirm_proposal,
    propose_act,
    refuse_proposal,
    withdraw_proposal,
)
from certificates.operations.register_archives import MOST_PACKED, open_archive
from certificates.operations.register_exports import MOST_EXPORTED, open_export
from certificates.operations.register_notices import NoticeRefusedError, resend_notice
from certificates.operations.register_search import RegisterFind, SearchRefusedError, search_register
from certificates.operations.register_sending import NothingToSendError, TooMuchToSendError
from certificates.operations.reminders import RemindersSent, make_reminders, remind_of_deadlines
from certificates.operations.renewal import (
    IssuedElsewhereError,
    NotRecognisedError,
    begin_renewal,
    renew_certificate,
    report_renewal,
)
from certificates.operations.renewal_queue import retry_stopped_renewals, wake_renewals
from certificates.operations.roster import RosterRefusedError, import_roster
from certificates.operations.signing_keys import KeyRefusedError, KeysWatched, compromise_key, watch_signing_keys
from certificates.operations.transfers import TransferRefusedError

__all__ = [
    "MOST_EXPORTED",
    "MOST_PACKED",
    "ClaimRefusedError",
    "CorrectionRefusedError",
    "IllegalStepError",
    "IssueOutcome",
    "IssueRunRefusedError",
    "IssueStoppedError",
    "IssuedElsewhereError",
    "KeyRefusedError",
    "KeysWatched",
    "NotConfirmedError",
    "NotRecognisedError",
    "NothingToReportError",
    "NothingToSendError",
    "NoticeRefusedError",
    "PackageRefusedError",
    "PhotoRefusedError",
    "ProposalRefusedError",
    "RegisterFind",
    "RemindersSent",
    "ReturnReport",
    "RosterRefusedError",
    "SearchRefusedError",
    "TooMuchToSendError",
    "TransferRefusedError",
    "begin_renewal",
    "cancel_issue_run",
    "check_certificates",
    "claim_holding",
    "compromise_key",
    "confirm_proposal",
    "delete_leftovers",
    "extension_refusal",
    "finish_issue_run",
    "import_roster",
    "issue_correction",
    "issue_next_piece",
    "issue_renewals",
    "lapse_due_holdings",
    "make_ministry_batch",
    "make_reminders",
    "may_extend",
    "open_archive",
    "open_calendar_feed",
    "open_export",
    "pause_issue_run",
    "propose_act",
    "record_event",
    "refuse_proposal",
    "remind_of_deadlines",
    "renew_certificate",
    "reopen_lapsed_holdings",
    "report_renewal",
    "resend_notice",
    "resume_issue_run",
    "retry_poison_items",
    "retry_stopped_corrections",
    "retry_stopped_renewals",
    "revoke_calendar_feed",
    "search_register",
    "set_learner_photo",
    "sign_beside",
    "sign_what_lacks_sm2",
    "start_issue_run",
    "sweep_issue_runs",
    "take_ministry_return",
    "wake_corrections",
    "wake_renewals",
    "watch_signing_keys",
    "withdraw_proposal",
]
