"""Running ffmpeg's programs: an argument list, limits of time and memory, a low priority, and the last words."""

from __future__ import annotations

import ctypes
import os
import re
import resource
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

_KEPT_LINES = 40
_LONGEST_LINE = 64 * 1024
_NICENESS = 10
# of address space; a 4K source of 10 bits takes 1.9 GB on two cores, and every core wants buffers of its own
MEMORY_BYTES = 4 * 1024**3 + (os.cpu_count() or 1) * 256 * 1024**2
_PARENT_DIED = 1  # PR_SET_PDEATHSIG
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_CORRUPT_FRAME = re.compile(r"corrupt decoded frame|Error while decoding stream|Error submitting packet to decoder")


class ToolError(Exception):
    """A program failed; ``last_words`` are the end of what it wrote to its error stream."""

    def __init__(self, program: str, exit_code: int | None, last_words: str) -> None:
        super().__init__(f"{program} ended with {exit_code}: {last_words[-500:]}")
        self.exit_code = exit_code
        self.last_words = last_words


class ToolTimedOutError(ToolError):
    """The program was stopped at its time limit."""


class ToolMissingError(ToolError):
    """The program is not installed; XUESHI_FFMPEG and XUESHI_FFPROBE may name its place."""


@dataclass(frozen=True, slots=True)
class ToolReport:
    """What a program that succeeded wrote to its error stream, and how many frames it could not decode whole."""

    last_words: str
    corrupt_frames: int


def run_tool(
    command: Sequence[str],
    *,
    time_limit_seconds: float,
    on_line: Callable[[str], object] = lambda line: None,
    folder: Path | None = None,
    memory_bytes: int = MEMORY_BYTES,
) -> ToolReport:
    """Run a program in ``folder``, giving each line of its output to ``on_line`` as it comes.

    An error raised by ``on_line`` stops the program and goes on to the caller. The program dies with its parent. One
    that asks for more than ``memory_bytes`` is told that there is no more.

    :raises ToolError: it failed, was stopped at its limit, or is not there.
    """
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            text=True,
            errors="replace",
            preexec_fn=partial(_behave, memory_bytes),
        )
    except FileNotFoundError as error:
        raise ToolMissingError(command[0], None, str(error)) from error
    with process:
        listener = _ErrorListener(process.stderr)
        timer = threading.Timer(time_limit_seconds, process.kill)
        timer.start()
        try:
            for line in _lines_of(process.stdout):
                on_line(line)
            process.wait()
        finally:
            timed_out = not timer.is_alive()
            timer.cancel()
            if process.poll() is None:
                process.kill()
                process.wait()
            listener.join()
    if process.returncode != 0:
        kind = ToolTimedOutError if timed_out and process.returncode < 0 else ToolError
        raise kind(command[0], process.returncode, listener.last_words)
    return ToolReport(last_words=listener.last_words, corrupt_frames=listener.corrupt_frames)


def _lines_of(stream: IO[str] | None) -> Iterator[str]:
    """Lines as they come, cut where they are endless: a film's title may be as long as the film."""
    while stream is not None and (line := stream.readline(_LONGEST_LINE)):
        yield line


class _ErrorListener(threading.Thread):
    """Drains an error stream, so that the program never waits for us, and keeps its end."""

    def __init__(self, stream: IO[str] | None) -> None:
        super().__init__(daemon=True)
        self._stream = stream
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self.corrupt_frames = 0
        self.start()

    def run(self) -> None:
        for line in _lines_of(self._stream):
            self._lines.append(line.rstrip()[:500])
            self.corrupt_frames += bool(_CORRUPT_FRAME.search(line))

    @property
    def last_words(self) -> str:
        return "\n".join(self._lines)


def _behave(memory_bytes: int) -> None:
    """In the child: leave processor and memory to others, and die with the worker: no encoder is left running."""
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if _LIBC is not None:
        _LIBC.prctl(_PARENT_DIED, signal.SIGKILL, 0, 0, 0)
