"""What verification pages keep for quick answers, and how it is forgotten when a holding changes."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from django.db import transaction

from certificates.gateways import verification_memory
from certificates.models import Certificate
from certificates.operations.status_list_cache import forget_status_lists


def forget_holding(holding_id: int) -> None:
    """:func:`forget_holdings` for one."""
    forget_holdings([holding_id])


def forget_holdings(holding_ids: Collection[int]) -> None:
    """Let no verification page answer from memory that is older than this change of some holdings.

    Called inside the transaction that changes them. From now on, and until the change is committed, nobody answers from
    memory; once it is committed, what is read anew may be kept again. So a worker killed in between leaves slow answers
    for a while, never wrong ones.
    """
    verification_memory.suspend_holdings(holding_ids)
    transaction.on_commit(partial(verification_memory.renew_marks, holding_ids))
    forget_status_lists(holding_ids)


def forget_sealed_by(key_id: int) -> None:
    """Once this change of a signing key is committed, let no page be given out that was made before it.

    Called inside the transaction; one statement after it, however many certificates the key sealed.
    """
    sealed = Certificate.objects.filter(signing_key_id=key_id).values_list("holding_id", flat=True)
    transaction.on_commit(lambda: verification_memory.renew_marks(sealed.distinct().iterator()))
