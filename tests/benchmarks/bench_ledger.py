"""The hours ledger with a million entries, a hundred thousand learners, on a durable PostgreSQL.

``ledger.my_page_ms`` and ``ledger.queue_ms`` are whole pages, one at a time, by Django's own client;
``ledger.append_per_s`` is entries of two processes' worth of threads, each in a transaction of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

from lms.bootstrap.place import ROOT
from tests.benchmarks import Row
from tests.services import postgres_server

LESS_IS_BETTER = {"ms"}


def rows() -> Iterator[Row]:
    """Yield what the measuring process says; it is a process of its own because it needs another database."""
    with postgres_server(durable=True) as server:
        env = {**os.environ, "DATABASE_URL": server.make_database("ledger"), "XUESHI_LOG_LEVEL": "WARNING"}
        command = [sys.executable, "-m", "tests.benchmarks.ledger_figures"]
        done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)
    for name, value, unit in json.loads(done.stdout.splitlines()[-1]):
        yield Row(name, value, unit, less_is_better=unit in LESS_IS_BETTER)
