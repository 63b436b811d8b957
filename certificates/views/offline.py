"""The page that checks codes without a network, and the worker that keeps it on the visitor's device."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_GET

STYLES = ("lms/css/tokens.css", "lms/css/base.css", "lms/css/layout.css", "lms/css/components.css")
PICTURES = ("lms/favicon.svg", "lms/logo.svg")
LINKED = (
    *STYLES,
    *PICTURES,
    "certificates/certificates.css",
    "certificates/offline.css",
    "certificates/offline/page.js",
)
IMPORTED = (  # by their plain names: modules name one another so
    "certificates/offline/cbor.js",
    "certificates/offline/code.js",
    "certificates/offline/check.js",
    "certificates/offline/status.js",
    "certificates/offline/update.js",
    "certificates/offline/store.js",
    "certificates/offline/reading.js",
    "vendor/qr/decode.js",
    "vendor/qr/index.js",
)
TEMPLATE = "certificates/offline_page.html"


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Show the page; it is the same for everyone, so that a shared device keeps nothing of anybody."""
    response = render(request, TEMPLATE)
    response.headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """Give the worker with the list of what it keeps; other bytes, whenever the page or one of its files changes."""
    files = [*(static(name) for name in LINKED), *(settings.STATIC_URL + name for name in IMPORTED)]
    digest = hashlib.sha256(render_to_string(TEMPLATE, request=request).encode())
    for name, address in zip((*LINKED, *IMPORTED, "certificates/offline/worker.js"), [*files, ""], strict=True):
        found = finders.find(name)
        digest.update(address.encode() + (Path(found).read_bytes() if isinstance(found, str) else b""))
    kept = {"version": digest.hexdigest()[:16], "page": reverse("certificates:offline"), "files": files}
    source = static("certificates/offline/worker.js")
    script = f"self.kept = {json.dumps(kept)};\nimportScripts({json.dumps(source)});\n"
    response = HttpResponse(script, content_type="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response
