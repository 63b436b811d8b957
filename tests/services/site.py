"""A whole site of our own: its environment, its home folder, its web server, worker and beat as real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from lms.bootstrap.health import is_healthy
from lms.bootstrap.place import PYTHON, ROOT, embedded_environment
from lms.bootstrap.processes import kill_group, read_tail
from lms.bootstrap.run import list_services
from tests.services.running import ServiceError, free_port, running

_DESK = "from tests.services.desk import serve; serve()"
_READY = {"worker": " ready.", "beat": "beat: Starting..."}


def site_environment(home: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the environment of a site in a home folder; ``more`` points it at real services."""
    return {
        **embedded_environment(),
        "XUESHI_HOME": str(home),
        "XUESHI_DEMO": "1",
        "PYTHONUNBUFFERED": "1",
        **{name: value for name, value in os.environ.items() if name in ("XUESHI_FFMPEG", "XUESHI_FFPROBE")},
        **(more or {}),
    }


@contextmanager
def worker_process(env: Mapping[str, str], log: Path, *, name: str = "worker") -> Iterator[subprocess.Popen[bytes]]:
    """Run a real Celery worker (or ``beat``) on an environment, and wait until it is ready.

    :raises ServiceError: it does not start; the message carries its log.
    """
    service = next(service for service in list_services(0) if service.name == name)
    seen = log.stat().st_size if log.exists() else 0
    with running(
        name,
        service.command,
        env=env,
        log=log,
        until=lambda: _READY[name] in log.read_text(errors="replace")[seen:],
        stop_sign=signal.SIGKILL,  # by itself it takes seconds; what a test waits for it has waited for
    ) as process:
        yield process


@dataclass(slots=True)
class LiveSite:
    """A site on a free port; use it as a context manager, and everything that it started ends with it."""

    home: Path
    env: dict[str, str]
    port: int = field(default_factory=free_port)
    worker: subprocess.Popen[bytes] | None = None
    beat: subprocess.Popen[bytes] | None = None
    _desk: subprocess.Popen[str] | None = None
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> LiveSite:
        self.env["PORT"] = str(self.port)
        self.home.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def url(self) -> str:
        """The site's address, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *words: str) -> str:
        """Run a management command and give what it printed.

        :raises ServiceError: it failed; the message carries its output.
        """
        result = subprocess.run(
            [PYTHON, "manage.py", *words],
            cwd=ROOT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if result.returncode:
            raise ServiceError(f"manage.py {' '.join(words)} failed:\n{result.stdout}")
        return result.stdout

    def tell(self, code: str) -> str:
        """Run code in a process of the site that stays for the next, and give what it printed.

        It is done, and committed, when this returns; the process is another one than those that serve.

        :raises ServiceError: it failed; the message carries the traceback.
        """
        desk = self._desk = self._desk or self._start_desk()
        assert desk.stdin
        assert desk.stdout
        desk.stdin.write(f"{json.dumps(code)}\n")
        desk.stdin.flush()
        answer = next((line for line in desk.stdout if line.startswith("> ")), None)
        said, wrong = json.loads(answer[2:]) if answer else ("", self.read_log("desk"))
        if wrong:
            raise ServiceError(f"{code} failed:\n{said}{wrong}")
        return str(said)

    def _start_desk(self) -> subprocess.Popen[str]:
        log = self._stack.enter_context(self.log("desk").open("a"))
        command = [str(PYTHON), "manage.py", "shell", "--no-imports", "--command", _DESK]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": log}
        desk = self._stack.enter_context(subprocess.Popen(command, cwd=ROOT, env=self.env, text=True, **pipes))
        self._stack.callback(desk.kill)
        return desk

    def start_web(self) -> None:
        """Run the web server until the site ends."""
        service = next(service for service in list_services(self.port) if service.name == "web")
        self._stack.enter_context(
            running("web", service.command, env=self.env, log=self.log("web"), until=self.is_healthy)
        )

    def is_healthy(self) -> bool:
        """Say whether the web server answers."""
        return is_healthy(self.port, env=self.env)

    def wsgi_command(self, *, workers: int) -> list[str]:
        """Give the command that serves pages as a real server does."""
        command = [str(PYTHON), "-m", "granian", "--interface=wsgi", "--host=127.0.0.1", f"--port={self.port}"]
        return [*command, f"--workers={workers}", "--blocking-threads=8", "lms.wsgi:application"]

    def start_worker(self) -> None:
        """Run a Celery worker until it is killed or the site ends."""
        self.worker = self._stack.enter_context(worker_process(self.env, self.log("worker")))

    def start_beat(self) -> None:
        """Run Celery's clock, which sends the periodic sweeps."""
        self.beat = self._stack.enter_context(worker_process(self.env, self.log("beat"), name="beat"))

    def kill_worker(self) -> None:
        """Kill the worker and its children at once, as a power cut does."""
        if self.worker:
            kill_group(self.worker)
            self.worker = None

    def rest(self) -> None:
        """End the worker and the clock; the web server goes on."""
        self.kill_worker()
        if self.beat:
            kill_group(self.beat)
            self.beat = None

    def log(self, name: str) -> Path:
        """Name the log file of ``web``, ``worker`` or ``beat``."""
        return self.home / f"{name}.log"

    def read_log(self, name: str, lines: int = 60) -> str:
        """Give the last lines of a log, for the message of a failing test."""
        return "\n".join(read_tail(self.log(name), lines))
