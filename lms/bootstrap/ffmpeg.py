"""Find ffmpeg, or bring it: from apt where that is allowed, otherwise a locked static build from PyPI."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from lms.bootstrap.console import step
from lms.bootstrap.place import ROOT, VENV
from lms.bootstrap.problem import ProblemError
from lms.bootstrap.python_packages import install_lock
from lms.bootstrap.system_packages import FFMPEG, install_packages

LOCK = ROOT / "requirements-ffmpeg.txt"
TARGET = VENV / "ffmpeg"  # beside site-packages: its module would hide ffmpeg-python's, which has the same name


def ensure_ffmpeg(env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Give the environment that names ffmpeg and ffprobe; empty where they are on the path.

    :raises ProblemError: neither found nor to be had.
    """
    if env.get("XUESHI_FFMPEG") or FFMPEG.is_present():
        return {}
    if found := _find_static_build():
        return found
    try:
        if install_packages([FFMPEG.package]) and FFMPEG.is_present():
            return {}
    except ProblemError:
        pass  # apt is there but cannot: the static build still can
    with step("ffmpeg（静态版）· static build of ffmpeg"):
        install_lock(LOCK, "--target", TARGET)
    if found := _find_static_build():
        return found
    hint = "sudo apt-get install ffmpeg"
    raise ProblemError(f"缺少 ffmpeg，请先运行：{hint}", f"ffmpeg is missing; run: {hint}")


def _find_static_build() -> dict[str, str]:
    folder: Path = TARGET / "ffmpeg" / "binaries"
    programs = {"XUESHI_FFMPEG": folder / "ffmpeg", "XUESHI_FFPROBE": folder / "ffprobe"}
    if not all(program.exists() for program in programs.values()):
        return {}
    for program in programs.values():
        program.chmod(0o755)
    return {name: str(program) for name, program in programs.items()}
