"""Who sits at an authority's desk."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.enums import OfficerRole
from accounts.queries import authorities_of_officer


def recogniser_required(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let in an officer who recognises hours; the view gets the officer's authorities."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        authorities = list(authorities_of_officer(request.user, OfficerRole.RECOGNISER))
        if not authorities:
            raise PermissionDenied
        return view(request, authorities, *args, **kwargs)

    return guarded
