"""What stands before every page: hosts of packages are answered apart, and pages carry their headers."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import resolve

from lms.lib.content_host import content_host

_STRICT = (
    "default-src 'self'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob: {media}; "
    "media-src 'self' blob: {media}; connect-src 'self' {media}; worker-src 'self' blob:; frame-src 'self'{frames}; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)


class ContentHostMiddleware:
    """Answer requests for the hosts of packages by ``lms.content_urls`` alone; the site is not to be had there.

    Nothing after this sees such a request: no session, no cookie, no redirect, no page of the CMS. What those addresses
    do not name is 404 and nothing else. ``ALLOWED_HOSTS`` is not asked: it says which names are the site's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = content_host()
        if host is None or not host.owns(request.META.get("HTTP_HOST", "")):
            return self.get_response(request)
        try:
            view, args, kwargs = resolve(request.path_info, urlconf="lms.content_urls")
            response: HttpResponse = view(request, *args, **kwargs)
        except (Http404, SuspiciousOperation):
            response = HttpResponse(status=404, content_type="text/plain", headers={"Cache-Control": "no-store"})
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if host.scheme == "https":
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response


class ClientAddressMiddleware:
    """Behind a trusted proxy, take the visitor's address from what that proxy appended to ``X-Forwarded-For``.

    Lock-outs and limits count per address: without this, a whole province would share the proxy's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        if settings.ENV.trusted_proxy and forwarded:
            request.META["REMOTE_ADDR"] = forwarded.rsplit(",", 1)[-1].strip()
        return self.get_response(request)


class SecurityHeadersMiddleware:
    """Set the content security policy; the CMS's own screens bring inline code and keep Wagtail's rules."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        sources = [settings.ENV.media.browser_sources]
        if settings.ENV.cdn:
            cdn = urlsplit(settings.ENV.cdn.base_url)
            sources.append(f"{cdn.scheme}://{cdn.netloc}")
        packages = content_host()
        frames = f" {packages.source}" if packages else ""
        self.policy = _STRICT.format(media=" ".join(sources), frames=frames)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith(("/admin/", "/staff/")):
            response.headers.setdefault("Content-Security-Policy", self.policy)
            response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response
