"""Load the demonstration once, and tell its logins."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lms.bootstrap.console import run_shown, step
from lms.bootstrap.place import PYTHON, ROOT
from lms.bootstrap.stamps import Stamps, digest_files

LOGINS = "demo-logins.txt"  # written by load_demo, ready to be shown
_SOURCES = ("*/data/**/*", "cms_pages/operations/demo/**/*")


def ensure_demo(env: Mapping[str, str], home: Path) -> None:
    """Load the demonstration, unless this database has it already; ``load_demo`` itself may run twice.

    :raises ProblemError: it failed.
    """
    sources = [path for pattern in _SOURCES for path in ROOT.glob(pattern) if path.is_file() and path.suffix != ".pyc"]
    stamps = Stamps(home / "setup-stamps.json")
    digest = digest_files(sources, env.get("DATABASE_URL", ""))
    if (home / LOGINS).exists() and stamps.holds("demo", digest):
        return
    with step("演示数据与视频 · demonstration with its videos"):
        run_shown(
            [PYTHON, "manage.py", "load_demo"],
            env=env,
            cwd=ROOT,
            failure=("演示数据加载失败", "the demonstration could not be loaded"),
        )
    stamps.write("demo", digest)


def read_logins(home: Path) -> list[str]:
    """Give the lines that tell who can log in; none where there is no demonstration."""
    try:
        return (home / LOGINS).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
