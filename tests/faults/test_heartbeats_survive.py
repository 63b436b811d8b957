"""What was acknowledged stands, and nothing is credited twice, whatever dies while people report."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest

from lms.bootstrap.place import PYTHON
from tests.services import LiveSite, PostgresServer, postgres_server, redis_server
from tests.services.databases import TEMPLATE, migrated_template
from tests.services.running import running
from tests.services.site import site_environment

LEARNERS = 24
STEP_MS = 1_000
LESSON_MS = 60_000
REQUIRED_MS = 55_000
MAKE = "from tests.faults.heartbeat_learners import print_tokens; print_tokens({count})"

STATE = """
SELECT l.learner_id, p.coverage, p.credited_ms, l.credited_ms, d.credited_ms, l.last_sequence, p.reached_at IS NOT NULL,
       (SELECT count(*) FROM tracking_ledgerentry e WHERE e.learner_id = l.learner_id)
FROM tracking_playlease l
JOIN tracking_lessonprogress p ON p.enrolment_id = l.enrolment_id AND p.lesson_id = l.lesson_id
JOIN (SELECT learner_id, sum(credited_ms) AS credited_ms FROM tracking_studyday GROUP BY learner_id) d
     ON d.learner_id = l.learner_id
ORDER BY l.id
"""


class Player(threading.Thread):
    """A client that reports second after second, and repeats a report until it is acknowledged."""

    def __init__(self, port: int, token: str, seed: int) -> None:
        super().__init__(daemon=True)
        self.port, self.token = port, token
        self.acknowledged: dict[str, Any] = {"sequence": -1, "credited_ms": 0, "completed": False}
        self.troubles = 0
        self._dice = random.Random(seed)

    def run(self) -> None:
        """Report a minute of media in steps."""
        for sequence in range(LESSON_MS // STEP_MS):
            start = sequence * STEP_MS
            body = {"token": self.token, "sequence": sequence, "intervals": [[start, start + STEP_MS]]}
            answer = self._post_until_answered({**body, "rate": 1, "visible": True, "position_ms": start})
            self.acknowledged = answer
            if answer["completed"]:
                return
            time.sleep(self._dice.uniform(0.05, 0.15))

    def _post_until_answered(self, body: dict[str, Any]) -> dict[str, Any]:
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
                connection.request("POST", "/study/heartbeat", json.dumps(body), {"Content-Type": "application/json"})
                response = connection.getresponse()
                answer = json.loads(response.read())
                connection.close()
                if response.status in (200, 409):
                    return dict(answer)
            except (OSError, http.client.HTTPException, ValueError):
                pass
            self.troubles += 1
            time.sleep(self._dice.uniform(0.05, 0.3))


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server with one migrated database, to be copied: migrating takes longer than the story."""
    with postgres_server(durable=True) as running_server:
        migrated_template(running_server.url())
        yield running_server


@pytest.fixture
def serve(server: PostgresServer, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """Give a site on PostgreSQL with two processes that take reports, and its learners' players."""
    name = f"faults_{request.node.name[:40]}"
    env = site_environment(tmp_path, {"DATABASE_URL": server.make_database(name, like=TEMPLATE)})
    with LiveSite(tmp_path, env) as site:

        def start(**more: str) -> tuple[LiveSite, list[Player]]:
            site.env.update(more)
            tokens = json.loads(
                site.manage("shell", "--no-imports", "-c", MAKE.format(count=LEARNERS)).splitlines()[-1]
            )
            return site, [Player(site.port, token, seed) for seed, token in enumerate(tokens)]

        yield start


def web(site: LiveSite) -> Any:
    command = [str(PYTHON), "-m", "granian", "--interface=asgi", "--host=127.0.0.1", f"--port={site.port}"]
    command += ["--workers=2", "--respawn-failed-workers", "lms.asgi:application"]
    return running("web", command, env=site.env, log=site.log("web"), until=site.is_healthy)


def workers_of(pid: int) -> list[int]:
    listing = Path("/proc").glob("[0-9]*/stat")
    found = []
    for stat in listing:
        try:
            number, rest = stat.read_text().split(" ", 1)
        except OSError:
            continue
        if int(rest.rpartition(")")[2].split()[1]) == pid:
            found.append(int(number))
    return sorted(found)


def play(players: list[Player], *, trouble: Callable[[], None], after_seconds: float) -> None:
    for player in players:
        player.start()
    time.sleep(after_seconds)
    trouble()
    for player in players:
        player.join(timeout=120)
    assert not any(player.is_alive() for player in players), "a report was never answered"


def check(site: LiveSite, players: list[Player]) -> None:
    """Compare what the clients heard with what stands."""
    with psycopg.connect(site.env["DATABASE_URL"]) as connection:
        rows = connection.execute(STATE).fetchall()
    assert len(rows) == len(players)
    for player, row in zip(players, rows, strict=True):
        _, coverage, credited_ms, of_lease_ms, of_day_ms, last_sequence, is_reached, entries = row
        heard = player.acknowledged
        assert credited_ms >= heard["credited_ms"], "an acknowledged report was lost"
        assert last_sequence >= heard["sequence"]
        assert credited_ms == of_lease_ms == of_day_ms == sum(end - start for start, end in coverage)
        assert credited_ms <= (last_sequence + 1) * STEP_MS, "something was credited twice"
        assert (is_reached, credited_ms, entries) == (True, REQUIRED_MS, 1)


def kill_workers(pid: int, callers: Sequence[Any]) -> None:
    """Kill a worker; where none of the callers was talking to it just then, the next one too."""
    for worker in reversed(workers_of(pid)):
        os.kill(worker, signal.SIGKILL)
        for _ in range(10):
            if any(caller.troubles for caller in callers):
                return
            time.sleep(0.05)


@pytest.mark.timeout(300)
def test_killed_web_worker_loses_no_acknowledged_report(serve: Callable[..., Any]) -> None:
    site, players = serve()
    with web(site) as process:
        killed = workers_of(process.pid)
        play(players, trouble=lambda: kill_workers(process.pid, players), after_seconds=2)
        assert killed[-1] not in workers_of(process.pid)
    assert sum(player.troubles for player in players) > 0, "nobody noticed: the wrong process was killed"
    check(site, players)


@pytest.mark.timeout(300)
def test_killed_postgresql_loses_no_acknowledged_report(serve: Callable[..., Any], server: PostgresServer) -> None:
    site, players = serve()
    with web(site):
        play(players, trouble=server.restart, after_seconds=2)
    assert sum(player.troubles for player in players) > 0, "nobody noticed: the database was never away"
    check(site, players)


@pytest.mark.timeout(300)
def test_row_that_somebody_holds_holds_up_nobody_else(serve: Callable[..., Any]) -> None:
    site, players = serve()
    held, others = players[0], players[1:]
    hold = "SELECT 1 FROM tracking_lessonprogress ORDER BY id LIMIT 1 FOR UPDATE"
    with web(site):
        with psycopg.connect(site.env["DATABASE_URL"]) as connection:
            connection.execute(hold)
            play(others, trouble=held.start, after_seconds=0.5)
            assert held.is_alive(), "the row was not held at all"
            assert held.acknowledged["sequence"] == -1
        held.join(timeout=60)
    check(site, players)


@pytest.mark.timeout(300)
def test_killed_redis_costs_no_report(serve: Callable[..., Any]) -> None:
    with redis_server() as redis_url:
        site, players = serve(CELERY_BROKER_URL=redis_url)
        port = int(redis_url.rpartition(":")[2].split("/")[0])
        with web(site):
            play(players, trouble=lambda: shut_down_redis(port), after_seconds=2)
    check(site, players)


def shut_down_redis(port: int) -> None:
    """Take Redis away without a farewell: its process is killed by the number that it tells itself."""
    from redis import Redis

    with Redis(port=port) as client:
        os.kill(int(client.info("server")["process_id"]), signal.SIGKILL)
