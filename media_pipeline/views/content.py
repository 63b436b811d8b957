"""What browsers ask of the hosts of packages: the stage, our scripts, and the packages' own files."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase


def content_stage(request: HttpRequest, token: str) -> HttpResponseBase:
    """Give the page that a package runs in."""
    raise Http404


def content_file(request: HttpRequest, token: str, path: str) -> HttpResponseBase:
    """Give one of a package's own files."""
    raise Http404


def content_asset(request: HttpRequest, version: str, name: str) -> HttpResponseBase:
    """Give one of our scripts that a stage is made of."""
    raise Http404
