"""Facts that every template may name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import pgettext
from wagtail.models import Site

from accounts.queries import HeaderFacts, header_facts


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of the site's main menu."""

    title: str
    url: str
    is_current: bool


def site_facts(request: HttpRequest) -> dict[str, Any]:
    """Give the site's address, whether this is the demonstration, and what the header shows (asked only when drawn)."""
    person = cast(HeaderFacts, SimpleLazyObject(lambda: person_facts(request)))
    return {
        "site_url": settings.XUESHI_SITE_URL,
        "is_demo": settings.XUESHI_DEMO,
        "languages": settings.LANGUAGES,
        "menu": SimpleLazyObject(lambda: menu_items(request)),
        "is_officer": SimpleLazyObject(lambda: person.is_officer),
        "unread": SimpleLazyObject(lambda: person.unread),
    }


def menu_items(request: HttpRequest) -> list[MenuItem]:
    """The live pages below the home page that the editor wants in menus, in the tree's order; two statements."""
    site = Site.find_for_request(request)
    if site is None:
        return []
    pages = site.root_page.get_children().live().in_menu().only("title", "url_path", "path", "depth", "locale")
    return [
        MenuItem(title=pgettext("menu", page.title), url=url, is_current=request.path.startswith(url))
        for page in pages
        if (url := page.get_url(request))
    ]


def person_facts(request: HttpRequest) -> HeaderFacts:
    """What the header says of the person; one statement, none for visitors."""
    return header_facts(getattr(request, "user", None) or AnonymousUser())
