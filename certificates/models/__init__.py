"""Old certificates, renewal and electronic certificates."""

from certificates.models.calendar import CalendarFeed
from certificates.models.certificate import Certificate, DetachedSignature, IntegrityCheck
from certificates.models.design import CertificateDesign, DesignVersion
from certificates.models.holding import HolderRecord, Holding, RosterImport
from certificates.models.issuing import FreeSerial, IssueItem, IssuerProfile, IssueRun, MinistryBatch, NumberSeries
from certificates.models.key import SigningKey
from certificates.models.reminder import Reminder
from certificates.models.renewal import Renewal
from certificates.models.status import HoldingEvent, StatusProposal

__all__ = [
    "CalendarFeed",
    "Certificate",
    "CertificateDesign",
    "DesignVersion",
    "DetachedSignature",
    "FreeSerial",
    "HolderRecord",
    "Holding",
    "HoldingEvent",
    "IntegrityCheck",
    "IssueItem",
    "IssueRun",
    "IssuerProfile",
    "MinistryBatch",
    "NumberSeries",
    "Reminder",
    "Renewal",
    "RosterImport",
    "SigningKey",
    "StatusProposal",
]
