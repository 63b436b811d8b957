"""Facts that every template may name."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site_facts(request: HttpRequest) -> dict[str, Any]:
    """Give the site's address and whether this is the demonstration."""
    return {"site_url": settings.XUESHI_SITE_URL, "is_demo": settings.XUESHI_DEMO, "languages": settings.LANGUAGES}
