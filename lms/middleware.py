"""Headers that every page of ours carries."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_STRICT = (
    "default-src 'self'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob: {media}; "
    "media-src 'self' blob: {media}; connect-src 'self' {media}; worker-src 'self' blob:; frame-src 'self'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)


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
        self.policy = _STRICT.format(media=" ".join(sources))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith(("/admin/", "/staff/")):
            response.headers.setdefault("Content-Security-Policy", self.policy)
            response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response
