"""The one door into the hours ledger."""

from __future__ import annotations

from django.db import transaction

from tracking.enums import LedgerSource
from tracking.models import CeYear, LedgerEntry
from tracking.operations.locks import lock_chain, lock_learner
from tracking.rules.ledger_chain import LedgerRow, digest_of_entry


@transaction.atomic(savepoint=False)
def append_entry(*, entry: LedgerEntry) -> LedgerEntry:
    """Write an unsaved entry as the next link of its authority's chain, or return the entry that says it already.

    A lesson is known when the window of ``entry.ce_year`` holds it, perhaps studied for another post's year; classroom
    study, a counter-entry and a restored one when they were written before: also between two transactions, because a
    learner's entries are written one after another. A lesson that was taken back comes back for the same year only when
    an officer restores it. The chain is locked after the learner and until the caller's transaction ends, so do what
    takes long before. What must follow the entry, judging the learner's years, is done under both locks: whoever locks
    those years locked the learner first, so no entry waits there for another chain.

    Whether it was written now: ``append_entry(entry=entry) is entry``.
    """
    lock_learner(entry.learner_id)
    known = _known(entry)
    if known is not None:
        return known
    chain = lock_chain(entry.authority_id)
    entry.chain_position = chain.length + 1
    entry.previous_digest = chain.last_digest
    entry.entry_digest = digest_of_entry(row_of_entry(entry))
    entry.save(force_insert=True)
    chain.length, chain.last_digest = entry.chain_position, entry.entry_digest
    chain.save(update_fields=["length", "last_digest"])
    return entry


def row_of_entry(entry: LedgerEntry) -> LedgerRow:
    """An entry as the chain sees it; no statement."""
    return LedgerRow._make(getattr(entry, name) for name in LedgerRow._fields)


def _known(entry: LedgerEntry) -> LedgerEntry | None:
    entries = LedgerEntry.objects.filter(learner_id=entry.learner_id, source=entry.source)
    if entry.source == LedgerSource.LESSON:
        return _known_lesson(entry)
    if entry.source == LedgerSource.OFFLINE:
        return entries.filter(offline_study_id=entry.offline_study_id).first()
    return entries.filter(reverses_id=entry.reverses_id).first()


def _known_lesson(entry: LedgerEntry) -> LedgerEntry | None:
    """The entry that counts in the year's window, or else the one of the year itself, which was taken back."""
    same = LedgerEntry.objects.filter(learner_id=entry.learner_id, lesson_key=entry.lesson_key, minutes__gt=0)
    year: CeYear | None = entry.ce_year
    if year is not None:
        in_window = same.filter(earned_on__range=(year.opens_on, year.closes_on), reversal__isnull=True)
        found: LedgerEntry | None = in_window.order_by("earned_at", "pk").first()
        if found is not None:
            return found
    return same.filter(ce_year=year).order_by("earned_at", "pk").first()
