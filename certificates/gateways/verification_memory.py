"""What is kept for quick verification: pages by each process, marks and findings by all of them through the cache.

A page that is kept carries the mark of its holding, and is given out only while that mark still stands: asking for the
mark is all that a page costs. Marks are random, so one that was lost (a cache may drop what it likes) never comes back
by chance. Where the cache does not answer, nothing is answered from memory.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.core.cache import cache, caches
from django.core.cache.backends.filebased import FileBasedCache
from redis.exceptions import RedisError

SUSPENDED = "suspended"
SUSPENDED_SECONDS = 600  # longer than any transaction lasts
MARK_SECONDS = 3600
PAGE_SECONDS = 60.0  # even if nobody called to forget
MOST_PAGES = 2048  # of some 12 kB each, a process
FINDINGS_SECONDS = 600
MOST_MARKS, MOST_MARK_FILES = 2**20, 2**8  # holdings share marks: a folder of many files is slow to write to
CACHE_AWAY = (RedisError, OSError)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page as it was made, for whom, and until when it may be given out (``time.monotonic``)."""

    holding_id: int
    mark: str
    body: bytes
    until: float


_pages: OrderedDict[tuple[str, ...], KeptPage] = OrderedDict()
_lock = Lock()


def suspend_holdings(holding_ids: Iterable[int]) -> None:
    """From now on nothing about these holdings is answered from memory."""
    _set_marks({_mark_key(holding_id): SUSPENDED for holding_id in holding_ids}, SUSPENDED_SECONDS)


def renew_marks(holding_ids: Iterable[int]) -> None:
    """What is read of these holdings from now on may be kept again; what was kept before stays forgotten.

    Holdings that share a mark cost one.
    """
    _set_marks({_mark_key(holding_id): _new_mark() for holding_id in holding_ids}, MARK_SECONDS)


def mark_of(holding_id: int) -> str | None:
    """The mark under which what is read of the holding from now on may be kept; None where nothing may be kept."""
    try:
        mark = cache.get(_mark_key(holding_id))
        if mark is None:
            cache.add(_mark_key(holding_id), _new_mark(), MARK_SECONDS)  # another process may be first
            mark = cache.get(_mark_key(holding_id))
    except CACHE_AWAY:
        return None
    return None if mark == SUSPENDED else mark


def recall_page(key: tuple[str, ...]) -> bytes | None:
    """The page that this process keeps under ``key``, if nothing has changed since it was made."""
    with _lock:
        kept = _pages.get(key)
        if kept is not None:
            _pages.move_to_end(key)
    if kept is None or time.monotonic() > kept.until or mark_of(kept.holding_id) != kept.mark:
        return None
    return kept.body


def keep_page(key: tuple[str, ...], body: bytes, *, holding_id: int, mark: str) -> None:
    """Keep a page for a minute; ``mark`` was asked for before anything on the page was read."""
    page = KeptPage(holding_id, mark, body, time.monotonic() + PAGE_SECONDS)
    with _lock:
        _pages[key] = page
        _pages.move_to_end(key)
        while len(_pages) > MOST_PAGES:
            _pages.popitem(last=False)


def forget_everything() -> None:
    """Let this process keep no page at all."""
    with _lock:
        _pages.clear()


def recall_finding(key: str) -> Any:
    """What was found out about a file at some cost, or None."""
    try:
        return cache.get(f"verify:finding:{key}")
    except CACHE_AWAY:
        return None


def keep_finding(key: str, finding: Any) -> None:
    """Keep what was found out about a file for ten minutes; ``key`` names the file by its digest."""
    try:
        cache.set(f"verify:finding:{key}", finding, FINDINGS_SECONDS)
    except CACHE_AWAY as error:
        logger.warning("the cache keeps nothing: %s", error)


def _set_marks(marks: dict[str, str], seconds: int) -> None:
    """A cache that is away stops no change of a certificate: pages kept by now end within a minute by themselves."""
    try:
        cache.set_many(marks, seconds)
    except CACHE_AWAY as error:
        logger.warning("kept pages stay for up to %s seconds: %s", PAGE_SECONDS, error)


def _new_mark() -> str:
    return secrets.token_urlsafe(9)


def _mark_key(holding_id: int) -> str:
    most = MOST_MARK_FILES if isinstance(caches["default"], FileBasedCache) else MOST_MARKS
    return f"verify:holding:{holding_id % most}"
