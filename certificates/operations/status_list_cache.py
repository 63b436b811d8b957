"""Published status lists follow every change of a holding at once."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from certificates.gateways.status_list_memory import resume_lists, suspend_lists
from certificates.queries.status_lists import lists_of_holding


def forget_status_lists(holding_id: int) -> None:
    """Let no status list be given out that is older than this change of a holding.

    Called inside the transaction that changes it, after its newest certificate was written.
    """
    if numbers := lists_of_holding(holding_id):
        suspend_lists(numbers)
        transaction.on_commit(partial(resume_lists, numbers))
