"""The audit trail's one writer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Model

from accounts.models import AuditEntry, User


def record_audit(
    *, actor: User | None, action: str, target: Model, detail: dict[str, Any], now: datetime
) -> AuditEntry:
    """Write one act; call it inside the transaction of the act.

    ``action`` is a dotted verb such as ``certificate.renew``; ``detail`` must hold no full identity number.
    """
    identity = getattr(target, "uuid", None) or target.pk
    return AuditEntry.objects.create(
        at=now, actor=actor, action=action, target=f"{target._meta.label_lower}:{identity}", detail=detail
    )
