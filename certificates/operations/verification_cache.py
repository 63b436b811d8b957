"""What verification pages keep for quick answers, and how it is forgotten when a holding changes."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from certificates.gateways import verification_memory
from certificates.models import Certificate
from certificates.operations.status_list_cache import forget_status_lists


def forget_holding(holding_id: int) -> None:
    """Let no verification page answer from memory that is older than this change of a holding.

    Called inside the transaction that changes it. From now on, and until the change is committed, nobody answers from
    memory; once it is committed, what is read anew may be kept again. So a worker killed in between leaves slow answers
    for a while, never wrong ones.
    """
    verification_memory.suspend_holding(holding_id)
    transaction.on_commit(partial(verification_memory.resume_holding, holding_id))
    forget_status_lists(holding_id)


def forget_sealed_by(key_id: int) -> None:
    """Once this change of a signing key is committed, let no page be given out that was made before it.

    Called inside the transaction; one statement after it, however many certificates the key sealed.
    """
    sealed = Certificate.objects.filter(signing_key_id=key_id).values_list("holding_id", flat=True)
    transaction.on_commit(lambda: verification_memory.renew_marks(sealed.distinct().iterator()))
