"""A PostgreSQL server of our own, in a temporary folder, on a free port."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg

from lms.bootstrap.processes import kill_group
from tests.services.running import ServiceError, find_program, free_port, running

_NOT_DURABLE = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]  # it lives as long as the tests


@dataclass(slots=True)
class PostgresServer:
    """A running server; its only user is the superuser ``xueshi``, trusted on this machine."""

    port: int
    restart: Callable[[], None] = lambda: None

    def url(self, database: str = "postgres") -> str:
        """Give the address of a database, as ``DATABASE_URL`` wants it."""
        return f"postgresql://xueshi@127.0.0.1:{self.port}/{database}"

    def make_database(self, name: str, *, like: str = "template1") -> str:
        """Make a database and give its address: empty, or a copy of another that nobody is connected to."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
        return self.url(name)


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[PostgresServer]:
    """Run PostgreSQL; as root it runs as the user postgres, because it refuses root.

    ``durable`` keeps fsync on, for measurements and for what must survive a crash (``server.restart()``).

    :raises ServiceError: PostgreSQL is not installed, or does not start.
    """
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    initdb = find_program("initdb", package="postgresql", folders=folders)
    server = PostgresServer(free_port())
    user = _find_user()
    with tempfile.TemporaryDirectory(prefix="xueshi-postgres-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if user:
            os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        _make_cluster(initdb, folder / "data", user)
        options = ["listen_addresses=127.0.0.1", f"port={server.port}", f"unix_socket_directories={folder}"]
        options += [] if durable else _NOT_DURABLE
        command = [initdb.parent / "postgres", "-D", folder / "data", *(word for o in options for word in ("-c", o))]
        with ExitStack() as stack:
            start = partial(_start, server, command, folder / "server.log", user)
            processes = [stack.enter_context(start())]

            def crash_and_restart() -> None:
                """Kill every process of the server at once, and start it on what it left behind."""
                kill_group(processes.pop())
                (folder / "data" / "postmaster.pid").unlink(missing_ok=True)
                processes.append(stack.enter_context(start()))

            server.restart = crash_and_restart
            yield server


def _start(
    server: PostgresServer, command: list[str | Path], log: Path, user: str | None
) -> AbstractContextManager[subprocess.Popen[bytes]]:
    return running(
        "PostgreSQL",
        command,
        log=log,
        until=lambda: _answers(server),
        user=user,
        stop_sign=signal.SIGINT,  # "fast": open connections are closed
        stop_seconds=10,
        death_sign=signal.SIGQUIT,
    )


def _find_user() -> str | None:
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError as error:
        raise ServiceError("PostgreSQL refuses root and there is no user postgres; run: useradd postgres") from error


def _make_cluster(initdb: Path, data: Path, user: str | None) -> None:
    result = subprocess.run(
        [initdb, "-D", data, "-U", "xueshi", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
        cwd=data.parent,
        user=user,
        group=user,
        extra_groups=[] if user else None,
        capture_output=True,
        text=True,
    )
    if result.returncode:
        raise ServiceError(f"initdb failed:\n{result.stderr}")


def _answers(server: PostgresServer) -> bool:
    try:
        with psycopg.connect(server.url(), connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False
