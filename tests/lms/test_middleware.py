"""Whose address counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from lms.middleware import ClientAddressMiddleware


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address"),
    [
        (True, "198.51.100.1, 192.0.2.9", "192.0.2.9"),
        (True, "", "127.0.0.1"),
        (False, "198.51.100.1", "127.0.0.1"),
    ],
)
def test_only_a_trusted_proxy_says_who_the_visitor_is(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch, trusted: bool, forwarded: str, address: str
) -> None:
    monkeypatch.setattr(settings, "ENV", replace(settings.ENV, trusted_proxy=trusted))
    headers: dict[str, Any] = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    seen: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    ClientAddressMiddleware(view)(rf.get("/", **headers))

    assert seen == [address]
