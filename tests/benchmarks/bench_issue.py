"""Issue from the claim to the commit, by the handful as a lane of a mass issue takes it, on a durable PostgreSQL, with
Redis as in production.

``certificates.per_s_core``: certificates a second of this process's processor time: code, page, seal, storage in a
folder, and what Django costs for the rows. The parts are in milliseconds of processor time; the rest is the database.
``certificates.night_per_s``: certificates a second by the clock, of a mass issue worked off by two lanes, each a
process of its own, beside PostgreSQL and Redis on the same cores.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

from lms.bootstrap.place import ROOT
from tests.benchmarks import Row
from tests.services import postgres_server, redis_server

TARGETS = {"certificates.per_s_core": 60.0, "certificates.night_per_s": 20_000 / 180}


def rows() -> Iterator[Row]:
    """Yield what the measuring process says; it is a process of its own because it needs another database."""
    with postgres_server(durable=True) as server, redis_server() as redis_url:
        env = {
            **os.environ,
            "DATABASE_URL": server.make_database("issue"),
            "CELERY_BROKER_URL": redis_url,
            "XUESHI_LOG_LEVEL": "ERROR",
        }
        command = [sys.executable, "-m", "tests.benchmarks.issue_figures"]
        done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)
    for name, value, unit in json.loads(done.stdout.splitlines()[-1]):
        yield Row(name, value, unit, baseline=TARGETS.get(name), less_is_better=unit != "/s")
