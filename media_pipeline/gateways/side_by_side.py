"""Several requests of one transfer at once, while the caller's thread keeps saying that it is alive."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any

_BEAT_SECONDS = 1.0


def run_side_by_side(jobs: Iterable[Callable[[Event], object]], *, threads: int, on_done: Callable[[], object]) -> None:
    """Run jobs in threads; each gets an event that tells it to give up waiting.

    ``on_done`` is called in the caller's thread after each job, and once a second while none ends, so that it may use
    the database. The first error, of a job or of ``on_done``, stops the rest and is raised once all threads are still.
    """
    stop, ended = Event(), SimpleQueue[Future[Any]]()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="transfer")
    try:
        left = 0
        for job in jobs:
            pool.submit(job, stop).add_done_callback(ended.put)
            left += 1
        while left:
            try:
                ended.get(timeout=_BEAT_SECONDS).result()
                left -= 1
            except Empty:
                pass
            on_done()
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)
