"""What stands beside the page tree."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cms_pages.models import CourseIndexPage

PRIVATE_PREFIXES = ("/accounts/", "/admin/", "/my/", "/province/", "/staff/", "/study/", "/verify/")


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Take a search to the course index, which holds it."""
    index = CourseIndexPage.objects.live().public().order_by("path").first()
    if index is None:
        raise Http404
    words = request.GET.get("q", "").strip()
    address = index.get_url(request) or "/"
    return HttpResponseRedirect(f"{address}?{urlencode({'q': words})}" if words else address)


@require_safe
@cache_control(max_age=3600, public=True)
def robots(request: HttpRequest) -> HttpResponse:
    """Let robots read the public pages; a demonstration asks them to stay away."""
    closed = ["/"] if settings.XUESHI_DEMO else list(PRIVATE_PREFIXES)
    lines = ["User-agent: *", *(f"Disallow: {prefix}" for prefix in closed)]
    lines.append(f"Sitemap: {settings.XUESHI_SITE_URL}{reverse('cms_pages:sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
