"""What the person at the terminal sees: steps with their times, and one line for what stops us."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


class ProblemError(Exception):
    """Something a person must mend, said in one line of Chinese and English."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese} · {english}")


def say(text: str = "") -> None:
    """Print one line at once, whatever the output is connected to."""
    print(text, flush=True)


def say_problem(problem: ProblemError) -> None:
    """Print what stops us, on the error stream."""
    sys.stdout.flush()
    print(f"✗ {problem}", file=sys.stderr, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Show a step while it runs and its seconds when it is done."""
    started = time.monotonic()
    if sys.stdout.isatty():
        print(f"  … {title}", end="", flush=True)
    try:
        yield
    except BaseException:
        _finish("✗", title, started)
        raise
    _finish("✓", title, started)


def _finish(mark: str, title: str, started: float) -> None:
    _clear_line()
    say(f"  {mark} {title}  {time.monotonic() - started:.1f} s")


def _clear_line() -> None:
    if sys.stdout.isatty():
        print("\r\x1b[K", end="", flush=True)


def run_shown(
    command: Sequence[str | Path],
    *,
    failure: tuple[str, str],
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> str:
    """Run a command, showing its latest line on a terminal, and return what it printed.

    :raises ProblemError: it failed; its last lines are printed before, ``failure`` is the line to act on.
    """
    process = subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=None if env is None else dict(env),
        cwd=cwd,
    )
    kept: deque[str] = deque(maxlen=400)
    try:
        for line in process.stdout or ():
            kept.append(line.rstrip())
            _show_latest(kept[-1])
        code = process.wait()
    except BaseException:
        process.kill()
        process.wait()
        raise
    if code:
        _clear_line()
        for line in list(kept)[-15:]:
            say(f"    {line}")
        raise ProblemError(*failure)
    return "\n".join(kept)


def _show_latest(line: str) -> None:
    if sys.stdout.isatty() and line.strip():
        width = max(20, shutil.get_terminal_size().columns // 2)
        print(f"\r\x1b[K  … {line.strip()[:width]}", end="", flush=True)
