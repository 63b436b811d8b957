"""Writes of the app."""

from certificates.operations.claims import ClaimRefusedError, claim_holding
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
    "IssueStoppedError",
    "NotRecognisedError",
    "PhotoRefusedError",
    "RosterRefusedError",
    "begin_renewal",
    "claim_holding",
    "import_roster",
    "issue_certificate",
    "renew_certificate",
    "report_renewal",
    "retry_stopped_renewals",
    "set_learner_photo",
    "wake_renewals",
]
