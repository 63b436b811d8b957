"""Certificates lapse by the rules, and come back by them; no person is asked, and every act names its rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.operations import record_audit
from certificates.enums import CertificateOperation, CertificateStatus, HoldingAct
from certificates.models import Holding, HoldingEvent
from certificates.operations.corrections import retry_stopped_corrections
from certificates.operations.events import record_event
from certificates.operations.holding_messages import tell_holder
from certificates.operations.renewal_queue import retry_stopped_renewals
from certificates.queries.lapses import holding_lapse, holdings_to_lapse, holdings_to_reopen, years_of
from certificates.rules.deadlines import day_in
from courses.queries import policy_in_force
from tracking.enums import CeYearKind
from tracking.operations.healing import heal_each

BATCH = 200


def lapse_due_holdings(*, now: datetime, limit: int) -> int:
    """Let every valid holding lapse whose rolling test failed or whose renewal missed the deadline; returns how many.

    At most ``limit``, each in a transaction of its own; a suspended one waits until its suspension is lifted. Source:
    建办人函〔2020〕662号 (the deadline), 鄂建发展〔2021〕9号 (two years together).
    """
    return _walk(holdings_to_lapse(on=timezone.localdate(now)), partial(lapse_holding, now=now), limit=limit)


def reopen_lapsed_holdings(*, now: datetime, limit: int) -> int:
    """Give back every holding that the system let lapse and the rules of now do not; returns how many.

    A newer policy version moved the deadline, or hours earned in time were entered late. No row is edited: the holding
    is restored by an act of its own.
    """
    return _walk(holdings_to_reopen(on=timezone.localdate(now)), partial(reopen_holding, now=now), limit=limit)


@transaction.atomic
def lapse_holding(holding_id: int, *, now: datetime) -> HoldingEvent | None:
    """Judge one holding under its lock and let it lapse; None where it is valid, or not valid already."""
    holding = _locked(holding_id)
    if holding.status != CertificateStatus.VALID:
        return None
    lapse = holding_lapse(holding, on=day_in(holding.learner.time_zone, now))
    if lapse is None:
        return None
    return _act(holding, HoldingAct.LAPSE, reason=lapse.reason, now=now)


@transaction.atomic
def reopen_holding(holding_id: int, *, now: datetime) -> HoldingEvent | None:
    """Judge one lapsed holding under its lock and restore it; None where it stays lapsed, or a person ended it."""
    holding = _locked(holding_id)
    newest = HoldingEvent.objects.filter(holding=holding).order_by("-sequence").first()
    by_system = newest is not None and newest.operation == CertificateOperation.LAPSE and newest.actor_id is None
    today = day_in(holding.learner.time_zone, now)
    if holding.status != CertificateStatus.LAPSED or not by_system or holding_lapse(holding, on=today) is not None:
        return None
    event = _act(holding, HoldingAct.RESTORE, reason=_why_reopened(holding, today), now=now)
    retry_stopped_renewals(learner=holding.learner)
    retry_stopped_corrections(learner=holding.learner)
    return event


def _act(holding: Holding, act: HoldingAct, *, reason: str, now: datetime) -> HoldingEvent:
    lapses = act is HoldingAct.LAPSE
    event = record_event(
        holding=holding,
        operation=CertificateOperation.LAPSE if lapses else CertificateOperation.OTHER,
        status=CertificateStatus.LAPSED if lapses else CertificateStatus.VALID,
        reason=reason,
        now=now,
    )
    action = "holding.lapse" if lapses else "holding.reopen"
    record_audit(actor=None, action=action, target=holding, detail={"reason": event.reason}, now=now)
    tell_holder(event=event, act=act, now=now)
    return event


def _why_reopened(holding: Holding, today: date) -> str:
    newest = years_of(holding)[-1]
    source = policy_in_force(authority=holding.authority, on=today).source
    if newest.kind == CeYearKind.RENEWAL and newest.met_at is None:
        facts = {"day": newest.closes_on.isoformat(), "source": source}
        return _("换证截止日期延至 %(day)s（依据：%(source)s）") % facts
    return _("按现行政策和补记的学时重新核算，证书继续有效（依据：%(source)s）") % {"source": source}


def _locked(holding_id: int) -> Holding:
    holdings = Holding.objects.select_for_update(of=("self",), no_key=True)
    return holdings.select_related("learner", "post", "authority").get(pk=holding_id)


def _walk(holdings: QuerySet[Holding], act: Callable[[int], HoldingEvent | None], *, limit: int) -> int:
    """Judge the holdings in the order of their keys until ``limit`` were acted upon; returns how many were."""
    done: list[HoldingEvent] = []
    last = 0
    keys = holdings.order_by("pk").values_list("pk", flat=True)
    while len(done) < limit:
        batch = list(keys.filter(pk__gt=last)[: min(BATCH, limit - len(done))])
        if not batch:
            break
        last = batch[-1]
        heal_each(batch, lambda pk: done.extend(event for event in [act(pk)] if event is not None))
    return len(done)
