"""Filters of the public pages: ``{% load teaching %}``."""

from __future__ import annotations

from datetime import date

from django import template

from courses.enums import DocumentStatus
from courses.models import RegulatoryDocument
from lms.lib.own_language import own_language

register = template.Library()
register.filter("own_language", own_language)

_BADGES = {
    DocumentStatus.IN_FORCE: "good",
    DocumentStatus.COMING: "info",
    DocumentStatus.REPEALED: "bad",
    DocumentStatus.UNKNOWN: "warn",
}


@register.filter
def status_on(document: RegulatoryDocument, day: date) -> DocumentStatus:
    """Say whether the document is in force: ``{{ document|status_on:today }}``."""
    return document.status_on(day)


@register.filter
def status_badge(status: str) -> str:
    """Give the badge's variant for a document's status."""
    return _BADGES[DocumentStatus(status)]
