"""Open a case for whoever a signal sees, and close it by a person's decision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import record_audit
from lms.lib.errors import DomainError
from tracking.enums import CaseOutcome, Signal
from tracking.models import LedgerEntry, PlayLease, SuspicionCase
from tracking.operations.recognition import recognise_met_years, settle_learner
from tracking.operations.reversal import append_counter
from tracking.queries.answer_sights import fast_answers
from tracking.queries.devices import DEVICE_KEPT_FOR
from tracking.queries.sights import Sight, long_days, same_traces, shared_devices


class CaseRefusedError(DomainError):
    """The case cannot be decided so; the message says why and what to do."""

    code = "case_refused"


def find_suspicions(*, now: datetime) -> int:
    """Open one case for each learner, signal and sight of recent study; returns how many were opened.

    Nothing is refused and nothing taken: an open case only keeps years from being recognised without a person. A sight
    that was cleared never opens a case again for the same learner; one that was confirmed does when all that is seen
    began after the decision. Safe to run twice, also at once.
    """
    seen: dict[Signal, list[Sight]] = {
        Signal.SHARED_DEVICE: shared_devices(now),
        Signal.FAST_ANSWERS: fast_answers(now),
        Signal.LONG_DAY: long_days(now),
        Signal.SAME_TRACE: same_traces(now),
    }
    return sum(_open_case(sight, now=now) for sights in seen.values() for sight in _new_ones(sights))


@transaction.atomic
def close_case(*, case_id: int, actor: User, outcome: str, reason: str, now: datetime) -> SuspicionCase:
    """Decide on a case: ``cleared`` lets waiting years recognise themselves, ``confirmed`` leaves them to a person.

    Neither takes an hour from anybody. The same decision again returns the case as it stands (safe to retry).

    :raises CaseRefusedError: no reason, the officer's own case, or decided otherwise before.
    """
    reason = reason.strip()[:300]
    case = SuspicionCase.objects.select_for_update(of=("self",)).select_related("learner").get(pk=case_id)
    if case.learner.user_id == actor.pk:
        raise CaseRefusedError(_("不能处理与本人有关的线索，请交由其他工作人员。"), code="own_case")
    if outcome not in (CaseOutcome.CLEARED, CaseOutcome.CONFIRMED):
        raise CaseRefusedError(_("请选择处理结果。"), code="no_outcome")
    if not reason:
        raise CaseRefusedError(_("请写明处理理由。"), code="no_reason")
    if case.outcome != CaseOutcome.OPEN:
        if (case.outcome, case.closed_by_id) == (outcome, actor.pk):
            return case
        raise CaseRefusedError(_("该线索已经处理，结果不能更改。"), code="closed")
    case.outcome, case.reason, case.closed_at, case.closed_by = CaseOutcome(outcome), reason, now, actor
    case.save(update_fields=["outcome", "reason", "closed_at", "closed_by"])
    detail = {"outcome": str(case.outcome), "signal": str(case.signal), "reason": reason}
    record_audit(actor=actor, action="suspicion.close", target=case, detail=detail, now=now)
    if case.outcome == CaseOutcome.CLEARED:
        recognise_met_years(now=now, learner_id=case.learner_id)
    return case


@transaction.atomic
def reverse_entries(
    *, case_id: int, entry_ids: Sequence[int], actor: User, reason: str, now: datetime
) -> list[LedgerEntry]:
    """Take back chosen hours of a confirmed case by counter-entries, all or none (safe to retry).

    Only entries of the case's learner and authority; see :func:`tracking.operations.reverse_entry`.

    :raises CaseRefusedError: the case is not confirmed, the officer's own, or no reason was given.
    :raises NotReversibleError: an entry is a counter-entry.
    """
    reason = reason.strip()[:300]
    case = SuspicionCase.objects.select_for_update(of=("self",)).select_related("learner").get(pk=case_id)
    if case.learner.user_id == actor.pk:
        raise CaseRefusedError(_("不能处理与本人有关的线索，请交由其他工作人员。"), code="own_case")
    if case.outcome != CaseOutcome.CONFIRMED:
        raise CaseRefusedError(_("线索查实以后才能冲正学时。"), code="not_confirmed")
    if not reason:
        raise CaseRefusedError(_("请写明冲正理由，学员可以看到。"), code="no_reason")
    entries = LedgerEntry.objects.filter(pk__in=entry_ids, learner_id=case.learner_id, authority_id=case.authority_id)
    written = [append_counter(entry, actor=actor, reason=reason, now=now) for entry in entries.order_by("pk")]
    if any(is_new for _counter, is_new in written):
        settle_learner(learner_id=case.learner_id, now=now)
    return [counter for counter, _is_new in written]


def forget_devices(*, now: datetime) -> int:
    """Clear the browser's mark from leases opened more than 90 days ago; returns from how many."""
    old = PlayLease.objects.filter(opened_at__lt=now - DEVICE_KEPT_FOR).exclude(device_key="")
    return old.update(device_key="")


def _new_ones(sights: Sequence[Sight]) -> list[tuple[Sight, str]]:
    """The sights for which a case is due, each with the fingerprint it gets: one statement for all of a signal."""
    if not sights:
        return []
    known: dict[tuple[int, str], list[SuspicionCase]] = defaultdict(list)
    cases = SuspicionCase.objects.filter(signal=sights[0].signal, learner_id__in={each.learner_id for each in sights})
    for case in cases.order_by("pk"):
        known[case.learner_id, case.fingerprint.partition(":")[0]].append(case)
    return [
        (sight, fingerprint)
        for sight in sights
        if (fingerprint := _next_fingerprint(sight, known[sight.learner_id, sight.fingerprint])) is not None
    ]


def _next_fingerprint(sight: Sight, cases: Iterable[SuspicionCase]) -> str | None:
    """The fingerprint, numbered from the second time on; None where a case stands or a person has cleared the sight."""
    number = 0
    for case in cases:
        number += 1
        if case.outcome != CaseOutcome.CONFIRMED or case.closed_at is None or sight.begins_at <= case.closed_at:
            return None
    return f"{sight.fingerprint}:{number}" if number else sight.fingerprint


@transaction.atomic
def _open_case(found: tuple[Sight, str], *, now: datetime) -> int:
    sight, fingerprint = found
    case, is_new = SuspicionCase.objects.get_or_create(
        learner_id=sight.learner_id,
        signal=sight.signal,
        fingerprint=fingerprint,
        defaults={"authority_id": sight.authority_id, "evidence": sight.evidence, "opened_at": now},
    )
    if is_new:
        detail = {"signal": str(sight.signal)}
        record_audit(actor=None, action="suspicion.open", target=case, detail=detail, now=now)
    return int(is_new)
