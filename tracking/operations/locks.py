"""Whose turn it is."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import Learner
from tracking.models import LedgerChain


def lock_learner(learner_id: int) -> None:
    """Let what concerns one learner's hours happen one after another, until the transaction ends.

    Taken before any of the learner's years is locked, and before a chain: in this order nobody waits in a circle. Who
    holds a chain may still lock years of the same learner, because nobody else holds them.

    :raises Learner.DoesNotExist: there is no such learner.
    """
    Learner.objects.select_for_update(no_key=True).only("pk").get(pk=learner_id)


def lock_learners(learner_ids: Iterable[int]) -> None:
    """:func:`lock_learner` for several, in the order of their keys; one statement. Who is no more is passed over."""
    learners = Learner.objects.select_for_update(no_key=True).only("pk").filter(pk__in=set(learner_ids))
    list(learners.order_by("pk"))


def lock_chain(authority_id: int) -> LedgerChain:
    """The end of the authority's chain, locked until the transaction ends; made by the first who asks."""
    chains = LedgerChain.objects.select_for_update(no_key=True).filter(authority_id=authority_id)
    found = chains.first()
    if found is None:
        LedgerChain.objects.bulk_create([LedgerChain(authority_id=authority_id)], ignore_conflicts=True)
        found = chains.get()
    return found
