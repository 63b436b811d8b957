"""Messages that a person reads on the site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import SiteMessage, User


@dataclass(frozen=True, slots=True)
class MessageDraft:
    """One message to one person: ``key`` names what it is about, ``address`` is a path of this site or empty."""

    user_id: int
    key: str
    subject: str
    body: str
    address: str = ""


def send_site_message(*, user: User, key: str, subject: str, body: str, now: datetime, address: str = "") -> bool:
    """Lay one message into a person's box, in the caller's transaction; the same ``key`` is delivered once.

    Returns whether it is new. The text is in the person's own language: write it under ``translation.override``.
    """
    draft = MessageDraft(user_id=user.pk, key=key, subject=subject, body=body, address=address)
    return bool(send_site_messages(drafts=[draft], now=now))


@transaction.atomic
def send_site_messages(*, drafts: list[MessageDraft], now: datetime) -> int:
    """Lay many messages into their boxes in as many statements as one; returns how many are new.

    Who sends the same at the same moment delivers one: the unique key decides.
    """
    users = {draft.user_id for draft in drafts}
    keys = {draft.key for draft in drafts}
    delivered = SiteMessage.objects.filter(user_id__in=users, key__in=keys).values_list("user_id", "key")
    known = set(delivered)
    fresh = {(each.user_id, each.key): each for each in drafts if (each.user_id, each.key) not in known}
    rows = [
        SiteMessage(
            user_id=each.user_id,
            key=each.key,
            subject=each.subject[:120],
            body=each.body,
            address=each.address,
            sent_at=now,
        )
        for each in fresh.values()
    ]
    SiteMessage.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


@transaction.atomic
def read_messages(*, user: User, uuids: list[UUID] | None = None, now: datetime) -> int:
    """Mark a person's messages as read, those named or all; returns how many were unread (safe to repeat)."""
    unread = SiteMessage.objects.filter(user=user, read_at__isnull=True)
    if uuids is not None:
        unread = unread.filter(uuid__in=uuids)
    return unread.update(read_at=now)
