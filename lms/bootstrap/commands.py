"""The Makefile's commands, by name."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from lms.bootstrap.browser_libraries import copy_libraries
from lms.bootstrap.check import run_checks
from lms.bootstrap.console import say_problem
from lms.bootstrap.health import is_healthy
from lms.bootstrap.messages import compile_messages
from lms.bootstrap.place import read_port
from lms.bootstrap.problem import ProblemError
from lms.bootstrap.run import install, run_site
from lms.bootstrap.suite import run_suite
from lms.bootstrap.tools import build_docs, format_code, make_messages, run_benchmarks, walk_samples


def main(words: list[str]) -> int:
    """Run one command; give the exit code: 0 done, 1 something failed, 2 something a person must mend."""
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    command = COMMANDS.get(words[0]) if words else None
    if command is None:
        print(f"usage: python3 -m lms.bootstrap {'|'.join(COMMANDS)}", file=sys.stderr)
        return 2
    try:
        return command(words[1:])
    except ProblemError as problem:
        say_problem(problem)
        return 2
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130


def _run(words: list[str]) -> int:
    run_site()
    return 0


def _install(words: list[str]) -> int:
    install(development="--development" in words)
    return 0


def _healthz(words: list[str]) -> int:
    """For containers: 0 when the site on ``PORT`` answers."""
    return 0 if is_healthy(read_port(), env=os.environ) else 1


def _compile(words: list[str]) -> int:
    compile_messages()
    return 0


def _copy(words: list[str]) -> int:
    """For images, where npm has run in a stage of its own."""
    copy_libraries()
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": _run,
    "install": _install,
    "test": run_suite,
    "check": run_checks,
    "bench": run_benchmarks,
    "samples": walk_samples,
    "fmt": format_code,
    "messages": make_messages,
    "compile": _compile,
    "vendor": _copy,
    "docs": build_docs,
    "healthz": _healthz,
}
