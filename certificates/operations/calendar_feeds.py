"""The private address of a learner's deadlines: made, made anew, revoked."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from accounts.models import Learner
from accounts.operations import record_audit
from certificates.models import CalendarFeed
from lms.lib.digests import sha256_hex
from lms.lib.sealed import seal

TOKEN_BYTES = 24


@transaction.atomic
def open_calendar_feed(*, learner: Learner, now: datetime) -> CalendarFeed:
    """Make the learner's address, or another one in its place: the one before is unknown from then on."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    values = {"token_digest": sha256_hex(token.encode()), "token_sealed": seal(token), "made_at": now}
    feed, _made = CalendarFeed.objects.update_or_create(learner=learner, defaults=values)
    record_audit(actor=learner.user, action="calendar.open", target=learner, detail={}, now=now)
    return feed


@transaction.atomic
def revoke_calendar_feed(*, learner: Learner, now: datetime) -> None:
    """Make the learner's address unknown; doing it again changes nothing."""
    gone, _models = CalendarFeed.objects.filter(learner=learner).delete()
    if gone:
        record_audit(actor=learner.user, action="calendar.revoke", target=learner, detail={}, now=now)
