"""Take hours back by a counter-entry, and undo that when it was a mistake."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import record_audit
from lms.lib.digests import digest
from lms.lib.errors import DomainError
from tracking.enums import LedgerSource
from tracking.models import LedgerEntry
from tracking.operations.ledger import append_entry
from tracking.operations.locks import lock_learner
from tracking.operations.recognition import settle_learner
from tracking.queries import standing_spans
from tracking.queries.standings import window_of
from tracking.rules.offline_claims import ClaimError, ClassroomSpan, check_claim


class NotReversibleError(DomainError):
    """A counter-entry is not taken back itself: the hours are restored."""

    code = "not_reversible"


class NotRestorableError(DomainError):
    """The hours cannot be restored; the code says why.

    ``not_reversed``, ``no_reason``, ``own_entry`` (nobody decides on hours of one's own), ``counted_again`` (the lesson
    was learnt anew for the same window) or ``claimed_again`` (the training was claimed anew, or its days are full).
    """

    code = "not_reversed"


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


@transaction.atomic
def restore_entry(*, entry_id: int, actor: User, reason: str, now: datetime) -> LedgerEntry:
    """Enter hours anew that were taken back by mistake, or return the entry that did so before (safe to retry).

    ``entry_id`` is the entry that was taken back. The new one bears its day and its minutes and names the
    counter-entry, which stays. The learner's years are judged again; one taken back again can be restored again.

    :raises NotRestorableError: the entry was not taken back, no reason, the officer's own, or it counts anew already.
    """
    lock_learner(LedgerEntry.objects.values_list("learner_id", flat=True).get(pk=entry_id))
    entries = LedgerEntry.objects.select_related("learner", "reversal", "ce_year", "offline_study__ce_year")
    entry = entries.get(pk=entry_id)
    reason = reason.strip()[:300]
    if entry.learner.user_id == actor.pk:
        raise NotRestorableError(_("不能恢复本人的学时，请交由其他工作人员。"), code="own_entry")
    if not reason:
        raise NotRestorableError(_("请写明恢复学时的理由，学员可以看到。"), code="no_reason")
    counter: LedgerEntry | None = getattr(entry, "reversal", None)
    if counter is None or entry.source == LedgerSource.REVERSAL:
        raise NotRestorableError(_("这条学时没有被冲正，无需恢复。"))
    known: LedgerEntry | None = LedgerEntry.objects.filter(reverses=counter).first()
    if known is not None:
        return known
    _check_counts_nowhere_else(entry, now=now)
    restored = _following(counter, LedgerSource.RESTORED, minutes=entry.minutes, actor=actor, reason=reason, now=now)
    append_entry(entry=restored)
    detail = {"minutes": restored.minutes, "reason": reason}
    record_audit(actor=actor, action="ledger.restore", target=restored, detail=detail, now=now)
    settle_learner(learner_id=restored.learner_id, now=now)
    return restored


def _check_counts_nowhere_else(entry: LedgerEntry, *, now: datetime) -> None:
    study, year = entry.offline_study, entry.ce_year
    if entry.lesson_key is not None and year is not None:
        same = LedgerEntry.objects.filter(learner_id=entry.learner_id, lesson_key=entry.lesson_key, minutes__gt=0)
        in_window = same.filter(earned_on__range=(year.opens_on, year.closes_on), reversal__isnull=True)
        if in_window.exists():
            raise NotRestorableError(_("这一课时已经另行记入学时，不能重复恢复。"), code="counted_again")
    if study is not None:
        span = ClassroomSpan(study.studied_from, study.studied_to, entry.minutes, study.title)
        try:
            standing = standing_spans(entry.learner)
            check_claim(span, window=window_of(study.ce_year), today=timezone.localdate(now), standing=standing)
        except ClaimError as error:
            text = _("这项培训已经另行申报，或当天的学时已满，不能重复恢复。")
            raise NotRestorableError(text, code="claimed_again") from error


def append_counter(entry: LedgerEntry, *, actor: User, reason: str, now: datetime) -> tuple[LedgerEntry, bool]:
    """Write the counter-entry of an entry, or find the one that stands, and whether it is new.

    Part of the caller's transaction, which settles the learner once all counter-entries are written.

    :raises NotReversibleError: the entry is a counter-entry.
    """
    if entry.source == LedgerSource.REVERSAL:
        raise NotReversibleError(_("冲正记录不能再冲正；如系误冲，请恢复原来的学时。"))
    counter = _following(entry, LedgerSource.REVERSAL, minutes=-entry.minutes, actor=actor, reason=reason, now=now)
    written = append_entry(entry=counter)
    if written is counter:
        detail = {"minutes": counter.minutes, "reason": reason}
        record_audit(actor=actor, action="ledger.reverse", target=counter, detail=detail, now=now)
    return written, written is counter


def _following(
    entry: LedgerEntry, source: LedgerSource, *, minutes: int, actor: User, reason: str, now: datetime
) -> LedgerEntry:
    """The unwritten entry that undoes ``entry``, of the same study and the same day."""
    return LedgerEntry(
        learner_id=entry.learner_id,
        authority_id=entry.authority_id,
        post_id=entry.post_id,
        block=entry.block,
        minutes=minutes,
        ce_year_id=entry.ce_year_id,
        label=entry.label,
        earned_on=entry.earned_on,
        earned_at=now,
        source=source,
        edition_id=entry.edition_id,
        lesson_id=entry.lesson_id,
        lesson_key=entry.lesson_key,
        offline_study_id=entry.offline_study_id,
        policy_id=entry.policy_id,
        evidence_digest=digest({"reverses": entry.uuid, "reason": reason}),
        reverses=entry,
        entered_by=actor,
    )
