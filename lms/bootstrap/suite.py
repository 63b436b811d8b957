"""``make test``: the checks, then the whole suite on SQLite, on PostgreSQL, and with real services and a browser."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from lms.bootstrap.check import run_checks
from lms.bootstrap.console import say
from lms.bootstrap.place import PYTHON, ROOT, embedded_environment
from lms.bootstrap.run import install
from lms.bootstrap.system_packages import FOR_TESTS, require_tools

_ALONE = "journey or fault or services"  # these bring their own sites, databases and processes
_NOTHING_COLLECTED = 5
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Round:
    """One run of pytest: what it runs, and on which database."""

    name: str
    pytest: list[str]
    on_postgresql: bool = False


UNITS = (
    Round("SQLite", ["-n", "2", "-m", f"not ({_ALONE})"]),
    Round("PostgreSQL", ["-n", "2", "-m", f"not ({_ALONE} or tools)"], on_postgresql=True),
)
# mostly they wait for videos to play: four at a time, the longest from the start, and the unit tests take what is left
_FILES = ["--dist", "loadfile", "--no-loadscope-reorder", "--durations", "20"]
STORIES = Round("journeys, faults, services", ["-n", "4", *_FILES, "-m", _ALONE])
_UNIT_NICENESS = "5"


def run_suite(words: list[str]) -> int:
    """Run everything, whatever fails; print pytest's closing lines last; 0 when all passed."""
    require_tools(FOR_TESTS)
    env = {**embedded_environment(), **install(development=True)}
    say("\n== make check")
    codes = [run_checks([])]
    closing: list[str] = []
    told: list[str] = []
    with ThreadPoolExecutor(1) as beside:
        stories = beside.submit(_run_pytest, STORIES, words, env, told.append)
        for item in UNITS:
            say(f"\n== pytest: {item.name}")
            code, line = _run_pytest(item, words, env, _pass_on)
            codes.append(code)
            closing.append(f"{item.name:<27} {line}")
        say(f"\n== pytest: {STORIES.name}")
        code, line = stories.result()
        _pass_on("".join(told))
        codes.append(code)
        closing.append(f"{STORIES.name:<27} {line}")
    say("\n== 结果 · result")
    say(f"{'make check':<27} {'failed' if codes[0] else 'passed'}")
    for line in closing:
        say(line)
    return 1 if any(codes) else 0


def _run_pytest(item: Round, words: list[str], env: dict[str, str], tell: Callable[[str], object]) -> tuple[int, str]:
    """Run pytest, telling what it prints; give its exit code and its closing line."""
    colour = ["--color=yes"] if sys.stdout.isatty() else []
    pytest = [str(PYTHON), "-m", "pytest", "-q", *colour, *item.pytest, *words]
    polite = [] if item is STORIES else ["nice", "-n", _UNIT_NICENESS]
    wrapper = [str(PYTHON), "-m", "tests.services", "postgres", "--"] if item.on_postgresql else []
    started = time.monotonic()
    process = subprocess.Popen(
        [*polite, *wrapper, *pytest],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    line = "pytest printed nothing"
    for text in process.stdout or ():
        tell(text)
        line = text.strip() or line
    code = process.wait()
    if code == _NOTHING_COLLECTED and words:
        code = 0  # the words chose tests of another round
    return code, f"{_COLOUR.sub('', line)}  ({time.monotonic() - started:.0f} s, exit {code})"


def _pass_on(text: str) -> None:
    print(text, end="", flush=True)
