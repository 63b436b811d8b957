"""What leaves the register in bulk is written down before its first byte."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Authority, User
from accounts.operations import record_audit
from certificates.queries.register_selection import Selection
from lms.lib.errors import DomainError


class NothingToSendError(DomainError):
    """The choice is empty, or holds no files."""

    code = "nothing_to_send"


class TooMuchToSendError(DomainError):
    """The choice is larger than what is sent at once."""

    code = "too_much"


@transaction.atomic
def record_sending(action: str, selection: Selection, *, actor: User, detail: dict[str, Any], now: datetime) -> None:
    """Audit it once for each authority whose lines are in it."""
    for authority in Authority.objects.filter(pk__in=selection.authority_ids).order_by("code", "pk"):
        record_audit(actor=actor, action=action, target=authority, detail=detail, now=now)
