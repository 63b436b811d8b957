"""A site for faults of the media pipeline: workers of the queue ``media`` that can be killed one by one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from lms.bootstrap.place import PYTHON, ROOT
from lms.bootstrap.processes import kill_group, read_tail
from tests.services.running import find_program, free_port, running
from tests.services.site import site_environment

CLEAN: dict[str, list[str]] = {name: [] for name in ("orphans", "missing", "folders", "stuck", "held", "pieces")}
AFTER_A_DEATH, AFTER_A_LOST_MESSAGE = 130, 610  # seconds until the sweep takes a run for dead, a message for lost


@dataclass(slots=True)
class MediaSite:
    """A site with an SQLite database of its own; everything that it started ends with it."""

    home: Path
    env: dict[str, str]
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _desk: subprocess.Popen[str] | None = None
    _stack: ExitStack = field(default_factory=ExitStack)

    def wish(self, name: str, *words: Any) -> Any:
        """Ask the site's own process for something; see ``media_desk``."""
        if self._desk is None:
            code = "from tests.faults.media_desk import serve; serve()"
            self._desk = self._stack.enter_context(
                subprocess.Popen(
                    [str(PYTHON), "manage.py", "shell", "--no-imports", "-c", code],
                    cwd=ROOT,
                    env=self.env,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=self._stack.enter_context((self.home / "desk.log").open("a")),
                    text=True,
                )
            )
        assert self._desk.stdin
        assert self._desk.stdout
        self._desk.stdin.write(json.dumps([name, *words]) + "\n")
        self._desk.stdin.flush()
        for line in self._desk.stdout:
            if line.startswith("> "):
                return json.loads(line[2:])
        raise AssertionError("\n".join(read_tail(self.home / "desk.log", 40)))

    def start_worker(self, name: str, *, processes: int = 1) -> None:
        """Run a Celery worker of the queue ``media`` in a process group of its own."""
        command = [str(PYTHON), "-m", "celery", "-A", "lms.celery", "worker", "--loglevel", "INFO", "--queues", "media"]
        command += ["--concurrency", str(processes), "--hostname", f"{name}@test"]
        command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        log = self.home / f"{name}.log"
        seen = log.stat().st_size if log.exists() else 0
        self.workers[name] = self._stack.enter_context(
            running(
                name,
                command,
                env=self.env,
                log=log,
                until=lambda: " ready." in log.read_text()[seen:],
                stop_seconds=0.1,
            )
        )

    def kill_worker(self, name: str) -> None:
        """Kill a worker, its processes and their encoders at once, as a power cut does."""
        kill_group(self.workers.pop(name))

    def encoders(self) -> list[int]:
        """Name the running ffmpeg processes of this site."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if (entry / "cwd").readlink().is_relative_to(self.home) and b"ffmpeg" in (
                    entry / "cmdline"
                ).read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
        return found

    def wait_for(self, video: int, until: Callable[[dict[str, Any]], bool], *, seconds: float = 60) -> dict[str, Any]:
        """Look at a video until it is as wanted.

        :raises AssertionError: it is not in time; the message carries the workers' logs.
        """
        deadline = time.monotonic() + seconds
        while True:
            facts = self.wish("look", video)
            if until(facts):
                return facts
            if time.monotonic() > deadline:
                logs = "\n".join(line for log in self.home.glob("*.log") for line in [str(log), *read_tail(log, 25)])
                raise AssertionError(f"{facts}\n{logs}")
            time.sleep(0.1)

    def wait_until_over(self, video: int, *, seconds: float = 60) -> dict[str, Any]:
        """Look at a video until it is ready or has failed."""
        return self.wait_for(video, lambda facts: facts["state"] in ("ready", "failed"), seconds=seconds)

    def close(self) -> None:
        """End everything."""
        for name in list(self.workers):
            self.kill_worker(name)
        if self._desk and self._desk.stdin:
            self._desk.stdin.close()
        self._stack.close()


@contextmanager
def media_site(empty_home: Path, home: Path, env: Mapping[str, str]) -> Iterator[MediaSite]:
    """Make a site on a copy of an empty, migrated home folder."""
    shutil.copytree(empty_home, home)
    site = MediaSite(home, site_environment(home, {**env, "XUESHI_DEMO": "0"}))
    try:
        yield site
    finally:
        site.close()


class RestartableRedis:
    """A Redis that forgets everything when it is killed, and comes back on the same port."""

    def __init__(self, folder: Path) -> None:
        """Make ready; nothing runs yet."""
        self._program = find_program("redis-server", package="redis-server")
        self._folder = folder
        self._port = free_port()
        self._running = ExitStack()
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [self._program, "--bind", "127.0.0.1", "--port", str(self._port), "--save", "", "--appendonly", "no"]
        log = self._folder / "redis.log"
        self._running.enter_context(
            running("Redis", [*command, "--dir", self._folder], log=log, until=self._answers, stop_seconds=0.1)
        )

    def kill(self) -> None:
        """Kill it, with all the messages in it."""
        self._running.close()

    def _answers(self) -> bool:
        with Redis(port=self._port, socket_timeout=2) as client:
            try:
                return bool(client.ping())
            except RedisError:
                return False


@contextmanager
def small_disk(folder: Path, *, mebibytes: int) -> Iterator[Path]:
    """Mount a small disk in memory at a folder; needs the right to mount."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill_disk(folder: Path) -> Path:
    """Write until nothing more fits, as another program might; give the file."""
    path = folder / "filler"
    with path.open("wb") as filler:
        try:
            while True:
                filler.write(b"\0" * 1024**2)
                filler.flush()
        except OSError:
            os.truncate(path, path.stat().st_size)
    return path
