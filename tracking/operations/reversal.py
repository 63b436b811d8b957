"""Take hours back by a counter-entry."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import record_audit
from lms.lib.digests import digest
from lms.lib.errors import DomainError
from tracking.enums import LedgerSource
from tracking.models import LedgerEntry
from tracking.operations.ledger import append_entry
from tracking.operations.recognition import settle_learner


class NotReversibleError(DomainError):
    """A counter-entry is not taken back itself: the hours are entered anew."""

    code = "not_reversible"


@transaction.atomic
def reverse_entry(*, entry_id: int, actor: User, reason: str, now: datetime) -> LedgerEntry:
    """Write the counter-entry of an entry, or return the one that stands (safe to retry).

    It bears the day of what it takes back, so that it lands in the same year, and the year's balance follows. A
    recognition already given stays.

    :raises NotReversibleError: the entry is a counter-entry.
    """
    counter, is_new = append_counter(LedgerEntry.objects.get(pk=entry_id), actor=actor, reason=reason, now=now)
    if is_new:
        settle_learner(learner_id=counter.learner_id, now=now)
    return counter


def append_counter(entry: LedgerEntry, *, actor: User, reason: str, now: datetime) -> tuple[LedgerEntry, bool]:
    """Write the counter-entry of an entry, or find the one that stands, and whether it is new.

    Part of the caller's transaction, which settles the learner once all counter-entries are written.

    :raises NotReversibleError: the entry is a counter-entry.
    """
    if entry.source == LedgerSource.REVERSAL:
        raise NotReversibleError(_("冲正记录不能再冲正，请重新登记学时。"))
    counter = LedgerEntry(
        learner_id=entry.learner_id,
        authority_id=entry.authority_id,
        post_id=entry.post_id,
        block=entry.block,
        minutes=-entry.minutes,
        ce_year_id=entry.ce_year_id,
        label=entry.label,
        earned_on=entry.earned_on,
        earned_at=now,
        source=LedgerSource.REVERSAL,
        edition_id=entry.edition_id,
        lesson_id=entry.lesson_id,
        lesson_key=entry.lesson_key,
        offline_study_id=entry.offline_study_id,
        policy_id=entry.policy_id,
        evidence_digest=digest({"reverses": entry.uuid, "reason": reason}),
        reverses=entry,
        entered_by=actor,
    )
    written = append_entry(entry=counter)
    if written is counter:
        detail = {"minutes": counter.minutes, "reason": reason}
        record_audit(actor=actor, action="ledger.reverse", target=counter, detail=detail, now=now)
    return written, written is counter
