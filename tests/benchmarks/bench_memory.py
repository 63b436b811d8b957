"""Whether a process that takes reports keeps its size: ten minutes of load, after one of warming up."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import Row
from tests.benchmarks.heartbeat_site import (
    children_of,
    heartbeat_server,
    make_site,
    postgres_environment,
    resident_kib,
    send_reports,
)
from tests.services import postgres_server

LEARNERS = 20_000
CONNECTIONS = 256
WARM_UP_SECONDS = 60.0
SECONDS = 600.0


def rows(seconds: float = SECONDS) -> Iterator[Row]:
    """Yield the size of the larger web process after warming up (the baseline) and after ``seconds`` of load."""
    with tempfile.TemporaryDirectory(prefix="xueshi-memory-") as folder, postgres_server(durable=True) as server:
        env = postgres_environment(server, "memory")
        site, tokens = make_site(Path(folder), env, learners=LEARNERS, tokens=LEARNERS)
        with heartbeat_server(site, workers=2) as process:
            warm = send_reports(site, tokens, connections=CONNECTIONS, seconds=WARM_UP_SECONDS, first=0)
            workers = children_of(process.pid)
            before = max(resident_kib(pid) for pid in workers)
            send_reports(site, tokens, connections=CONNECTIONS, seconds=seconds, first=warm.reports // LEARNERS + 2)
            after = max(resident_kib(pid) for pid in workers)
    yield Row("heartbeats.worker_mib", after / 1024, "MiB", baseline=before / 1024, less_is_better=True)
