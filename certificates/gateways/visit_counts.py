"""How often somebody asked: counts in fixed windows of time, in the cache that all processes share."""

from __future__ import annotations

import fcntl
import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.cache import cache, caches
from django.core.cache.backends.filebased import FileBasedCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def count_visit(name: str, *, window_seconds: int, now: datetime) -> int:
    """Count one visit under ``name`` and say how many there were in this window; 0 where the cache is away.

    Names are hashed, so that no address of anybody lies in the cache.
    """
    window = int(now.timestamp()) // window_seconds
    key = f"visits:{hashlib.sha256(f'{settings.SECRET_KEY}:{name}'.encode()).hexdigest()[:32]}:{window}"
    try:
        with _alone():
            cache.add(key, 0, timeout=window_seconds + 5)
            return int(cache.incr(key))
    except ValueError:  # dropped between the two: the first of a new count
        return 1
    except (RedisError, OSError) as error:
        logger.warning("visits are not counted: %s", error)
        return 0


def seconds_left(*, window_seconds: int, now: datetime) -> int:
    """How long the present window still lasts, at least a second."""
    return max(1, window_seconds - int(now.timestamp()) % window_seconds)


@contextmanager
def _alone() -> Iterator[None]:
    """Files are counted by one process at a time; Redis counts by itself."""
    if not isinstance(caches["default"], FileBasedCache):
        yield
        return
    path = Path(settings.XUESHI_HOME) / "cache" / "visits.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
