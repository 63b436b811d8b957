"""Two ways to write a batch: over the event loop's own connection, and in a thread by Django's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import psycopg
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection, connections

from tracking.gateways.clock import read_clock
from tracking.gateways.own_connection import connect
from tracking.operations.heartbeat_batches import (
    BatchOutcome,
    ReceivedHeartbeat,
    record_heartbeats,
    record_heartbeats_async,
)

if TYPE_CHECKING:
    from psycopg import AsyncConnection

RETRIES = 3
Outcome = TypeVar("Outcome")


class Recorder(Protocol):
    """Writes a batch in one transaction."""

    async def __call__(self, received: Sequence[ReceivedHeartbeat]) -> BatchOutcome:
        """Write a batch.

        :raises StoreError: it cannot be written now.
        """

    async def close(self) -> None:
        """Let go of the database."""


class StoreError(Exception):
    """The database could not be reached, or refused; nothing of the batch was kept."""


class SpoiltBatchError(StoreError):
    """The database cannot keep something in the batch; nothing of it was kept."""


class LoopConnection:
    """PostgreSQL, without a thread: while the database works, the loop goes on reading what comes in."""

    def __init__(self) -> None:
        self._connection: AsyncConnection[Any] | None = None

    async def write(self, call: Callable[[AsyncConnection[Any]], Awaitable[Outcome]]) -> Outcome:
        """Write by ``call``; a deadlock is tried again, and a lost connection is opened anew once.

        :raises SpoiltBatchError: the database will never keep it.
        :raises StoreError: it cannot be written now.
        """
        for attempt in range(RETRIES):
            try:
                if self._connection is None or self._connection.closed:
                    self._connection = await connect()
                return await call(self._connection)
            except (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure) as error:
                if attempt == RETRIES - 1:
                    raise StoreError(str(error)) from error
            except psycopg.OperationalError as error:
                await self.close()
                if attempt:
                    raise StoreError(str(error)) from error
            except (psycopg.DataError, psycopg.IntegrityError) as error:
                raise SpoiltBatchError(str(error)) from error
            except psycopg.Error as error:
                raise StoreError(str(error)) from error
        raise AssertionError("unreachable")

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None


class LoopRecorder(LoopConnection):
    """Reports, over the loop's own connection."""

    async def __call__(self, received: Sequence[ReceivedHeartbeat]) -> BatchOutcome:
        """Write a batch.

        :raises StoreError: it cannot be written now.
        """
        return await self.write(
            lambda connection: record_heartbeats_async(connection=connection, received=received, clock=read_clock())
        )


class ThreadRecorder:
    """Any database, in one thread of its own."""

    def __init__(self) -> None:
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="heartbeats")

    async def __call__(self, received: Sequence[ReceivedHeartbeat]) -> BatchOutcome:
        """Write a batch.

        :raises StoreError: it cannot be written now.
        """
        return await asyncio.get_running_loop().run_in_executor(self._writer, _record_now, received)

    async def close(self) -> None:
        """Close the thread's connection, and end the thread."""
        await asyncio.get_running_loop().run_in_executor(self._writer, connections.close_all)
        self._writer.shutdown()


def choose_recorder() -> Recorder:
    """The recorder for the site's database."""
    return LoopRecorder() if connection.vendor == "postgresql" else ThreadRecorder()


def _record_now(received: Sequence[ReceivedHeartbeat]) -> BatchOutcome:
    close_old_connections()
    try:
        return record_heartbeats(received=received, clock=read_clock())
    except DatabaseError as error:
        raise StoreError(str(error)) from error
