"""What was done to a holding, one act after another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Case, Max, Value, When
from django.utils.translation import gettext as _

from accounts.models import Authority, User
from certificates.enums import CertificateOperation, CertificateStatus, HoldingAct
from certificates.models import Certificate, Holding, HoldingEvent, StatusProposal
from certificates.operations.verification_cache import forget_holdings
from certificates.rules.status import IllegalStep, act_of, is_legal, next_status, status_admits_extension
from lms.lib.errors import DomainError

_MAKES_CERTIFICATE = {CertificateOperation.ISSUE, CertificateOperation.EXTEND, CertificateOperation.CHANGE}
_ALIKE = ("status", "certificate_mode", "last_issued_at")  # of the newest event and certificate
_KEPT = (*_ALIKE, "certificate_number")
REGISTERED = "认领原证书"


class IllegalStepError(DomainError):
    """A holding that stands as this one does admits no such act; nothing was written."""

    code = "illegal_step"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """One act of several that are written together; see :func:`record_event`."""

    holding: Holding
    operation: CertificateOperation
    status: CertificateStatus | None = None
    certificate: Certificate | None = None
    previous: Certificate | None = None
    actor: User | None = None
    confirmed_by: User | None = None
    proposal: StatusProposal | None = None
    authority: Authority | None = None
    related: str = ""
    reason: str = ""


def record_event(
    *,
    holding: Holding,
    operation: CertificateOperation,
    now: datetime,
    status: CertificateStatus | None = None,
    certificate: Certificate | None = None,
    previous: Certificate | None = None,
    actor: User | None = None,
    confirmed_by: User | None = None,
    proposal: StatusProposal | None = None,
    authority: Authority | None = None,
    related: str = "",
    reason: str = "",
) -> HoldingEvent:
    """Append one act to a holding and let it stand as the act says; ``status`` may be left out where only one is legal.

    The holding's row is locked, so of two acts at once the second sees what the first did. ``certificate`` is the
    newest version unless one is given; ``authority`` is the holding's own unless the act was done elsewhere. A holding
    from before events were kept gets its registration first. ``holding`` itself is brought up to date.

    :raises IllegalStepError: ``rules/status.py`` knows no such step from how the holding stands now.
    """
    act = NewEvent(
        holding=holding,
        operation=operation,
        status=status,
        certificate=certificate,
        previous=previous,
        actor=actor,
        confirmed_by=confirmed_by,
        proposal=proposal,
        authority=authority,
        related=related,
        reason=reason,
    )
    (event,) = record_events([act], now=now)
    return event


@transaction.atomic
def record_events(acts: Sequence[NewEvent], *, now: datetime) -> list[HoldingEvent]:
    """:func:`record_event` for several holdings, one act each, in as many statements as for one.

    :raises IllegalStepError: one of them admits no such step; nothing was written.
    """
    rows = Holding.objects.select_for_update(of=("self",), no_key=True)
    locked = {row.pk: row for row in rows.filter(pk__in=[each.holding.pk for each in acts]).order_by("pk")}
    forget_holdings(list(locked))
    ends = HoldingEvent.objects.filter(holding__in=locked).values_list("holding").annotate(Max("sequence"))
    last, newest = dict(ends), _newest(acts)
    events = []
    for act in acts:
        holding = locked[act.holding.pk]
        if holding.pk not in last and not is_legal(None, act.operation, act.status):
            last[holding.pk] = _register_late(holding).sequence
        stood = CertificateStatus(holding.status) if holding.pk in last else None
        after = _after(stood, act.operation, act.status)
        events.append(
            _event(act, holding, after, newest.get(holding.pk), sequence=last.get(holding.pk, 0) + 1, now=now)
        )
        _let_stand(holding, after, made=act.certificate if act.operation in _MAKES_CERTIFICATE else None)
    HoldingEvent.objects.bulk_create(events)
    _keep_standing(acts, locked)
    return events


def check_step(holding: Holding, operation: CertificateOperation, status: CertificateStatus | None) -> None:
    """Refuse an act that the holding, as it was read, does not admit.

    :raises IllegalStepError: see :func:`record_event`.
    """
    _after(CertificateStatus(holding.status), operation, status)


def may_extend(holding: Holding) -> bool:
    """Whether the holding, as its row stands now, may be given a certificate: neither suspended nor ended. One read.

    An early answer that spares the work; :func:`record_event` asks again under the lock.
    """
    status = Holding.objects.values_list("status", flat=True).get(pk=holding.pk)
    return status_admits_extension(CertificateStatus(status))


def extension_refusal(holding: Holding) -> str:
    """Why a holding that :func:`may_extend` refuses gets no certificate, for its holder to read."""
    return _("证书现为“%(status)s”状态，不能签发或延续。请联系主管部门") % {
        "status": CertificateStatus(holding.status).label
    }


def record_claim(*, holding: Holding, actor: User | None, now: datetime) -> HoldingEvent:
    """Write the first act of a claimed old certificate, or return the one written before."""
    first: HoldingEvent | None = HoldingEvent.objects.filter(holding=holding, sequence=1).first()
    if first is not None:
        return first
    return record_event(
        holding=holding,
        operation=CertificateOperation.OTHER,
        status=CertificateStatus.VALID,
        actor=actor,
        related=holding.number,
        reason=REGISTERED,
        now=now,
    )


def _newest(acts: Sequence[NewEvent]) -> dict[int, Certificate]:
    """The newest certificate of each holding whose act names none; one statement, or none."""
    unnamed = [each.holding.pk for each in acts if each.certificate is None]
    rows = Certificate.objects.filter(holding__in=unnamed).order_by("version") if unnamed else ()
    return {row.holding_id: row for row in rows}


def _event(
    act: NewEvent,
    holding: Holding,
    status: CertificateStatus,
    newest: Certificate | None,
    *,
    sequence: int,
    now: datetime,
) -> HoldingEvent:
    return HoldingEvent(
        holding=holding,
        sequence=sequence,
        certificate=act.certificate or newest,
        operation=act.operation,
        status=status,
        at=now,
        authority_id=act.authority.pk if act.authority is not None else holding.authority_id,
        actor=act.actor,
        confirmed_by=act.confirmed_by,
        proposal=act.proposal,
        previous=act.previous,
        related=act.related[:120],
        reason=act.reason[:300],
    )


def _let_stand(holding: Holding, status: CertificateStatus, *, made: Certificate | None) -> None:
    holding.status = status
    if made is not None:
        holding.certificate_number, holding.last_issued_at = made.number, made.issued_at
        holding.certificate_mode = made.mode


def _keep_standing(acts: Sequence[NewEvent], locked: dict[int, Holding]) -> None:
    """Write how the holdings stand, those that stand alike together, and tell it to what the caller read of them."""
    alike: dict[tuple[object, ...], list[Holding]] = defaultdict(list)
    for row in locked.values():
        alike[tuple(getattr(row, name) for name in _ALIKE)].append(row)
    for common, rows in alike.items():
        numbers = [When(pk=row.pk, then=Value(row.certificate_number)) for row in rows]
        Holding.objects.filter(pk__in=[row.pk for row in rows]).update(
            certificate_number=Case(*numbers), **dict(zip(_ALIKE, common, strict=True))
        )
    for act in acts:
        for name in _KEPT:
            setattr(act.holding, name, getattr(locked[act.holding.pk], name))


def _register_late(holding: Holding) -> HoldingEvent:
    """The registration of a holding claimed before events were kept, dated as it happened."""
    event: HoldingEvent = HoldingEvent.objects.create(
        holding=holding,
        sequence=1,
        operation=CertificateOperation.OTHER,
        status=holding.status,
        at=holding.claimed_at,
        authority_id=holding.authority_id,
        actor=None,
        related=holding.number,
        reason=REGISTERED,
    )
    return event


def _after(
    before: CertificateStatus | None, operation: CertificateOperation, wanted: CertificateStatus | None
) -> CertificateStatus:
    try:
        return next_status(before, operation, wanted)
    except IllegalStep as error:
        stands = before.label if before is not None else _("尚未登记")
        raise IllegalStepError(
            _("证书现为“%(status)s”状态，不能办理“%(act)s”。")
            % {"status": stands, "act": _act_label(operation, wanted)}
        ) from error


def _act_label(operation: CertificateOperation, wanted: CertificateStatus | None) -> str:
    if wanted is None:
        return str(operation.label)
    act: HoldingAct = act_of(operation, wanted, is_first=False)
    return str(act.label)
