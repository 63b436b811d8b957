"""Writes of the app."""

from certificates.operations.claims import ClaimRefusedError, claim_holding
from certificates.operations.events import IllegalStepError, extension_refusal, may_extend, record_event
from certificates.operations.photos import PhotoRefusedError, set_learner_photo
from certificates.operations.renewal import (
    IssueStoppedError,
    NotRecognisedError,
    begin_renewal,
    issue_certificate,
    renew_certificate,
    report_renewal,
)
from certificates.operations.renewal_queue import retry_stopped_renewals, wake_renewals
from certificates.operations.roster import RosterRefusedError, import_roster

__all__ = [
    "ClaimRefusedError",
    "IllegalStepError",
    "IssueStoppedError",
    "NotRecognisedError",
    "PhotoRefusedError",
    "RosterRefusedError",
    "begin_renewal",
    "claim_holding",
    "extension_refusal",
    "import_roster",
    "issue_certificate",
    "may_extend",
    "record_event",
    "renew_certificate",
    "report_renewal",
    "retry_stopped_renewals",
    "set_learner_photo",
    "wake_renewals",
]
