"""How an authority's certificates come about."""

from __future__ import annotations

from accounts.models import Authority
from certificates.enums import IssuerMode
from certificates.models import IssuerProfile


def issuer_mode(authority: Authority) -> IssuerMode:
    """Who makes the authority's certificates: this system where nothing else was settled; one statement."""
    mode = IssuerProfile.objects.filter(authority=authority).values_list("mode", flat=True).first()
    return IssuerMode(mode or IssuerMode.OWN)
