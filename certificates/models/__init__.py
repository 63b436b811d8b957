"""Old certificates, renewal and electronic certificates."""

from certificates.models.certificate import Certificate, CertificateEvent, CertificateSeries
from certificates.models.holding import HolderRecord, Holding, RosterImport
from certificates.models.renewal import Renewal

__all__ = [
    "Certificate",
    "CertificateEvent",
    "CertificateSeries",
    "HolderRecord",
    "Holding",
    "Renewal",
    "RosterImport",
]
