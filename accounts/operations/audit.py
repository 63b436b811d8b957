"""The audit trail's one writer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model

from accounts.models import AuditEntry, User


@dataclass(frozen=True, slots=True)
class Act:
    """One act of many that are written together; see :func:`record_audit`."""

    action: str
    target: Model
    detail: dict[str, Any] = field(default_factory=dict)
    actor: User | None = None


def record_audit(
    *, actor: User | None, action: str, target: Model, detail: dict[str, Any], now: datetime
) -> AuditEntry:
    """Write one act; call it inside the transaction of the act.

    ``action`` is a dotted verb such as ``certificate.renew``; ``detail`` must hold no full identity number.
    """
    entry = _entry(Act(action=action, target=target, detail=detail, actor=actor), now=now)
    entry.save(force_insert=True)
    return entry


def record_audits(acts: Sequence[Act], *, now: datetime) -> None:
    """Write several acts in one statement, in their order; call it inside the transaction of the acts."""
    AuditEntry.objects.bulk_create([_entry(act, now=now) for act in acts])


def _entry(act: Act, *, now: datetime) -> AuditEntry:
    identity = getattr(act.target, "uuid", None) or act.target.pk
    target = f"{act.target._meta.label_lower}:{identity}"
    return AuditEntry(at=now, actor=act.actor, action=act.action, target=target, detail=act.detail)
