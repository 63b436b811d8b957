"""One parent for the site's processes: starts them, watches them, and leaves none behind."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from lms.bootstrap.console import say
from lms.bootstrap.problem import ProblemError
from lms.bootstrap.processes import (
    adopt_orphans,
    kill_descendants,
    kill_group,
    read_tail,
    start_process,
)

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LOG_LIMIT_BYTES = 10_000_000


@dataclass(slots=True)
class Service:
    """One long-running command; the site ends with an essential one, and restarts another."""

    name: str
    command: list[str]
    is_essential: bool = False
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0
    start_again_at: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """Run services until a signal, or until an essential one ends."""

    services: list[Service]
    env: Mapping[str, str]
    logs: Path
    cwd: Path
    is_ready: Callable[[], bool]
    on_ready: Callable[[], None]
    ready_within_seconds: float = 60.0
    grace_seconds: float = 12.0
    signals: int = field(default=0, init=False)

    def run(self) -> None:
        """Start, wait until ready, watch; return after a signal, with every process gone.

        :raises ProblemError: an essential service ended, or the site did not get ready.
        """
        adopt_orphans()
        self.logs.mkdir(parents=True, exist_ok=True)
        before = {number: signal.signal(number, self._note_signal) for number in _STOPPING}
        try:
            for service in self.services:
                self._start(service)
            self._wait_until_ready()
            if not self.signals:
                self.on_ready()
            while not self.signals:
                self._look_after()
                time.sleep(0.2)
            say("\n正在停止 · stopping…")
        finally:
            self._stop_all()
            for number, handler in before.items():
                signal.signal(number, handler)
        say("已停止 · stopped")

    def _note_signal(self, number: int, frame: FrameType | None) -> None:
        self.signals += 1

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + self.ready_within_seconds
        while not self.signals and not self.is_ready():
            self._look_after()
            if time.monotonic() > deadline:
                seconds = round(self.ready_within_seconds)
                raise ProblemError(
                    f"{seconds} 秒内网站没有应答，日志：{self.logs}",
                    f"the site did not answer in {seconds} s; see the logs",
                )
            time.sleep(0.1)

    def _start(self, service: Service) -> None:
        log = self._log(service)
        if log.exists() and log.stat().st_size > _LOG_LIMIT_BYTES:
            log.replace(log.with_suffix(".old.log"))
        service.process = start_process(service.command, env=self.env, log=log, cwd=self.cwd)

    def _look_after(self) -> None:
        now = time.monotonic()
        for service in self.services:
            if service.process is None:
                if now >= service.start_again_at:
                    self._start(service)
            elif (code := service.process.poll()) is not None:
                kill_group(service.process)  # its children do not outlive it either
                service.process = None
                if service.is_essential:
                    self._give_up(service, code)
                service.restarts += 1
                pause = min(30, 2 ** min(service.restarts - 1, 5))
                service.start_again_at = now + pause
                say(f"! {service.name} 已退出（{code}），{pause} 秒后重启 · ended, starting again in {pause} s")

    def _give_up(self, service: Service, code: int) -> None:
        log = self._log(service)
        for line in read_tail(log):
            say(f"    {line}")
        raise ProblemError(f"{service.name} 已退出（{code}），日志：{log}", f"{service.name} ended; its log is above")

    def _log(self, service: Service) -> Path:
        return self.logs / f"{service.name}.log"

    def _stop_all(self) -> None:
        """Ask every leader at once, wait together, then kill what is left; a second signal kills without waiting."""
        asked = self.signals
        running = [service.process for service in self.services if service.process]
        for process in running:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + self.grace_seconds
        while time.monotonic() < deadline and self.signals <= asked and any(p.poll() is None for p in running):
            time.sleep(0.05)
        for process in running:
            kill_group(process)
        kill_descendants()
