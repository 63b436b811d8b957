"""Run a command beside real services: ``python -m tests.services postgres redis s3 -- command…``."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack

from tests.services import postgres_server, redis_server, s3_server
from tests.services.running import ServiceError


def main(words: list[str]) -> int:
    """Start what is named before ``--``, run what stands after it; give its exit code."""
    if "--" not in words:
        print(__doc__, file=sys.stderr)  # noqa: T201
        return 2
    names, command = words[: words.index("--")], words[words.index("--") + 1 :]
    env = dict(os.environ)
    with ExitStack() as stack:
        if "postgres" in names:
            env["DATABASE_URL"] = stack.enter_context(postgres_server()).make_database("xueshi")
        if "redis" in names:
            env["CELERY_BROKER_URL"] = stack.enter_context(redis_server())
        if "s3" in names:
            server = stack.enter_context(s3_server())
            env |= server.environment(server.make_bucket())
        return subprocess.run(command, env=env).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ServiceError as error:
        sys.exit(f"✗ {error}")
