"""``make run``: from a fresh clone to a site that answers, and from Ctrl-C to nothing left running."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lms.bootstrap.browser_libraries import ensure_browser_libraries
from lms.bootstrap.console import run_shown, say, step
from lms.bootstrap.database import check_sqlite_file, ensure_tables, find_sqlite_file
from lms.bootstrap.demo import ensure_demo, read_logins
from lms.bootstrap.ffmpeg import ensure_ffmpeg
from lms.bootstrap.health import is_healthy, require_free_port
from lms.bootstrap.messages import compile_messages
from lms.bootstrap.place import KEEP_COMPILED, PYTHON, ROOT, make_home, read_home, read_port, search_path
from lms.bootstrap.problem import ProblemError
from lms.bootstrap.python_packages import ensure_python_packages
from lms.bootstrap.supervisor import Service, Supervisor

QUEUES = "default,media,certificates,exchange"


def run_site() -> None:
    """Set up what is missing, then serve until a signal.

    :raises ProblemError: something a person must mend.
    """
    started = time.monotonic()
    home, port = read_home(), read_port()
    say(f"学时 Xueshi  ·  {home}")
    make_home(home)
    with only_one(home):
        require_free_port(port)
        if database := find_sqlite_file(os.environ, home):
            check_sqlite_file(database)
        env = make_environment(home, port, install())
        prepare(env, home)
        require_free_port(port)
        site = env.get("XUESHI_SITE_URL") or f"http://127.0.0.1:{port}"
        Supervisor(
            services=list_services(port),
            env=env,
            logs=home / "logs",
            cwd=ROOT,
            is_ready=lambda: is_healthy(port, env=env),
            on_ready=lambda: _welcome(site, home, time.monotonic() - started),
        ).run()


def install(*, development: bool = False) -> dict[str, str]:
    """Bring packages, browser libraries, ffmpeg and catalogues; give the environment that names ffmpeg."""
    ensure_python_packages(development=development)
    ensure_browser_libraries()
    names = ensure_ffmpeg()
    compile_messages()
    return names


def make_environment(home: Path, port: int, more: dict[str, str]) -> dict[str, str]:
    """Give the processes' environment: ours, the demonstration unless it is turned off, and what was found."""
    return {
        "XUESHI_DEMO": "1",
        "REMAP_SIGTERM": "SIGQUIT",  # Celery: stop at once, with unfinished tasks put back into the queue
        **{name: value for name, value in os.environ.items() if value},
        **KEEP_COMPILED,
        **more,
        "XUESHI_HOME": str(home),
        "PORT": str(port),
        "PATH": search_path(),
        "PYTHONUNBUFFERED": "1",
    }


def prepare(env: dict[str, str], home: Path) -> None:
    """Bring the database to the code and load the demonstration."""
    ensure_tables(env, home)
    if env["XUESHI_DEMO"].lower() in ("1", "true", "yes", "on"):
        ensure_demo(env, home)
    if env.get("XUESHI_SITE_URL", "").startswith("https://"):
        with step("静态文件 · static files"):
            run_shown(
                [PYTHON, "manage.py", "collectstatic", "--no-input"],
                env=env,
                cwd=ROOT,
                failure=("静态文件收集失败", "static files could not be collected"),
            )


def list_services(port: int) -> list[Service]:
    """Name the site's processes: the web server, without which there is no site, the worker and its clock."""
    python = str(PYTHON)
    granian = [python, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port)]
    celery = [python, "-m", "celery", "-A", "lms.celery"]
    worker = [*celery, "worker", "--loglevel", "INFO", "--concurrency", "2", "--queues", QUEUES]
    return [
        Service("web", [*granian, "--respawn-failed-workers", "lms.asgi:application"], is_essential=True),
        Service("worker", [*worker, "--without-gossip", "--without-mingle", "--without-heartbeat"]),
        Service("beat", [*celery, "beat", "--loglevel", "INFO", "--pidfile="]),
    ]


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the home folder, so that two sites never share one.

    :raises ProblemError: another one holds it.
    """
    with (home / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ProblemError(
                f"{home} 正被另一个 make run 使用；可用 XUESHI_HOME= 另指定",
                "another make run uses this folder; choose another with XUESHI_HOME=",
            ) from error
        yield


def _welcome(site: str, home: Path, seconds: float) -> None:
    say(f"\n✓ 就绪 · ready in {seconds:.1f} s\n")
    say(f"  网站 · site            {site}/")
    say(f"  编辑后台 · editors     {site}/admin/")
    say(f"  证书核验 · verify      {site}/verify/")
    say(f"  日志 · logs            {home / 'logs'}")
    if logins := read_logins(home):
        say()
        for line in logins:
            say(f"  {line}")
    say("\n按 Ctrl-C 停止 · press Ctrl-C to stop")
