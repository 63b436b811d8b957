"""Published status lists follow every change of a holding at once."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from django.db import transaction

from certificates.gateways.status_list_memory import resume_lists, suspend_lists
from certificates.queries.status_lists import lists_of_holdings


def forget_status_lists(holding_ids: Collection[int]) -> None:
    """Let no status list be given out that is older than this change of some holdings.

    Called inside the transaction that changes them, after their newest certificates were written.
    """
    if numbers := lists_of_holdings(holding_ids):
        suspend_lists(numbers)
        transaction.on_commit(partial(resume_lists, numbers))
