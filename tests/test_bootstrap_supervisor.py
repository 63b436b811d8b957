"""The supervisor with tiny commands in the place of the site's: nothing of them may stay behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lms.bootstrap.place import ROOT

# a service with a child in its group, and a grandchild that fled to a session of its own
FAMILY = """
    echo $$ >> {pids}
    sleep 600 & echo $! >> {pids}
    setsid sh -c 'echo $$ >> {pids}; exec sleep 600' &
    touch {folder}/{name}.up
    {end}
"""
PARENT = """
    import sys
    from pathlib import Path
    from lms.bootstrap.problem import ProblemError
    from lms.bootstrap.supervisor import Service, Supervisor

    folder = Path(sys.argv[1])
    services = [
        Service(path.stem, ["sh", str(path)], is_essential=path.stem == "web") for path in sorted(folder.glob("*.sh"))
    ]
    try:
        Supervisor(
            services=services,
            env={"PATH": "/usr/bin:/bin"},
            logs=folder / "logs",
            cwd=folder,
            is_ready=lambda: all((folder / f"{service.name}.up").exists() for service in services),
            on_ready=lambda: print("ready", flush=True),
            ready_within_seconds=float(sys.argv[2]),
            grace_seconds=1,
        ).run()
    except ProblemError as problem:
        sys.exit(str(problem))
"""

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Give a function that runs a supervisor over scripts: name → how the script ends."""
    running: list[subprocess.Popen[str]] = []

    def run(*, ready_within_seconds: float = 20, **ends: str) -> subprocess.Popen[str]:
        for name, end in ends.items():
            script = FAMILY.format(pids=tmp_path / "pids", folder=tmp_path, name=name, end=end)
            (tmp_path / f"{name}.sh").write_text(textwrap.dedent(script))
        command = [sys.executable, "-c", textwrap.dedent(PARENT), str(tmp_path), str(ready_within_seconds)]
        process = subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        running.append(process)
        return process

    yield run
    for process in running:
        process.kill()
        process.communicate()
    for pid in _name_alive(_read_pids(tmp_path, 0)):  # what a killed supervisor's services left of their children
        os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_stops_every_process(start: Start, tmp_path: Path, sign: signal.Signals) -> None:
    process = start(web="wait", worker="wait")
    assert _read_line(process) == "ready"
    pids = _read_pids(tmp_path, 6)

    process.send_signal(sign)
    process.communicate(timeout=20)

    assert process.returncode == 0
    assert _name_alive(pids) == []


def test_process_that_ignores_the_request_is_killed(start: Start, tmp_path: Path) -> None:
    process = start(web="trap '' TERM; while true; do sleep 1; done")
    assert _read_line(process) == "ready"
    pids = _read_pids(tmp_path, 3)

    process.terminate()
    process.communicate(timeout=20)

    assert _name_alive(pids) == []


def test_essential_process_that_dies_ends_the_site_with_a_line(start: Start, tmp_path: Path) -> None:
    process = start(web="echo 'no luck'; sleep 1; exit 7", worker="wait")
    output, _ = process.communicate(timeout=20)

    assert process.returncode == 1
    assert "web 已退出（7）" in output
    assert "no luck" in output
    assert "Traceback" not in output
    assert _name_alive(_read_pids(tmp_path, 6)) == []


def test_other_process_that_dies_is_started_again_without_its_children(start: Start, tmp_path: Path) -> None:
    process = start(web="wait", worker="wait")
    assert _read_line(process) == "ready"
    worker = _worker_leader(tmp_path)
    os.kill(worker, signal.SIGKILL)

    assert "worker 已退出（-9）" in _read_line(process)
    pids = _read_pids(tmp_path, 9)
    assert (len(pids), worker in _name_alive(pids)) == (9, False)
    process.terminate()
    process.communicate(timeout=20)
    assert _name_alive(pids) == []


def test_site_that_never_answers_ends_with_a_line(start: Start, tmp_path: Path) -> None:
    (tmp_path / "silent.sh").write_text("exec sleep 600")
    output, _ = start(ready_within_seconds=1, web="wait").communicate(timeout=20)

    assert "1 秒内网站没有应答" in output
    assert _name_alive(_read_pids(tmp_path, 3)) == []


def test_killed_supervisor_takes_its_services_along(start: Start, tmp_path: Path) -> None:
    process = start(web="wait")
    assert _read_line(process) == "ready"
    leader = _read_pids(tmp_path, 3)[0]

    process.kill()

    _wait(lambda: _name_alive([leader]) == [])


def _read_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _read_pids(folder: Path, count: int) -> list[int]:
    path = folder / "pids"
    _wait(lambda: path.exists() and len(path.read_text().split()) >= count)
    return [int(word) for word in path.read_text().split()]


def _worker_leader(folder: Path) -> int:
    _read_pids(folder, 6)
    for pid in _read_pids(folder, 6):
        if f"{folder}/worker.sh" in Path(f"/proc/{pid}/cmdline").read_text():
            return pid
    raise AssertionError("the worker is not there")


def _name_alive(pids: list[int]) -> list[int]:
    """Give those that still run; a zombie does not."""
    alive = []
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state != "Z":
            alive.append(pid)
    return alive


def _wait(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
