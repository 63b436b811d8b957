"""A connection to PostgreSQL that belongs to an event loop."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connection

APPLICATION = "xueshi heartbeats"
LOCK_TIMEOUT_MS = 2_000  # a day that another transaction is just adding
STATEMENT_TIMEOUT_MS = 15_000


async def connect() -> psycopg.AsyncConnection[Any]:
    """Open a connection to the site's database with Django's own parameters, in autocommit.

    :raises psycopg.Error: the database does not answer.
    """
    parameters = {
        name: value
        for name, value in connection.get_connection_params().items()
        if name not in ("cursor_factory", "context", "prepare_threshold", "server_side_binding", "pool")
    }
    own = await psycopg.AsyncConnection.connect(**parameters, autocommit=True, application_name=APPLICATION)
    await own.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS}; SET statement_timeout = {STATEMENT_TIMEOUT_MS}")
    return own
