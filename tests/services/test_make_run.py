"""``make run`` itself, on a home folder of its own, without the demonstration: ready, told, and gone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lms.bootstrap.health import is_healthy
from lms.bootstrap.place import ROOT, embedded_environment
from tests.services.running import free_port

RUN = [sys.executable, "-m", "lms.bootstrap", "run"]


@pytest.fixture
def env(tmp_path: Path, empty_home: Path) -> dict[str, str]:
    """Give the environment of a run whose database is migrated already."""
    shutil.copytree(empty_home, tmp_path / "home")
    names = {"XUESHI_HOME": str(tmp_path / "home"), "PORT": str(free_port()), "XUESHI_DEMO": "0"}
    return {**embedded_environment(), **names}


@pytest.fixture
def site(env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Give a site that has said that it is ready."""
    with subprocess.Popen(
        RUN, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        said = []
        for line in process.stdout or ():
            said.append(line)
            if "Ctrl-C" in line:
                break
        assert process.poll() is None, "".join(said)
        assert any(f"http://127.0.0.1:{env['PORT']}/admin/" in line for line in said), "".join(said)
        yield process
        process.kill()


def test_run_answers_and_ctrl_c_leaves_no_process(env: dict[str, str], site: subprocess.Popen[str]) -> None:
    assert is_healthy(int(env["PORT"]), env=env) is True
    assert (
        len(_find_processes(env["XUESHI_HOME"])) >= 4
    )  # the supervisor's web server, its worker, Celery's worker, beat

    site.send_signal(signal.SIGINT)
    said, _ = site.communicate(timeout=30)

    assert (site.returncode, said.splitlines()[-1]) == (0, "已停止 · stopped")
    assert _find_processes(env["XUESHI_HOME"]) == []


def test_second_run_on_the_same_home_or_port_is_refused_in_one_line(
    env: dict[str, str], site: subprocess.Popen[str], tmp_path: Path
) -> None:
    same_home = subprocess.run(RUN, cwd=ROOT, env={**env, "PORT": str(free_port())}, capture_output=True, text=True)
    same_port = subprocess.run(
        RUN, cwd=ROOT, env={**env, "XUESHI_HOME": str(tmp_path / "other")}, capture_output=True, text=True
    )

    assert (same_home.returncode, same_home.stderr.count("\n")) == (2, 1)
    assert "正被另一个 make run 使用" in same_home.stderr
    assert (same_port.returncode, same_port.stderr.count("\n")) == (2, 1)
    assert f"端口 {env['PORT']} 已被占用" in same_port.stderr
    assert site.poll() is None


def test_run_on_a_broken_database_is_refused_in_one_line(env: dict[str, str]) -> None:
    path = Path(env["XUESHI_HOME"]) / "db.sqlite3"
    path.write_bytes(b"no database at all, but a letter of some length")

    result = subprocess.run(RUN, cwd=ROOT, env=env, capture_output=True, text=True)

    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert f"{path} 不是 SQLite 数据库" in result.stderr


def _find_processes(home: str) -> list[int]:
    """Give the processes, ourselves and zombies aside, that run on a home folder."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"XUESHI_HOME={home}".encode() in environment and int(folder.name) != os.getpid():
            found.append(int(folder.name))
    return found
