"""The answer while the storage of certificates does not answer: nothing is said of a certificate that nobody read."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render

from certificates.gateways.certificate_store import StoreAwayError

RETRY_SECONDS = 60

View = Callable[..., HttpResponseBase]


def needs_storage(*, for_machines: bool = False) -> Callable[[View], View]:
    """Answer 503 with ``Retry-After`` (seconds) where a view found the storage away: neither "valid" nor "altered"."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except StoreAwayError:
                return _away(request, for_machines=for_machines)

        return guarded

    return guard


def _away(request: HttpRequest, *, for_machines: bool) -> HttpResponse:
    if for_machines:
        facts = {"error": "storage_away", "retry_after_seconds": RETRY_SECONDS}
        response: HttpResponse = JsonResponse(facts, status=503)
        response.headers["Access-Control-Allow-Origin"] = "*"
    else:
        response = render(request, "certificates/storage_away.html", status=503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response
