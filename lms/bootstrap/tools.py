"""The smaller commands of the Makefile."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from lms.bootstrap.check import APPS
from lms.bootstrap.messages import compile_messages
from lms.bootstrap.place import PYTHON, ROOT, VENV, embedded_environment
from lms.bootstrap.problem import ProblemError
from lms.bootstrap.run import install
from lms.bootstrap.system_packages import FOR_TESTS, GETTEXT, WRK, require_tools


def format_code(words: list[str]) -> int:
    """Put Python and templates into the one form that ``make check`` asks for."""
    install(development=True)
    templates = [str(ROOT / app / "templates") for app in APPS if (ROOT / app / "templates").is_dir()]
    codes = [
        _call([VENV / "bin" / "ruff", "check", "--fix", "--quiet", "."]),
        _call([VENV / "bin" / "ruff", "format", "."]),
        _call([VENV / "bin" / "djhtml", *templates]) if templates else 0,
    ]
    return 1 if codes[0] or codes[1] else 0  # djhtml ends with 1 when it has changed something


def make_messages(words: list[str]) -> int:
    """Collect the texts of code, templates and scripts into the English catalogues, then compile them."""
    require_tools([GETTEXT])
    install(development=True)
    ignored = [
        word for name in ("node_modules", "var", "tests", "staticfiles", "vendor", ".venv") for word in ("-i", name)
    ]
    manage: list[str | Path] = [
        PYTHON,
        "manage.py",
        "makemessages",
        "-l",
        "en",
        "--no-obsolete",
        "--no-wrap",
        "--add-location=file",
    ]
    with tempfile.TemporaryDirectory(prefix="xueshi-messages-") as home:
        env = {"XUESHI_HOME": home}
        codes = [_call([*manage, *ignored], env), _call([*manage, "-d", "djangojs", "-e", "js,mjs", *ignored], env)]
    compile_messages()
    return 1 if any(codes) else 0


def run_benchmarks(words: list[str]) -> int:
    """Measure, print the table and write ``var/bench.json``."""
    require_tools([*FOR_TESTS, WRK])
    env = install(development=True)
    return _call([PYTHON, "-m", "tests.benchmarks", *words], env)


def walk_samples(words: list[str]) -> int:
    """Walk a folder of real packages and media, on a home of its own; then play its packages in a browser.

    :raises ProblemError: no folder is named, or it is not there.
    """
    if not words or not words[0]:
        raise ProblemError("请指定目录：make samples SAMPLES=目录", "name a folder: make samples SAMPLES=folder")
    folder = Path(words[0]).expanduser().resolve()
    if not folder.is_dir():
        raise ProblemError(f"没有这个目录：{folder}", "no such folder")
    require_tools(FOR_TESTS)
    names = install(development=True)
    with tempfile.TemporaryDirectory(prefix="xueshi-samples-") as home:
        codes = [_call([PYTHON, "manage.py", "walk_samples", folder], {**names, "XUESHI_HOME": home})]
    codes.append(_call([PYTHON, "-m", "tests.samples", folder], names))
    return 1 if any(codes) else 0


def build_docs(words: list[str]) -> int:
    """Build the documentation site into ``site/``, strictly."""
    install(development=True)
    return _call([PYTHON, "-m", "mkdocs", "build", "--strict", *words])


def _call(command: Sequence[str | Path], env: dict[str, str] | None = None) -> int:
    return subprocess.run(
        [str(word) for word in command], cwd=ROOT, env={**embedded_environment(), **(env or {})}
    ).returncode
