"""What the person at the terminal sees: steps with their times, and one line for what stops us."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from lms.bootstrap.place import read_home
from lms.bootstrap.problem import ProblemError


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

    :raises ProblemError: it failed; the line has ``failure``, the command's last words and where the rest is kept.
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
    printed: list[str] = []
    try:
        for line in process.stdout or ():
            printed.append(line.rstrip())
            _show_latest(printed[-1])
    except BaseException:
        process.kill()
        raise
    finally:
        code = process.wait()
        if process.stdout:
            process.stdout.close()
    if code:
        raise ProblemError(f"{failure[0]}（{_keep_log(printed)}）", f"{failure[1]}: {_last_words(printed)}")
    return "\n".join(printed)


def _keep_log(printed: list[str]) -> Path:
    """Keep everything that a failed command said, and tell where."""
    log = read_home() / "logs" / "setup.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("\n".join(printed) + "\n", encoding="utf-8")
    return log


def _last_words(printed: list[str]) -> str:
    spoken = [line.strip() for line in printed if line.strip()]
    return spoken[-1][:300] if spoken else "it said nothing"


def _show_latest(line: str) -> None:
    if sys.stdout.isatty() and line.strip():
        width = max(20, shutil.get_terminal_size().columns // 2)
        print(f"\r\x1b[K  … {line.strip()[:width]}", end="", flush=True)
