"""``make check``: everything that judges the code without running the suite, side by side."""

from __future__ import annotations

import os
import secrets
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from lms.bootstrap.console import say
from lms.bootstrap.place import PYTHON, ROOT, VENV, embedded_environment
from lms.bootstrap.run import install

APPS = ("lms", "accounts", "media_pipeline", "courses", "tracking", "certificates", "provinces", "cms_pages")


@dataclass(frozen=True, slots=True)
class Check:
    """One judge: a command that ends with 0 when all is well."""

    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge said, and how long it took."""

    name: str
    code: int
    seconds: float
    output: str


def run_checks(words: list[str]) -> int:
    """Run every check on all cores, print what failed and one table; 0 when all are well."""
    install(development=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="xueshi-check-") as home, ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        verdicts = list(pool.map(_judge, list_checks(Path(home))))
    for verdict in verdicts:
        if verdict.code:
            say(f"\n--- {verdict.name}\n{verdict.output.strip()}")
    say("\n" + format_table(verdicts, time.monotonic() - started))
    return 1 if any(verdict.code for verdict in verdicts) else 0


def list_checks(home: Path) -> list[Check]:
    """Name the checks, the slowest first, so that two cores end together."""
    bin_folder = VENV / "bin"
    manage = [str(PYTHON), "-W", "error", "manage.py"]
    embedded = {"XUESHI_HOME": str(home)}
    # djhtml takes folders; an app without templates has nothing to indent
    templates = [str(ROOT / app / "templates") for app in APPS if (ROOT / app / "templates").is_dir()]
    # a test that cannot be imported is seen here in seconds, not after the whole suite
    collect = [str(PYTHON), "-m", "pytest", "--collect-only", "-qq", "-n0", "-p", "no:cacheprovider", "tests"]
    return [
        Check("mypy", [str(bin_folder / "mypy"), *APPS], embedded),
        Check("pytest --collect-only", collect, embedded),
        Check("check --deploy", [*manage, "check", "--deploy", "--fail-level", "WARNING"], _imitate_production(home)),
        Check("makemigrations --check", [*manage, "makemigrations", "--check", "--dry-run"], embedded),
        Check("lint-imports", [str(bin_folder / "lint-imports"), "--no-cache"]),
        Check("node --test", ["node", "--test", *sorted(map(str, (ROOT / "tests").glob("**/*.test.mjs")))]),
        Check("djhtml", [str(bin_folder / "djhtml"), "--check", *templates]),
        Check("ruff check", [str(bin_folder / "ruff"), "check", "."]),
        Check("ruff format", [str(bin_folder / "ruff"), "format", "--check", "."]),
    ]


def format_table(verdicts: list[Verdict], seconds: float) -> str:
    """Give one line a check and one for the whole."""
    width = max(len(verdict.name) for verdict in verdicts)
    lines = [
        f"  {'✗' if verdict.code else '✓'} {verdict.name:<{width}}  {verdict.seconds:6.1f} s" for verdict in verdicts
    ]
    failed = sum(1 for verdict in verdicts if verdict.code)
    word = f"{failed} failed" if failed else "all passed"
    return "\n".join([*lines, f"  {len(verdicts)} checks, {word}, {seconds:.1f} s"])


def _judge(check: Check) -> Verdict:
    started = time.monotonic()
    result = subprocess.run(
        check.command,
        cwd=ROOT,
        env={**embedded_environment(), **check.env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    return Verdict(check.name, result.returncode, time.monotonic() - started, result.stdout)


_MAKE_KEYS = """
import pathlib, sys
from certificates.gateways.demo_key import demo_key_file, make_code_key_file
folder = pathlib.Path(sys.argv[1])
demo_key_file(folder)
make_code_key_file(folder / "code-key.pem")
"""


def _imitate_production(home: Path) -> dict[str, str]:
    """Give an environment as a real server has it, with keys that live as long as the check."""
    keys = home / "keys"
    subprocess.run([str(PYTHON), "-c", _MAKE_KEYS, str(keys)], cwd=ROOT, check=True)
    return {
        "XUESHI_HOME": str(home),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "XUESHI_FIELD_KEY": secrets.token_urlsafe(32),
        "XUESHI_SITE_URL": "https://xueshi.example.org",
        "XUESHI_CONTENT_URL": "https://*.packages.example.net",
        "XUESHI_TRUSTED_PROXY": "1",
        "XUESHI_DEMO": "0",
        "XUESHI_SIGNING_KEY_FILE": str(keys / "demo-signer.p12"),
        "XUESHI_SIGNING_KEY_PASSWORD": (keys / "password").read_text(),
        "XUESHI_CODE_KEY_FILE": str(keys / "code-key.pem"),
        "DATABASE_URL": f"sqlite:///{home / 'check.sqlite3'}",
    }
