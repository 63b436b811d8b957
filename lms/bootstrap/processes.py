"""Processes that never outlive the one that started them."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def start_process(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    log: Path,
    cwd: Path,
    user: str | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a command as the leader of its own process group, writing to a log file.

    On Linux the kernel sends it ``death_signal`` when the thread that calls this dies, even by SIGKILL;
    so call it from the main thread.
    """
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
            preexec_fn=_die_with_parent(death_signal, os.getpid()),
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )


def stop_process(process: subprocess.Popen[bytes], *, seconds: float, sign: signal.Signals = signal.SIGTERM) -> None:
    """Ask the leader to end, then after some seconds kill whatever is left of its group."""
    if process.poll() is None:
        process.send_signal(sign)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a process's group at once, and collect the leader."""
    with suppress(ProcessLookupError, PermissionError):  # nobody is left, or only zombies
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def adopt_orphans() -> None:
    """On Linux, become the parent of every descendant that loses its own."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def kill_descendants() -> None:
    """On Linux, kill and collect every descendant, in whatever group it hides; needs ``adopt_orphans`` before."""
    deadline = time.monotonic() + 5
    while sys.platform == "linux" and time.monotonic() < deadline:
        for pid in _read_children():
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
        if not _read_children():
            return


def read_tail(log: Path, lines: int = 12) -> list[str]:
    """Give the last lines of a log file; none where there is no file."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 16_384))
            return file.read().decode(errors="replace").splitlines()[-lines:]
    except FileNotFoundError:
        return []


def _read_children() -> list[int]:
    me = os.getpid()
    children: list[int] = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue  # it ended while we looked
        if parent == me:
            children.append(int(stat.parent.name))
    return children


def _die_with_parent(sign: signal.Signals, parent: int) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, sign, 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return ask_kernel
