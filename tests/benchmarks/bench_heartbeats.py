"""The nation's rush on one small machine: durable reports a second, load generator and PostgreSQL included.

Every report is folded by the whole rule into lease, progress and day, and answered after a commit that PostgreSQL has
written to disk (``synchronous_commit`` on). The baseline is Django's ordinary view, which writes once a request.
Each run checks that what was answered is what stands.
"""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.benchmarks import Row, median_of, seconds_each
from tests.benchmarks.heartbeat_site import (
    LoadResult,
    children_of,
    cpu_used,
    heartbeat_server,
    make_site,
    postgres_environment,
    postgres_processes,
    send_reports,
)
from tests.services import LiveSite, PostgresServer, postgres_server

NATION_PER_S = 7_111  # 213,000 people who study at once, one report in 30 s each
RUNS = 3
SECONDS = 8.0
WARM_UP_SECONDS = 3.0
REPORTING = 20_000
MEDIA_MS_A_REPORT = 30_000
FOLDED = "SELECT sum(credited_ms) / %s FROM tracking_playlease"


class Rush:
    """Runs of load against one site; learners' numbers go on from run to run."""

    def __init__(self, site: LiveSite, tokens: Path, *, reporting: int, processes: list[int]) -> None:
        self.site, self.tokens, self.processes = site, tokens, processes
        self._reporting = reporting
        self._first = 0

    def run(self, connections: int, *, seconds: float = SECONDS) -> LoadResult:
        """Send for some seconds.

        :raises RuntimeError: an answer was missing, or fewer reports stand than were answered.
        """
        before = self._folded()
        result = send_reports(self.site, self.tokens, connections=connections, seconds=seconds, first=self._first)
        self._first += result.reports // self._reporting + 2
        if result.faults:
            raise RuntimeError(f"{result.faults} of {result.reports} reports were not answered")
        if before is not None and (stand := (self._folded() or 0) - before) < result.reports:
            raise RuntimeError(f"{result.reports} reports were answered and {stand} stand")
        return result

    def medians(self, connections: int, runs: int = RUNS) -> LoadResult:
        """Give the medians of several runs."""
        results = [self.run(connections) for _ in range(runs)]
        return LoadResult(
            reports=int(statistics.median(r.per_second for r in results) * SECONDS),
            seconds=SECONDS,
            p50_ms=statistics.median(r.p50_ms for r in results),
            p99_ms=statistics.median(r.p99_ms for r in results),
            faults=0,
        )

    def _folded(self) -> int | None:
        if not self.site.env.get("DATABASE_URL", "").startswith("postgresql"):
            return None
        with psycopg.connect(self.site.env["DATABASE_URL"]) as connection:
            row = connection.execute(FOLDED, [MEDIA_MS_A_REPORT]).fetchone()
        return int(row[0]) if row else 0


@contextmanager
def _rush(server: PostgresServer, *, learners: int, interface: str = "asgi") -> Iterator[Rush]:
    with tempfile.TemporaryDirectory(prefix="xueshi-rush-") as folder:
        env = postgres_environment(server, f"rush_{Path(folder).name}")
        reporting = min(learners, REPORTING)
        site, tokens = make_site(Path(folder), env, learners=learners, tokens=reporting)
        with heartbeat_server(site, workers=2, interface=interface) as process:
            rush = Rush(site, tokens, reporting=reporting, processes=children_of(process.pid))
            rush.run(128, seconds=WARM_UP_SECONDS)
            yield rush


def rows() -> Iterator[Row]:
    """Yield the figures of the fast path, of the ordinary view, of growth, of the CPU's share and of SQLite."""
    with postgres_server(durable=True) as server:
        with _rush(server, learners=REPORTING, interface="wsgi") as rush:
            plain = rush.medians(96)
        with _rush(server, learners=REPORTING) as rush:
            yield from _at_connections(rush, plain)
            yield from _cpu(rush)
        with _rush(server, learners=10_000) as rush:
            small = rush.medians(256)
        with _rush(server, learners=1_000_000) as rush:
            large = rush.medians(256)
    yield Row("heartbeats.per_s_at_1e6_learners", large.per_second, "reports/s", baseline=small.per_second)
    yield from _parts()
    with tempfile.TemporaryDirectory(prefix="xueshi-rush-") as folder:
        site, tokens = make_site(Path(folder), {}, learners=REPORTING, tokens=REPORTING)
        with heartbeat_server(site, workers=1) as process:
            rush = Rush(site, tokens, reporting=REPORTING, processes=children_of(process.pid))
            rush.run(64, seconds=WARM_UP_SECONDS)
            yield Row("heartbeats.sqlite_per_s", rush.medians(64).per_second, "reports/s")


def _at_connections(rush: Rush, plain: LoadResult) -> Iterator[Row]:
    yield Row("heartbeats.plain_view_per_s", plain.per_second, "reports/s")
    yield Row("heartbeats.plain_view_p99_ms", plain.p99_ms, "ms", less_is_better=True)
    for connections in (64, 256, 1_024):
        result = rush.medians(connections)
        tail = "" if connections == 256 else f"_{connections}"
        yield Row(f"heartbeats.durable_per_s{tail}", result.per_second, "reports/s", baseline=plain.per_second)
        yield Row(f"heartbeats.p50_ms{tail}", result.p50_ms, "ms", less_is_better=True)
        yield Row(f"heartbeats.p99_ms{tail}", result.p99_ms, "ms", baseline=250, less_is_better=True)
        if connections == 256:
            yield Row("heartbeats.share_of_nation", result.per_second, "reports/s", baseline=NATION_PER_S)


def _cpu(rush: Rush) -> Iterator[Row]:
    """Yield what a report costs the processors, in the web processes and in PostgreSQL."""
    groups = {"web": rush.processes, "postgresql": postgres_processes()}
    with cpu_used(groups) as used:
        result = rush.run(256)
    for name in groups:
        yield Row(f"heartbeats.cpu_us_{name}", 1e6 * used[name] / result.reports, "µs/report", less_is_better=True)


def _parts() -> Iterator[Row]:
    """Yield what reading a report and folding it cost, within the web process's share."""
    from tests.benchmarks.heartbeat_parts import make_fold, make_read

    for name, call in (("read", make_read()), ("rule", make_fold())):
        cost = median_of(lambda call=call: seconds_each(call, times=20_000))
        yield Row(f"heartbeats.cpu_us_{name}", 1e6 * cost, "µs/report", less_is_better=True)


if __name__ == "__main__":
    print(json.dumps([row.to_json() for row in rows()], indent=1))  # noqa: T201
