"""Where things are: the project, its environment, the site's home folder and its port."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from lms.bootstrap.problem import ProblemError

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
VENDOR = ROOT / "lms" / "static" / "vendor"
STAMPS = VENV / "xueshi-stamps.json"
DEFAULT_PORT = 8000
SITE_NAMES = {"PORT", "SECRET_KEY", "DATABASE_URL", "CELERY_BROKER_URL", "DJANGO_SETTINGS_MODULE"}


def read_home(env: Mapping[str, str] = os.environ) -> Path:
    """Give the folder of the site's data: ``XUESHI_HOME``, or ``var`` in the project."""
    return Path(env.get("XUESHI_HOME") or ROOT / "var").expanduser().resolve()


def read_port(env: Mapping[str, str] = os.environ) -> int:
    """Give the site's port: ``PORT``, or 8000.

    :raises ProblemError: not a number of 1–65535.
    """
    text = env.get("PORT") or str(DEFAULT_PORT)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ProblemError(f"PORT={text} 不是端口号（1–65535）", f"PORT={text} is not a port (1–65535)")
    return int(text)


def search_path(env: Mapping[str, str] = os.environ) -> str:
    """Give PATH with the environment's own programs first."""
    return f"{VENV / 'bin'}{os.pathsep}{env.get('PATH') or os.defpath}"


# a site is several processes and its tests start hundreds: where nothing is kept, each compiles all it imports again,
# which takes twice as long as the start itself; machines that build and test are often set up that way
KEEP_COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}


def embedded_environment(env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Give our environment without what points at somebody's real site: checks and tests bring their own."""
    kept = {name: value for name, value in env.items() if not name.startswith("XUESHI_") and name not in SITE_NAMES}
    return {**kept, **KEEP_COMPILED, "PATH": search_path(env)}


def make_home(home: Path) -> None:
    """Make the home folder and prove that it can be written.

    :raises ProblemError: it cannot be made or written; the line names it.
    """
    probe = home / f".write-test-{os.getpid()}"
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ProblemError(
            f"无法写入目录 {home}（{error.strerror}）；可用 XUESHI_HOME= 另指定",
            f"cannot write to {home} ({error.strerror}); choose another with XUESHI_HOME=",
        ) from error
