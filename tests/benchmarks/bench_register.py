"""The register with a million certificates, nine tenths of them one authority's, on a durable PostgreSQL.

The milliseconds are what the statements of one page take together, each page asked for by Django's own client, one at
a time; ``register_page_ms`` is the whole first page, read and drawn.
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


def rows() -> Iterator[Row]:
    """Yield what the measuring process says; it is a process of its own because it needs another database."""
    with postgres_server(durable=True) as server:
        env = {**os.environ, "DATABASE_URL": server.make_database("register"), "XUESHI_LOG_LEVEL": "WARNING"}
        command = [sys.executable, "-m", "tests.benchmarks.register_figures"]
        done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)
    for name, value, unit in json.loads(done.stdout.splitlines()[-1]):
        yield Row(name, value, unit, less_is_better=unit == "ms")
