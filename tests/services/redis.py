"""A Redis server of our own, in memory, on a free port."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from tests.services.running import find_program, free_port, running


@contextmanager
def redis_server() -> Iterator[str]:
    """Run Redis and give its address, as ``CELERY_BROKER_URL`` wants it.

    :raises ServiceError: Redis is not installed, or does not start.
    """
    program = find_program("redis-server", package="redis-server")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="xueshi-redis-") as folder:
        command = [program, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
        log = Path(folder) / "server.log"
        with running("Redis", [*command, "--dir", folder], log=log, until=lambda: _answers(port)):
            yield f"redis://127.0.0.1:{port}/0"


def _answers(port: int) -> bool:
    with Redis(port=port, socket_timeout=2) as client:
        try:
            return bool(client.ping())
        except RedisError:
            return False
