"""Who may have a certificate's file."""

from __future__ import annotations

from accounts.models import User
from accounts.queries import authorities_of_officer
from certificates.models import Certificate


def may_download(user: User, certificate: Certificate) -> bool:
    """The holder, and officers of the authority that issued it."""
    if certificate.holding.learner.user_id == user.pk:
        return True
    return authorities_of_officer(user).filter(pk=certificate.authority_id).exists()


def may_take_badge(user: User, certificate: Certificate) -> bool:
    """The holder alone: a badge says to whoever has it what its holder chose to show."""
    return bool(certificate.holding.learner.user_id == user.pk)
