"""What is kept for quick verification, shared by all processes through the cache.

Everything kept about a holding carries the holding's mark; an answer is used only while that mark still stands. Marks
are random, so one that was lost (a cache may drop what it likes) never comes back by chance.
"""

from __future__ import annotations

import secrets

from django.core.cache import cache

SUSPENDED = "suspended"
SUSPENDED_SECONDS = 600  # longer than any transaction lasts
MARK_SECONDS = 3600


def suspend_holding(holding_id: int) -> None:
    """From now on nothing about the holding is answered from memory."""
    cache.set(_mark_key(holding_id), SUSPENDED, SUSPENDED_SECONDS)


def resume_holding(holding_id: int) -> None:
    """What is read from now on may be kept again; what was kept before stays forgotten."""
    cache.set(_mark_key(holding_id), secrets.token_urlsafe(9), MARK_SECONDS)


def _mark_key(holding_id: int) -> str:
    return f"verify:holding:{holding_id}"
