"""Packages that report at once: typed, checked, durable commits a second, load generator and PostgreSQL included.

A commit carries a kilobyte of suspend data, status, session time and an interaction, and on every tenth the
sequencer's state; each element is judged by the standard's tables, and the answer is sent after a commit that
PostgreSQL has written to disk. The baseline is a view that writes down whatever comes: one SELECT, UPDATE and INSERT.
Each run checks that what was answered is what stands.
"""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
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

PEERS_PER_S = 313  # the best of the peers' commits a second on two cores
RUNS = 3
SECONDS = 8.0
WARM_UP_SECONDS = 4.0
LEARNERS = 2_000
CONNECTIONS = 128
SCRIPT = Path(__file__).with_name("scorm_commits.lua")
PLAIN = "tests.benchmarks.scorm_plain:application"


class Rush:
    """Runs of load against one site; the numbers of commits go on from run to run."""

    def __init__(self, site: LiveSite, tokens: Path, processes: list[int]) -> None:
        self.site, self.tokens, self.processes = site, tokens, processes
        self._first = 0

    def run(self, connections: int = CONNECTIONS, *, seconds: float = SECONDS) -> LoadResult:
        """Send for some seconds.

        :raises RuntimeError: an answer was missing, or fewer commits stand than were answered, or one was refused.
        """
        before, _ = self._stored()
        result = send_reports(
            self.site,
            self.tokens,
            connections=connections,
            seconds=seconds,
            first=self._first,
            script=SCRIPT,
            path="/scorm/commit",
        )
        self._first += result.reports // LEARNERS + 2
        after, refused = self._stored()
        if result.faults or refused or after - before < result.reports:
            raise RuntimeError(f"{result}: {after - before} stand, {refused} had something refused")
        return result

    def medians(self, connections: int = CONNECTIONS) -> LoadResult:
        """Give the medians of several runs."""
        results = [self.run(connections) for _ in range(RUNS)]
        return LoadResult(
            reports=int(statistics.median(r.per_second for r in results) * SECONDS),
            seconds=SECONDS,
            p50_ms=statistics.median(r.p50_ms for r in results),
            p99_ms=statistics.median(r.p99_ms for r in results),
            faults=0,
        )

    def _stored(self) -> tuple[int, int]:
        with psycopg.connect(self.site.env["DATABASE_URL"]) as connection:
            row = connection.execute(
                "SELECT count(*), count(*) FILTER (WHERE refused <> '[]') FROM tracking_scormcommit"
            ).fetchone()
        return (row[0], row[1]) if row else (0, 0)


@contextmanager
def _rush(server: PostgresServer, *, is_plain: bool = False) -> Iterator[Rush]:
    with tempfile.TemporaryDirectory(prefix="xueshi-scorm-") as folder:
        env = postgres_environment(server, f"scorm_{Path(folder).name.replace('-', '_')}")
        people = "tests.benchmarks.scorm_people"
        site, tokens = make_site(Path(folder), env, learners=LEARNERS, tokens=LEARNERS, people=people)
        if is_plain:
            _begin_items(env["DATABASE_URL"])
        interface = "wsgi" if is_plain else "asgi"
        with heartbeat_server(site, workers=2, interface=interface, plain=PLAIN) as process:
            rush = Rush(site, tokens, children_of(process.pid))
            rush.run(seconds=WARM_UP_SECONDS)
            yield rush


def _begin_items(database: str) -> None:
    """The plain view begins no item by itself."""
    with psycopg.connect(database) as connection:
        connection.execute(
            "INSERT INTO tracking_scormactivity (attempt_id, key, elements, completion, success, total_time_ms, entry, "
            "exit, revision, updated_at) SELECT id, 'ITEM-1', '{}', 'unknown', 'unknown', 0, '', '', 0, now() "
            "FROM tracking_scormattempt"
        )


def rows() -> Iterator[Row]:
    """Yield commits a second, their waiting, the plain view's, and what a commit costs."""
    with postgres_server(durable=True) as server:
        with _rush(server, is_plain=True) as rush:
            plain = rush.medians(64)
        with _rush(server) as rush:
            fast = rush.medians()
            groups = {"web": rush.processes, "postgresql": postgres_processes()}
            with cpu_used(groups) as used:
                result = rush.run()
    yield Row("scorm.plain_view_per_s", plain.per_second, "commits/s")
    yield Row("scorm.plain_view_p99_ms", plain.p99_ms, "ms", less_is_better=True)
    yield Row("scorm.commits_per_s", fast.per_second, "commits/s", baseline=plain.per_second)
    yield Row("scorm.commits_per_s_to_peers", fast.per_second, "commits/s", baseline=PEERS_PER_S)
    yield Row("scorm.commit_p50_ms", fast.p50_ms, "ms", less_is_better=True)
    yield Row("scorm.commit_p99_ms", fast.p99_ms, "ms", baseline=250, less_is_better=True)
    for name in groups:
        yield Row(f"scorm.cpu_us_{name}", 1e6 * used[name] / result.reports, "µs/commit", less_is_better=True)
    for name, call in _parts():
        cost = median_of(partial(seconds_each, call, times=3_000))
        yield Row(f"scorm.cpu_us_{name}", 1e6 * cost, "µs/commit", less_is_better=True)


def _parts() -> list[tuple[str, Callable[[], object]]]:
    from tests.benchmarks.scorm_parts import make_check, make_read

    return [("read", make_read()), ("check", make_check())]


if __name__ == "__main__":
    print(json.dumps([row.to_json() for row in rows()], indent=1))  # noqa: T201
