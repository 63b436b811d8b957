"""One clock for claims: machines compare times that other machines have written."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError, connection

_ASKED_EVERY_SECONDS = 60.0  # half of what a claim lasts, so that a clock that is set right on the way does no harm


def shared_clock(own: Callable[[], datetime]) -> Callable[[], datetime]:
    """Give the clock of the database's machine, asked for once a minute and carried on by our ``own`` in between.

    A worker whose own clock is minutes off would otherwise be taken for dead while it works, or take the work of the
    living. SQLite is one machine's, so its clock is our own.
    """
    if connection.vendor != "postgresql":
        return own
    ahead, ask_at = timedelta(0), time.monotonic()

    def now() -> datetime:
        nonlocal ahead, ask_at
        if time.monotonic() >= ask_at:
            ask_at = time.monotonic() + _ASKED_EVERY_SECONDS
            with suppress(DatabaseError, InterfaceError):  # away for a moment: as before
                ahead = _database_time() - own()
        return own() + ahead

    return now


def _database_time() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment
