"""The virtual environment and the locked Python packages in it."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

from lms.bootstrap.console import run_shown, step
from lms.bootstrap.place import PYTHON, ROOT, STAMPS, VENV
from lms.bootstrap.problem import ProblemError
from lms.bootstrap.stamps import Stamps, digest_files
from lms.bootstrap.system_packages import install_packages

RUN_LOCK = ROOT / "requirements.txt"
DEVELOPMENT_LOCK = ROOT / "requirements-dev.txt"  # everything of RUN_LOCK in the same versions, and the tools


def ensure_python_packages(*, development: bool = False) -> None:
    """Bring the environment to the lock; nothing is run when it is there already.

    :raises ProblemError: the environment cannot be made, or a package cannot be fetched.
    """
    run_digest, development_digest = _digest_lock(RUN_LOCK), _digest_lock(DEVELOPMENT_LOCK)
    stamps = Stamps(STAMPS)
    has_development = stamps.holds("development", development_digest)
    if _works() and (has_development or (not development and stamps.holds("run", run_digest))):
        return
    _make_environment()
    lock = DEVELOPMENT_LOCK if development else RUN_LOCK
    with step(f"Python 依赖 · Python packages ({lock.name})"):
        install_lock(lock)
    stamps.write("run", run_digest)
    if development:
        stamps.write("development", development_digest)


def install_lock(lock: Path, *more: str | Path) -> None:
    """Install exactly what a lock file names, every file checked by its hash."""
    pip: list[str | Path] = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    run_shown(
        [*pip, "install", "--require-hashes", "--no-deps", "--no-compile", "--progress-bar", "off", *more, "-r", lock],
        failure=("Python 依赖安装失败，请检查网络后重试", "Python packages could not be installed; check the network"),
    )


def _digest_lock(lock: Path) -> str:
    # a moved project or another Python needs a new environment: its scripts name both
    return digest_files([lock], str(ROOT), f"{sys.version_info[0]}.{sys.version_info[1]}")


def _works() -> bool:
    return PYTHON.exists() and (VENV / "bin" / "granian").exists()


def _make_environment() -> None:
    wanted = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if (VENV / "lib" / f"python{wanted}" / "site-packages").is_dir() and PYTHON.exists() and _is_of_this_place():
        return
    if importlib.util.find_spec("ensurepip") is None and not install_packages([f"python{wanted}-venv"]):
        hint = f"sudo apt-get install python{wanted}-venv"
        raise ProblemError(f"缺少 Python 的 venv 模块，请先运行：{hint}", f"Python's venv is missing; run: {hint}")
    with step("Python 环境 · virtual environment"):
        if VENV.exists():
            shutil.rmtree(VENV)
        run_shown(
            [sys.executable, "-m", "venv", VENV],
            failure=(f"无法创建 {VENV}", f"cannot make {VENV}"),
        )


def _is_of_this_place() -> bool:
    """Say whether the environment was made here: a copied or moved one names its old folder."""
    pip = VENV / "bin" / "pip"
    return pip.exists() and str(VENV) in pip.read_text(errors="replace")
