"""The answer to those who ask too often."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from certificates.operations.visits import TooOftenError


def too_often(request: HttpRequest, error: TooOftenError, *, for_machines: bool = False) -> HttpResponse:
    """Say when to come back, in words and in ``Retry-After`` (seconds)."""
    if for_machines:
        response: HttpResponse = JsonResponse({"error": "too_often", "retry_after_seconds": error.seconds}, status=429)
        response.headers["Access-Control-Allow-Origin"] = "*"
    else:
        response = render(request, "certificates/verify_too_often.html", {"error": error}, status=429)
    response.headers["Retry-After"] = str(error.seconds)
    response.headers["Cache-Control"] = "no-store"
    return response
