"""Who may have a certificate's file."""

from __future__ import annotations

from accounts.enums import OfficerRole
from accounts.models import User
from accounts.queries import authorities_of_officer
from certificates.models import Certificate


def may_download(user: User, certificate: Certificate) -> bool:
    """The holder, and those who keep certificates for the authority that issued it or that it went to.

    The file bears the whole identity number: other offices of an authority have no business with it.
    """
    if is_holder(user, certificate):
        return True
    concerned = {certificate.authority_id, certificate.holding.authority_id}
    return authorities_of_officer(user, OfficerRole.REGISTRAR).filter(pk__in=concerned).exists()


def may_take_badge(user: User, certificate: Certificate) -> bool:
    """The holder alone: a badge says to whoever has it what its holder chose to show."""
    return is_holder(user, certificate)


def is_holder(user: User, certificate: Certificate) -> bool:
    """Whether it is the user's own."""
    return bool(certificate.holding.learner.user_id == user.pk)
