"""Published status lists as they were last made, shared by all processes through the cache.

Every list has a mark. What was made under a mark may be given out while that mark stands; a change of a certificate
puts the marks of its lists aside until it is committed. Marks are random, so one that the cache has dropped never comes
back by chance.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from redis.exceptions import RedisError

SUSPENDED = "suspended"
SUSPENDED_SECONDS = 30  # one change that fails keeps a list of 131,072 places out of memory no longer than this
MARK_SECONDS = 86_400
KEPT_SECONDS = 60.0  # even if nobody called to forget
AT_ONCE_SECONDS = 0.4  # so old it may be in any case: a mass issue must not make every reader count anew
CACHE_AWAY = (RedisError, OSError)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KeptList:
    """A list as published: its places were read at ``made_at`` (``time.time``), it was signed at ``signed_at``."""

    mark: str | None
    made_at: float
    signed_at: float
    digest: str
    forms: dict[str, str]


def suspend_lists(numbers: Iterable[int]) -> None:
    """From now on these lists are made anew for whoever asks."""
    _set_marks(dict.fromkeys(numbers, SUSPENDED), SUSPENDED_SECONDS)


def resume_lists(numbers: Iterable[int]) -> None:
    """What is made from now on may be kept; what was made before stays forgotten."""
    _set_marks({number: secrets.token_urlsafe(9) for number in numbers}, MARK_SECONDS)


def mark_of_list(number: int) -> str | None:
    """The mark under which a list made from now on may be kept; None where it may not."""
    try:
        mark: str | None = cache.get(_mark_key(number))
        if mark is None:
            cache.add(_mark_key(number), secrets.token_urlsafe(9), MARK_SECONDS)  # another process may be first
            mark = cache.get(_mark_key(number))
    except CACHE_AWAY:
        return None
    return None if mark == SUSPENDED else mark


def recall_list(purpose: str, number: int) -> KeptList | None:
    """The list as last made, however old; :func:`may_serve` says whether it may be given out."""
    try:
        kept: Any = cache.get(_key(purpose, number))
    except CACHE_AWAY:
        return None
    return kept if isinstance(kept, KeptList) else None


def may_serve(kept: KeptList, *, mark: str | None) -> bool:
    """Whether a kept list still says what a new one would, or is not half a second old."""
    age = time.time() - kept.made_at
    return 0 <= age < AT_ONCE_SECONDS or (mark is not None and kept.mark == mark and 0 <= age < KEPT_SECONDS)


def keep_list(purpose: str, number: int, kept: KeptList) -> None:
    """Keep a list for a day, so that one that did not change need not be signed anew."""
    try:
        cache.set(_key(purpose, number), kept, MARK_SECONDS)
    except CACHE_AWAY as error:
        logger.warning("the cache keeps nothing: %s", error)


def _set_marks(marks: dict[int, str], seconds: int) -> None:
    """A cache that is away stops no change of a certificate: lists kept by now end within a minute by themselves."""
    try:
        cache.set_many({_mark_key(number): mark for number, mark in marks.items()}, seconds)
    except CACHE_AWAY as error:
        logger.warning("kept status lists stay for up to %s seconds: %s", KEPT_SECONDS, error)


def _mark_key(number: int) -> str:
    return f"status:mark:{number}"


def _key(purpose: str, number: int) -> str:
    return f"status:list:{purpose}:{number}"
