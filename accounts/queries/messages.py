"""A person's box of site messages."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import SiteMessage, User


def messages_of(user: User) -> QuerySet[SiteMessage]:
    """The person's messages, newest first; one statement, answered by an index."""
    return SiteMessage.objects.filter(user=user).order_by("-sent_at", "-pk")


def unread_count(user: User) -> int:
    """How many messages the person has not read; one statement over an index of unread ones."""
    return SiteMessage.objects.filter(user=user, read_at__isnull=True).count()
