"""People and bodies."""

from accounts.models.audit import AuditEntry
from accounts.models.bodies import Authority, OfficerAppointment, TrainingInstitution
from accounts.models.learner import Consent, Learner
from accounts.models.user import User

__all__ = ["AuditEntry", "Authority", "Consent", "Learner", "OfficerAppointment", "TrainingInstitution", "User"]
