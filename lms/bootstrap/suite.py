"""``make test``: the checks, then the whole suite on SQLite, on PostgreSQL, and with real services and a browser."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from dataclasses import dataclass

from lms.bootstrap.check import run_checks
from lms.bootstrap.console import say
from lms.bootstrap.place import PYTHON, ROOT, embedded_environment
from lms.bootstrap.run import install
from lms.bootstrap.system_packages import FOR_TESTS, require_tools

_ALONE = "journey or fault or services"  # these bring their own sites, databases and processes
_NOTHING_COLLECTED = 5
_STORY = re.compile(r"pytest\.mark\.(journey|fault|services)\b")
_STORIES = ("journeys", "faults", "services")  # folders whose tests are all such
_BY_STORY = ["--dist", "loadscope", "--no-loadscope-reorder"]  # see StoryScheduling in tests/conftest.py
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Round:
    """One run of pytest: what it runs, and on which database."""

    name: str
    pytest: list[str]
    on_postgresql: bool = False
    stories: bool = False


ROUNDS = (
    Round("SQLite", ["-n", "2", "--durations", "10", "-m", f"not ({_ALONE})"]),
    Round(
        "PostgreSQL", ["-n", "2", "--durations", "10", "-m", f"not ({_ALONE} or tools or plain)"], on_postgresql=True
    ),
    # mostly they wait for videos to play: four at a time, the longest from the start
    Round("journeys, faults, services", ["-n", "4", *_BY_STORY, "--durations", "20", "-m", _ALONE], stories=True),
)


def run_suite(words: list[str]) -> int:
    """Run everything, whatever fails; print pytest's closing lines last; 0 when all passed."""
    require_tools(FOR_TESTS)
    env = {**embedded_environment(), **install(development=True)}
    say("\n== make check")
    codes = [run_checks([])]
    closing: list[str] = []
    for item in ROUNDS:
        say(f"\n== pytest: {item.name}")
        code, line = _run_pytest(item, words, env)
        codes.append(code)
        closing.append(f"{item.name:<27} {line}")
    say("\n== 结果 · result")
    say(f"{'make check':<27} {'failed' if codes[0] else 'passed'}")
    for line in closing:
        say(line)
    return 1 if any(codes) else 0


def find_stories() -> list[str]:
    """Name the files with tests of the last round: each of its processes would read all the others for nothing."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    found = [path for path in files if path.parent.name in _STORIES or _STORY.search(path.read_text(encoding="utf-8"))]
    return [str(path.relative_to(ROOT)) for path in found]


def _run_pytest(item: Round, words: list[str], env: dict[str, str]) -> tuple[int, str]:
    """Run pytest, passing on what it prints; give its exit code and its closing line."""
    colour = ["--color=yes"] if sys.stdout.isatty() else []
    places = find_stories() if item.stories and not words else []
    pytest = [str(PYTHON), "-m", "pytest", "-q", *colour, *item.pytest, *words, *places]
    wrapper = [str(PYTHON), "-m", "tests.services", "postgres", "--"] if item.on_postgresql else []
    started = time.monotonic()
    process = subprocess.Popen(
        [*wrapper, *pytest],
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
        print(text, end="", flush=True)
        line = text.strip() or line
    code = process.wait()
    if code == _NOTHING_COLLECTED and words:
        code = 0  # the words chose tests of another round
    return code, f"{_COLOUR.sub('', line)}  ({time.monotonic() - started:.0f} s, exit {code})"
