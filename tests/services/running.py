"""What every service needs: a program, free ports, a wait for its answer, and an end."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from lms.bootstrap.place import ROOT
from lms.bootstrap.processes import read_tail, start_process, stop_process

_FIRST_PORT, _LAST_PORT = 20_000, 32_000  # below the range from which the system gives ports to outgoing connections
_random = random.Random(os.getpid())  # two test processes look in different places
_given: set[int] = set()


class ServiceError(Exception):
    """A service could not be started; the message says what to do."""


def find_program(*names: str, package: str, folders: Sequence[Path] = ()) -> Path:
    """Find a program by any of its names, on the path or in some folders.

    :raises ServiceError: it is not installed; the message gives the command that installs it.
    """
    path = os.pathsep.join([*map(str, folders), os.environ.get("PATH", os.defpath)])
    for name in names:
        if found := shutil.which(name, path=path):
            return Path(found)
    raise ServiceError(f"{names[0]} is missing; run: sudo apt-get install {package}")


def free_port() -> int:
    """Give a port on which nobody listens, never the same twice in one process."""
    while True:
        port = _random.randint(_FIRST_PORT, _LAST_PORT)
        with socket.socket() as probe:
            if port not in _given and probe.connect_ex(("127.0.0.1", port)) != 0:
                _given.add(port)
                return port


def is_listening(port: int) -> bool:
    """Say whether somebody accepts connections on a local port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    until: Callable[[], bool],
    env: Mapping[str, str] | None = None,
    within_seconds: float = 60,
    user: str | None = None,
    stop_sign: signal.Signals = signal.SIGTERM,
    stop_seconds: float = 5,
    death_sign: signal.Signals = signal.SIGTERM,
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a service, wait until it answers, and end its whole process group on the way out.

    ``death_sign`` is what the kernel sends it when the tests themselves are killed.

    :raises ServiceError: it ended or stayed silent; the message carries the last lines of its log.
    """
    process = start_process(command, env=env or os.environ, log=log, cwd=ROOT, user=user, death_signal=death_sign)
    try:
        wait_until(name, until, process=process, log=log, within_seconds=within_seconds)
        yield process
    finally:
        stop_process(process, seconds=stop_seconds, sign=stop_sign)


def wait_until(
    name: str,
    until: Callable[[], bool],
    *,
    process: subprocess.Popen[bytes],
    log: Path,
    within_seconds: float,
) -> None:
    """Wait for an answer.

    :raises ServiceError: the process ended, or time is up.
    """
    deadline = time.monotonic() + within_seconds
    while not until():
        ended = process.poll() is not None
        if ended or time.monotonic() > deadline:
            tail = "\n".join(read_tail(log, 30))
            what = f"ended with {process.returncode}" if ended else f"did not answer in {within_seconds:.0f} s"
            raise ServiceError(f"{name} {what}:\n{tail}")
        time.sleep(0.05)
