"""Programs of the operating system: which are missing, and how they come here."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatch

from lms.bootstrap.console import run_shown, step
from lms.bootstrap.problem import ProblemError


@dataclass(frozen=True, slots=True)
class Tool:
    """A program, or a font, that Debian's package brings."""

    name: str
    package: str
    is_present: Callable[[], bool]


def _program(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def _file(*patterns: str) -> Callable[[], bool]:
    """Whether a file is at one of the places; each star stands for one level.

    Never ``**``: it follows links, and /usr/lib/llvm-14/build/Release leads back to where it came from.
    """
    return lambda: any(glob.glob(pattern) for pattern in patterns)


def _font(name: str) -> Callable[[], bool]:
    """Whether a font is among the system's or the user's; links between folders are not followed."""
    return lambda: any(
        fnmatch(file, name)
        for folder in ("/usr/share/fonts", "/usr/local/share/fonts", os.path.expanduser("~/.fonts"))
        for _path, _folders, files in os.walk(folder)
        for file in files
    )


SOFTHSM_PLACES = tuple(  # Debian's, Fedora's, and where its own make puts it
    f"{folder}/softhsm/libsofthsm2.so" for folder in ("/usr/lib", "/usr/lib/*", "/usr/lib64", "/usr/local/lib")
)
FFMPEG = Tool("ffmpeg", "ffmpeg", lambda: _program("ffmpeg")() and _program("ffprobe")())
GETTEXT = Tool("gettext", "gettext", lambda: _program("xgettext")() and _program("msgfmt")())
WRK = Tool("wrk", "wrk", _program("wrk"))  # sends reports faster than they can be taken
FOR_TESTS = (  # ffmpeg comes as for the site itself
    GETTEXT,
    Tool("chromium", "chromium", _program("chromium", "chromium-browser", "google-chrome")),
    Tool("PostgreSQL", "postgresql", lambda: _program("initdb")() or _file("/usr/lib/postgresql/*/bin/initdb")()),
    Tool("redis-server", "redis-server", _program("redis-server")),
    Tool(
        "SoftHSM",
        "softhsm2",
        lambda: _program("softhsm2-util")() and _file(*SOFTHSM_PLACES)(),
    ),
    Tool("pdfsig", "poppler-utils", lambda: _program("pdfsig")() and _program("pdftotext")()),
    Tool("CJK font", "fonts-noto-cjk", _font("Noto*CJK*")),
    Tool("rare characters", "fonts-hanazono", _font("HanaMinB.ttf")),  # CJK extensions B to F
    Tool("rarer characters", "fonts-babelstone-han", _font("BabelStoneHan.ttf")),  # and G, H
)


def name_missing(tools: Iterable[Tool]) -> list[Tool]:
    """Give those of the tools that are not here."""
    return [tool for tool in tools if not tool.is_present()]


def plan_install(packages: Iterable[str], *, is_root: bool, has_apt: bool, has_sudo: bool) -> list[str] | None:
    """Give the command that installs Debian packages without asking, or None where we may not.

    ``has_sudo`` means that sudo works without a password.
    """
    if not has_apt or not (is_root or has_sudo):
        return None
    prefix = [] if is_root else ["sudo", "-n"]
    return [
        *prefix,
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-o",
        "DPkg::Lock::Timeout=180",
        "install",
        "-y",
        "--no-install-recommends",
        *packages,
    ]


def install_packages(packages: list[str]) -> bool:
    """Install Debian packages where apt is allowed; say whether that was so.

    :raises ProblemError: apt was allowed and failed.
    """
    command = plan_install(
        packages, is_root=os.geteuid() == 0, has_apt=bool(shutil.which("apt-get")), has_sudo=_has_sudo()
    )
    if command is None:
        return False
    names = " ".join(packages)
    failure = (f"apt 安装失败：{names}", f"apt could not install: {names}")
    with step(f"系统软件包 · system packages: {names}"):
        index = [*command[: command.index("install")], "update"]
        run_shown(index, failure=failure)
        run_shown(command, failure=failure)
    return True


def require_tools(tools: Iterable[Tool]) -> None:
    """Bring every tool here.

    :raises ProblemError: some are missing and may not be installed; the line gives the command that does.
    """
    missing = name_missing(tools)
    if not missing:
        return
    packages = sorted({tool.package for tool in missing})
    if install_packages(packages) and not (missing := name_missing(missing)):
        return
    names = "、".join(tool.name for tool in missing)
    hint = f"sudo apt-get install {' '.join(packages)}"
    raise ProblemError(f"缺少 {names}，请先运行：{hint}", f"missing: {', '.join(t.name for t in missing)}; run: {hint}")


def _has_sudo() -> bool:
    if not shutil.which("sudo"):
        return False
    return subprocess.run(["sudo", "-n", "true"], capture_output=True, stdin=subprocess.DEVNULL).returncode == 0
