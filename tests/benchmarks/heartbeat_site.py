"""A database full of people who study, a server that takes their reports, and a machine that sends them."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lms.bootstrap.place import PYTHON, ROOT
from tests.services import LiveSite, PostgresServer
from tests.services.running import ServiceError, find_program, running
from tests.services.site import site_environment

SCRIPT = Path(__file__).with_name("heartbeats.lua")
MEDIA_MS = 24 * 3_600_000  # a lesson that nobody finishes during a measurement
THREADS = 2

POPULATE = """
from {module} import populate
populate(learners={learners}, tokens={tokens}, path={path!r})
"""
PEOPLE = "tests.benchmarks.heartbeat_people"


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What wrk measured: reports answered, over how many seconds, the answer's time in milliseconds, and faults."""

    reports: int
    seconds: float
    p50_ms: float
    p99_ms: float
    faults: int

    @property
    def per_second(self) -> float:
        """Give the answered reports a second."""
        return self.reports / self.seconds


def make_site(
    home: Path, env: Mapping[str, str], *, learners: int, tokens: int, people: str = PEOPLE
) -> tuple[LiveSite, Path]:
    """Migrate and fill a database; give the site and the file with the tokens of those who will report."""
    site = LiveSite(home, site_environment(home, {"XUESHI_LOG_LEVEL": "WARNING", **env})).__enter__()
    site.manage("migrate", "--no-input", "--verbosity=0")
    path = home / "tokens.txt"
    code = POPULATE.format(module=people, learners=learners, tokens=tokens, path=str(path))
    site.manage("shell", "--no-imports", "-c", code)
    return site, path


@contextmanager
def heartbeat_server(
    site: LiveSite, *, workers: int, interface: str = "asgi", plain: str = "lms.wsgi:application"
) -> Iterator[subprocess.Popen[bytes]]:
    """Serve reports as compose.yaml does: by the fast path, or (``wsgi``) by the ordinary views of ``plain``."""
    command = [str(PYTHON), "-m", "granian", f"--interface={interface}", "--host=127.0.0.1", f"--port={site.port}"]
    command += [f"--workers={workers}", "--backlog=4096", "--backpressure=2048"]
    command += ["--loop=uvloop", "lms.asgi:application"] if interface == "asgi" else []
    command += ["--blocking-threads=8", plain] if interface == "wsgi" else []
    with running("heartbeats", command, env=site.env, log=site.log("heartbeats"), until=site.is_healthy) as process:
        yield process


def send_reports(
    site: LiveSite,
    tokens: Path,
    *,
    connections: int,
    seconds: float,
    first: int,
    script: Path = SCRIPT,
    path: str = "/study/heartbeat",
) -> LoadResult:
    """Send reports as fast as they are answered; each learner's numbers begin with ``first``.

    :raises ServiceError: wrk printed no result.
    """
    wrk = find_program("wrk", package="wrk")
    threads = min(THREADS, connections)
    command = [str(wrk), f"-t{threads}", f"-c{connections}", f"-d{seconds:.0f}s", "--timeout=10s"]
    command += ["-s", str(script), f"{site.url}{path}"]
    env = {**os.environ, "TOKENS": str(tokens), "FIRST": str(first), "THREADS": str(threads)}
    result = subprocess.run(command, env=env, capture_output=True, text=True, cwd=ROOT)
    line = next((line for line in result.stdout.splitlines() if line.startswith("RESULT ")), None)
    if line is None:
        raise ServiceError(f"wrk gave no result:\n{result.stdout}{result.stderr}")
    reports, micros, p50, p99, faults = (float(word) for word in line.split()[1:])
    return LoadResult(int(reports), micros / 1e6, p50 / 1000, p99 / 1000, int(faults))


@contextmanager
def cpu_used(groups: Mapping[str, list[int]]) -> Iterator[dict[str, float]]:
    """Measure the CPU seconds of groups of processes over a block; ``groups`` are process numbers by name."""
    before = {name: sum(_ticks(pid) for pid in pids) for name, pids in groups.items()}
    used: dict[str, float] = {}
    started = time.perf_counter()
    yield used
    hz = os.sysconf("SC_CLK_TCK")
    used["seconds"] = time.perf_counter() - started
    for name, pids in groups.items():
        used[name] = (sum(_ticks(pid) for pid in pids) - before[name]) / hz


def children_of(pid: int) -> list[int]:
    """Give a process and all its descendants."""
    listing = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listing.splitlines()]
    found = [pid]
    for each in found:
        found.extend(child for child, parent in pairs if parent == each)
    return found


def postgres_processes() -> list[int]:
    """Give every process of PostgreSQL on this machine."""
    listing = subprocess.run(["ps", "-eo", "pid=,comm="], capture_output=True, text=True, check=True).stdout
    return [int(line.split()[0]) for line in listing.splitlines() if "postgres" in line]


def resident_kib(pid: int) -> int:
    """Give how much memory a process holds, in KiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise ServiceError(f"process {pid} has no memory to speak of")


def postgres_environment(server: PostgresServer, name: str) -> dict[str, str]:
    """Give the environment of a fresh database."""
    return {"DATABASE_URL": server.make_database(name)}


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(fields[11]) + int(fields[12])
