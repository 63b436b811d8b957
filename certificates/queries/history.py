"""What was done to a holding, ready to read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from accounts.models import Authority
from certificates.enums import CertificateStatus, HoldingAct
from certificates.models import Certificate, Holding, HoldingEvent


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One act: what, how the holding stood afterwards, when, by whom and why.

    ``doer`` is the kind of person who did it, in words; ``officers`` name them, for officers' eyes only. ``made`` is
    the version that the act brought, ``cited`` the one that it cites (of another holding where the certificate came
    from elsewhere), ``related`` the number of an old certificate or the authority that a transfer goes to.
    """

    sequence: int
    act: HoldingAct
    status: CertificateStatus
    at: datetime
    authority: Authority
    doer: str
    officers: tuple[str, ...]
    made: Certificate | None
    cited: Certificate | None
    related: str
    reason: str
    is_by_system: bool

    @property
    def is_restored_by_officers(self) -> bool:
        """Whether persons gave the certificate back, so that what the rules held against it before counts no more."""
        return self.act is HoldingAct.RESTORE and not self.is_by_system


def history_prefetch() -> Prefetch[str]:
    """The events of holdings, newest first, with what :func:`history_of` needs; one statement for all of them."""
    related = ("authority", "actor", "confirmed_by", "certificate", "previous")
    events = HoldingEvent.objects.select_related(*related)
    heavy = ("printed", "id_sealed", "qr_payload")
    deferred = [f"{name}__{column}" for name in ("certificate", "previous") for column in heavy]
    return Prefetch("events", queryset=events.defer(*deferred).order_by("-sequence"))


def history_of(holding: Holding, events: Iterable[HoldingEvent]) -> tuple[HistoryLine, ...]:
    """The lines of a holding's events, in their order; no statement. ``holding`` has its learner."""
    return tuple(_line(holding, event) for event in events)


def holding_history(holding: Holding) -> tuple[HistoryLine, ...]:
    """Everything that was done to a holding, newest first; two statements."""
    loaded = Holding.objects.select_related("learner").prefetch_related(history_prefetch()).get(pk=holding.pk)
    return history_of(loaded, loaded.events.all())


def restored_at(history: Iterable[HistoryLine]) -> datetime | None:
    """When officers last gave the certificate back, or None."""
    return max((line.at for line in history if line.is_restored_by_officers), default=None)


def _line(holding: Holding, event: HoldingEvent) -> HistoryLine:
    act = event.act
    officers = [each for each in (event.actor, event.confirmed_by) if each is not None]
    return HistoryLine(
        sequence=event.sequence,
        act=act,
        status=CertificateStatus(event.status),
        at=event.at,
        authority=event.authority,
        doer=_doer(holding, event),
        officers=tuple(str(each) for each in officers if each.pk != holding.learner.user_id),
        made=event.certificate if act in (HoldingAct.ISSUE, HoldingAct.EXTEND, HoldingAct.CORRECT) else None,
        cited=event.previous,
        related=event.related,
        reason=event.reason,
        is_by_system=event.actor_id is None,
    )


def _doer(holding: Holding, event: HoldingEvent) -> str:
    if event.actor_id is None:
        return _("系统按规则自动办理")
    if event.actor_id == holding.learner.user_id:
        return _("持证人本人")
    return _("两名工作人员办理") if event.confirmed_by_id is not None else _("工作人员办理")
