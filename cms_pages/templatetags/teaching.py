"""Filters of the public pages: ``{% load teaching %}``."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.utils.translation import get_language

from courses.enums import DocumentStatus
from courses.models import RegulatoryDocument

register = template.Library()

_BADGES = {
    DocumentStatus.IN_FORCE: "good",
    DocumentStatus.COMING: "info",
    DocumentStatus.REPEALED: "bad",
    DocumentStatus.UNKNOWN: "warn",
}


@register.filter
def own_language(holder: Any, name: str) -> str:
    """Show ``name`` of a page, post or block in the reader's language: ``name_en`` for English where it is given."""
    if (get_language() or "").startswith("en") and (english := _value(holder, f"{name}_en")):
        return english
    return _value(holder, name)


@register.filter
def status_on(document: RegulatoryDocument, day: date) -> DocumentStatus:
    """Say whether the document is in force: ``{{ document|status_on:today }}``."""
    return document.status_on(day)


@register.filter
def status_badge(status: str) -> str:
    """Give the badge's variant for a document's status."""
    return _BADGES[DocumentStatus(status)]


def _value(holder: Any, name: str) -> str:
    value = holder.get(name) if hasattr(holder, "get") else getattr(holder, name, "")
    return str(value or "")
