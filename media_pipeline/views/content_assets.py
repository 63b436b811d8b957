"""Our own scripts on the hosts of packages: those a stage is made of, and no other static file."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response

from lms.lib.digests import sha256_hex

# the path below /static/ of every file that a stage may load, so that modules name each other as they do there
_NAME = re.compile(r"(tracking/scorm|vendor/scorm|media_pipeline/content)/[A-Za-z0-9_.-]+\.(js|mjs|json|css)")
_FOLDERS = ("tracking/scorm", "vendor/scorm", "media_pipeline/content")
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".css": "text/css; charset=utf-8",
}
_FOR_EVER = "public, max-age=31536000, immutable"


def content_asset(request: HttpRequest, version: str, name: str) -> HttpResponseBase:
    """Give one of our scripts. Under the version of all that stand here now it may be kept for ever. No statement."""
    is_asked = request.method in ("GET", "HEAD") and "Service-Worker" not in request.headers
    if not is_asked or not _NAME.fullmatch(name) or (path := _find(name)) is None:
        raise Http404
    data = path.read_bytes()
    etag = f'"{sha256_hex(data)[:24]}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(data if request.method == "GET" else b"", content_type=_TYPES[path.suffix])
        response.headers["Content-Length"] = str(len(data))
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = _FOR_EVER if version == _version() else "public, no-cache"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return response


def asset_base() -> str:
    """The path that our scripts stand below. It carries their version, and modules that name each other pass it on."""
    return f"/assets/{_version()}"


def _version() -> str:
    """A digest over all of them; read anew when one was written."""
    found = [path for folder in _FOLDERS if (place := _find(folder)) for path in sorted(place.iterdir())]
    stats = [(path, path.stat()) for path in found if path.suffix in _TYPES]
    return _digest(tuple((path, stat.st_mtime_ns, stat.st_size) for path, stat in stats))


@lru_cache(maxsize=4)
def _digest(files: tuple[tuple[Path, int, int], ...]) -> str:
    return sha256_hex("".join(f"{path.name} {sha256_hex(path.read_bytes())}\n" for path, *_ in files).encode())[:16]


def _find(name: str) -> Path | None:
    """The file or folder in the sources, there with or without ``collectstatic``, or else where that has put it."""
    found = finders.find(name) or (settings.STATIC_ROOT and Path(settings.STATIC_ROOT) / name)
    return Path(found) if found and Path(found).exists() else None
