"""People and bodies."""

from accounts.models.audit import AuditEntry
from accounts.models.bodies import Authority, InstitutionMember, OfficerAppointment, TrainingInstitution
from accounts.models.contact import ContactSettings
from accounts.models.learner import Consent, Learner
from accounts.models.message import SiteMessage
from accounts.models.user import User

__all__ = [
    "AuditEntry",
    "Authority",
    "Consent",
    "ContactSettings",
    "InstitutionMember",
    "Learner",
    "OfficerAppointment",
    "SiteMessage",
    "TrainingInstitution",
    "User",
]
