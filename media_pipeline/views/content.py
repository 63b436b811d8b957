"""What browsers ask of the hosts of packages: the stage, and the packages' own files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from lms.lib.content_host import content_host
from lms.lib.digests import sha256_hex
from media_pipeline.gateways.storage import StorageAwayError, StorageRefusedError, open_file, presigned_url
from media_pipeline.queries import site_origins
from media_pipeline.queries.content import ContentClaims, ContentTokenError, open_content
from media_pipeline.queries.content_files import PackageFiles, package_files
from media_pipeline.rules.content_policy import PERMISSIONS, files_policy, outside_sources, stage_policy
from media_pipeline.rules.ranges import ByteRange, RangeNotSatisfiableError, parse_range
from media_pipeline.rules.scorm_types import content_type_of_member
from media_pipeline.views.content_assets import asset_base
from media_pipeline.views.spans import span_of

# outside hosts that the author allowed hear which origin asks (players of films insist on it), and never the token
REFERRERS = "strict-origin-when-cross-origin"
_AT_ONCE_BYTES = 256 * 1024  # smaller answers are not worth a stream
_ELSEWHERE_FROM_BYTES = 1024**2  # films from this size on are read from the bucket itself
_ELSEWHERE_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class _Opened:
    """A package that somebody has leave for, and for how many seconds more."""

    claims: ContentClaims
    package: PackageFiles
    left_seconds: int

    @property
    def origin(self) -> str:
        host = content_host()
        return host.origin_of(self.claims.package) if host else ""

    @property
    def outside(self) -> list[str]:
        host = content_host()
        never = [urlsplit(origin).hostname or "" for origin in site_origins()]
        return outside_sources(
            self.package.allowed_hosts, never=[*never, *([host.base, f".{host.base}"] if host else [])]
        )


def content_stage(request: HttpRequest, token: str) -> HttpResponseBase:
    """Give the page that a package runs in. What it runs with, the site's page tells it: it holds nothing of its own.

    One statement, or none: see :func:`package_files`.
    """
    opened = _open(request, token)
    page = render_to_string(
        "media_pipeline/content_stage.html", {"assets": asset_base(), "site_origins": " ".join(site_origins())}
    )
    response = HttpResponse(page)
    response.headers["Cache-Control"] = "private, no-cache"
    scripts = f"{opened.origin}/assets/"
    policy = stage_policy(scripts=scripts, outside=opened.outside, site=site_origins(), has_tls=_has_tls())
    return _fenced(response, policy)


def content_file(request: HttpRequest, token: str, path: str) -> HttpResponseBase:
    """Give one of a package's own files, from a folder or a bucket; a film's player is sent to the bucket itself.

    Only what the package's row names is there. One statement, or none: see :func:`package_files`.
    """
    opened = _open(request, token)
    member = opened.package.find(path)
    if member is None or "Service-Worker" in request.headers:  # such a worker would outlive the package's page
        raise Http404
    name, size = f"{opened.package.prefix}/{member}", opened.package.files[member]
    remote = presigned_url(name, expires_seconds=min(_ELSEWHERE_SECONDS, opened.left_seconds))
    if remote and _is_film_player(request, member, size):
        response: HttpResponseBase = HttpResponse(status=302, headers={"Location": remote, "Cache-Control": "no-store"})
    else:
        try:
            response = _answer(request, name, size, content_type_of_member(member), opened.package.imported_at)
        except FileNotFoundError as error:
            raise Http404 from error
        except (StorageAwayError, StorageRefusedError):
            response = HttpResponse(status=503, headers={"Retry-After": "5", "Cache-Control": "no-store"})
        response.headers.setdefault("Cache-Control", f"private, max-age={opened.left_seconds}, immutable")
    parts = urlsplit(remote or "")
    media = [f"{parts.scheme}://{parts.netloc}"] if remote else []
    policy = files_policy(outside=opened.outside, media=media, site=site_origins(), has_tls=_has_tls())
    return _fenced(response, policy)


def _open(request: HttpRequest, token: str) -> _Opened:
    """Find what an address means, for who may read it.

    :raises Http404: nobody may, or it is another package's host. Nobody is told which.
    """
    now = timezone.now()
    if request.method not in ("GET", "HEAD"):
        raise Http404
    try:
        claims = open_content(token, host=request.META.get("HTTP_HOST", ""), now=now)
    except ContentTokenError as error:
        raise Http404 from error
    package = package_files(claims.package)
    if package is None:
        raise Http404
    return _Opened(claims, package, max(1, claims.expires_at_s - int(now.timestamp())))


def _answer(request: HttpRequest, name: str, size: int, content_type: str, changed_at: datetime) -> HttpResponseBase:
    """Answer with a file, a part of it, or that what the browser has is still right.

    :raises FileNotFoundError: there is no such file in the storage.
    """
    changed_s = int(changed_at.timestamp())
    etag = f'"{sha256_hex(f"{name} {size} {changed_s}".encode())[:24]}"'
    validators = {"ETag": etag, "Last-Modified": http_date(changed_s), "Accept-Ranges": "bytes"}
    known = get_conditional_response(request, etag=etag, last_modified=changed_s)
    if known is not None:
        return _with(known, validators)
    try:
        asked = parse_range(_range(request, validators), size)
    except RangeNotSatisfiableError:
        return HttpResponse(status=416, content_type=content_type, headers={"Content-Range": f"bytes */{size}"})
    span = asked or ByteRange(start=0, end=size - 1)
    response = _body(request, name, size, span)
    facts = {"Content-Type": content_type, "Content-Length": str(span.length)}
    if asked:
        response.status_code = 206
        facts["Content-Range"] = f"bytes {span.start}-{span.end}/{size}"
    return _with(response, {**validators, **facts})


def _range(request: HttpRequest, validators: dict[str, str]) -> str:
    """The range that is asked for; none where it goes on from another file than this."""
    condition = request.headers.get("If-Range")
    is_same = condition in (None, validators["ETag"], validators["Last-Modified"])
    return request.headers.get("Range", "") if is_same else ""


def _body(request: HttpRequest, name: str, size: int, span: ByteRange) -> HttpResponseBase:
    if request.method == "HEAD" or not span.length:
        return HttpResponse()
    stored = open_file(name, size=size)
    if span.length > _AT_ONCE_BYTES:
        return StreamingHttpResponse(span_of(request, stored, span))
    with stored:
        stored.seek(span.start)
        return HttpResponse(stored.read(span.length))


def _is_film_player(request: HttpRequest, member: str, size: int) -> bool:
    """Whether a film is asked for by the browser's player and by no script, which could not read another origin."""
    player = request.headers.get("Sec-Fetch-Dest") == "video" and request.headers.get("Sec-Fetch-Mode") == "no-cors"
    return player and size >= _ELSEWHERE_FROM_BYTES and content_type_of_member(member).startswith("video/")


def _has_tls() -> bool:
    host = content_host()
    return host is not None and host.scheme == "https"


def _fenced(response: HttpResponseBase, policy: str) -> HttpResponseBase:
    return _with(
        response,
        {"Content-Security-Policy": policy, "Permissions-Policy": PERMISSIONS, "Referrer-Policy": REFERRERS},
    )


def _with(response: HttpResponseBase, headers: dict[str, str]) -> HttpResponseBase:
    for name, value in headers.items():
        response.headers[name] = value
    return response
