"""Who sits at an authority's desk."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.enums import OfficerRole
from accounts.models import User
from accounts.queries import authorities_of_officer

View = Callable[..., HttpResponseBase]


def recogniser_required(view: View) -> View:
    """Let in an officer who recognises hours; the view gets the officer's authorities."""
    return _officer_required(view, OfficerRole.RECOGNISER)


def registrar_required(view: View) -> View:
    """Let in an officer who keeps the certificates; the view gets the officer's authorities."""
    return _officer_required(view, OfficerRole.REGISTRAR)


def keeps_certificates_alone(user: User | AnonymousUser) -> bool:
    """Whether the person keeps certificates and recognises no hours: the register is this person's first page."""
    roles = (OfficerRole.RECOGNISER, OfficerRole.REGISTRAR)
    recognises, keeps = (authorities_of_officer(user, role).exists() for role in roles)
    return keeps and not recognises


def _officer_required(view: View, role: OfficerRole) -> View:
    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        authorities = list(authorities_of_officer(request.user, role))
        if not authorities:
            raise PermissionDenied
        return view(request, authorities, *args, **kwargs)

    return guarded
