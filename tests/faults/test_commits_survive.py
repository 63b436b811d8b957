"""What a package was told to be saved is saved, once, whatever dies meanwhile."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.faults.test_heartbeats_survive import kill_workers, web, workers_of
from tests.services import LiveSite, PostgresServer, postgres_server
from tests.services.databases import TEMPLATE, migrated_template
from tests.services.site import site_environment

LEARNERS = 16
COMMITS = 40
MAKE = "from tests.faults.running_packages import print_sittings; print_sittings({count})"

STATE = """
SELECT a.id, a.last_sequence, a.claimed_ms, t.elements ->> 'cmi.location', t.revision, s.claimed_ms, t.total_time_ms,
       (SELECT count(*) FROM tracking_scorminteraction i WHERE i.activity_id = t.id),
       (SELECT array_agg(c.sequence ORDER BY c.sequence) FROM tracking_scormcommit c WHERE c.attempt_id = a.id)
FROM tracking_scormattempt a
JOIN tracking_scormactivity t ON t.attempt_id = a.id
JOIN tracking_scormsession s ON s.attempt_id = a.id
ORDER BY a.id
"""


class Page(threading.Thread):
    """A page that saves again and again, and repeats what is not acknowledged; every fourth it sends twice at once."""

    def __init__(self, port: int, token: str, attempt: int, seed: int) -> None:
        super().__init__(daemon=True)
        self.port, self.token, self.attempt, self.launch = port, token, attempt, str(uuid4())
        self.troubles = 0
        self._dice = random.Random(seed)

    def run(self) -> None:
        """Save what a package of many questions says, to its end."""
        for sequence in range(COMMITS):
            body = {
                "token": self.token,
                "activity": "ITEM-1",
                "launch": self.launch,
                "sequence": sequence,
                "last": sequence == COMMITS - 1,
                "elements": {
                    "cmi.location": str(sequence),
                    "cmi.session_time": f"PT{sequence + 1}S",
                    f"cmi.interactions.{sequence}.id": f"q{sequence}",
                },
                "current": "ITEM-1",
            }
            self._save_until_answered(body)
            if sequence % 4 == 0:
                self._save_until_answered(body)
            time.sleep(self._dice.uniform(0.03, 0.12))

    def _save_until_answered(self, body: dict[str, Any]) -> None:
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
                connection.request("POST", "/scorm/commit", json.dumps(body), {"Content-Type": "text/plain"})
                response = connection.getresponse()
                answer = json.loads(response.read())
                connection.close()
                if response.status == 200:
                    assert answer["refused"] == []
                    return
            except (OSError, http.client.HTTPException, ValueError):
                pass
            self.troubles += 1
            time.sleep(self._dice.uniform(0.05, 0.3))


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server with one migrated database, to be copied."""
    with postgres_server(durable=True) as running_server:
        migrated_template(running_server.url())
        yield running_server


@pytest.fixture
def pages(server: PostgresServer, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[LiveSite, Any]]:
    """Give a site on PostgreSQL, and the pages of its learners."""
    name = f"faults_{request.node.name[:40]}"
    env = site_environment(tmp_path, {"DATABASE_URL": server.make_database(name, like=TEMPLATE)})
    with LiveSite(tmp_path, env) as site:
        printed = site.manage("shell", "--no-imports", "-c", MAKE.format(count=LEARNERS)).splitlines()[-1]
        yield site, [Page(site.port, token, attempt, seed) for seed, (token, attempt) in enumerate(json.loads(printed))]


def save(pages: list[Page], *, trouble: Callable[[], None]) -> None:
    for page in pages:
        page.start()
    time.sleep(1.5)
    trouble()
    for page in pages:
        page.join(timeout=120)
    assert not any(page.is_alive() for page in pages), "a commit was never answered"
    assert sum(page.troubles for page in pages) > 0, "nobody noticed"


def check(site: LiveSite, pages: list[Page]) -> None:
    """Compare what was acknowledged with what stands: everything, once."""
    with psycopg.connect(site.env["DATABASE_URL"]) as connection:
        rows = connection.execute(STATE).fetchall()
    last, all_ms = COMMITS - 1, COMMITS * 1_000
    whole = (last, all_ms, str(last), COMMITS, all_ms, all_ms, COMMITS, list(range(COMMITS)))
    assert rows == [(page.attempt, *whole) for page in sorted(pages, key=lambda page: page.attempt)]


@pytest.mark.timeout(300)
def test_killed_web_worker_loses_no_acknowledged_commit(pages: tuple[LiveSite, list[Page]]) -> None:
    site, own = pages
    with web(site) as process:
        killed = workers_of(process.pid)
        save(own, trouble=lambda: kill_workers(process.pid, own))
        assert killed[-1] not in workers_of(process.pid)
    check(site, own)


@pytest.mark.timeout(300)
def test_killed_postgresql_loses_no_acknowledged_commit(
    pages: tuple[LiveSite, list[Page]], server: PostgresServer
) -> None:
    site, own = pages
    with web(site):
        save(own, trouble=server.restart)
    check(site, own)
