"""Fixtures for real services and whole sites; nothing starts before a test asks for it."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import pytest
from redis import Redis

from tests.services import (
    LiveSite,
    PostgresServer,
    RestartableS3,
    S3Server,
    postgres_server,
    redis_server,
    restartable_s3_server,
    s3_server,
    worker_process,
)
from tests.services.databases import migrated_file, migrated_template
from tests.services.pool import SitePool
from tests.services.site import site_environment

StartWorker = Callable[[Mapping[str, str]], subprocess.Popen[bytes]]


class StartSite(Protocol):
    """What ``live_site`` gives."""

    def __call__(self, env: Mapping[str, str] | None = None, *, demo: bool = True, worker: bool = True) -> LiveSite:
        """Start a site; see ``live_site``."""
        ...


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Run one PostgreSQL server for the session."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> str:
    """Give the address of a database of the test's own, migrated and otherwise empty."""
    return postgres.make_database(f"test_{uuid4().hex[:12]}", like=migrated_template(postgres.url()))


@pytest.fixture(scope="session")
def redis() -> Iterator[str]:
    """Run one Redis server for the session."""
    with redis_server() as url:
        yield url


@pytest.fixture
def redis_url(redis: str) -> str:
    """Give the address of an empty Redis."""
    with Redis.from_url(redis) as client:
        client.flushall()
    return redis


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """Run one S3 server for the session; it makes buckets, and names the environment that points a site at one."""
    with s3_server() as server:
        yield server


@pytest.fixture
def restartable_s3() -> Iterator[RestartableS3]:
    """Run an S3 server of the test's own, ``.server``; it may ``kill()`` and ``start()`` it again."""
    with restartable_s3_server() as service:
        yield service


@pytest.fixture
def celery_worker_process(tmp_path: Path) -> Iterator[StartWorker]:
    """Give a function that runs a real Celery worker on a site's environment until the test ends."""
    with ExitStack() as stack:

        def start(env: Mapping[str, str]) -> subprocess.Popen[bytes]:
            return stack.enter_context(worker_process(env, tmp_path / "worker.log"))

        yield start


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make once a home folder with an empty, migrated SQLite database, to be copied."""

    def make(home: Path) -> None:
        home.mkdir()
        shutil.copyfile(migrated_file(), home / "db.sqlite3")

    return make_once(tmp_path_factory, "empty-home", make)


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory, empty_home: Path) -> Path:
    """Make once a home folder with the whole demonstration, to be copied."""

    def make(home: Path) -> None:
        shutil.copytree(empty_home, home)
        with LiveSite(home, site_environment(home)) as site:
            site.manage("load_demo")

    return make_once(tmp_path_factory, "demo-home", make)


@pytest.fixture(scope="session")
def site_pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SitePool]:
    """Keep the sites of the embedded default from one test to the next."""
    pool = SitePool(tmp_path_factory.mktemp("sites"))
    try:
        yield pool
    finally:
        pool.close()


@pytest.fixture
def live_site(tmp_path: Path, site_pool: SitePool, request: pytest.FixtureRequest) -> Iterator[StartSite]:
    """Give a function that gives a whole site of real processes; nobody else has it until the test ends.

    ``live_site()`` is the embedded default with the demonstration, its web server perhaps that of an earlier test,
    its database and files as they were made; ``live_site(env)`` starts one on an empty home folder with names such as
    ``DATABASE_URL`` (a migrated database's, see ``postgres_url``), which loads the demonstration itself.
    ``demo=False`` starts empty and ``worker=False`` without a worker.
    The site's ``tell``, ``manage``, ``start_worker``, ``kill_worker``, ``start_beat`` and ``read_log`` do the rest.
    """
    with ExitStack() as stack:

        def start(env: Mapping[str, str] | None = None, *, demo: bool = True, worker: bool = True) -> LiveSite:
            if env:
                site = _start_site(stack, request.getfixturevalue("empty_home"), tmp_path, env, demo=demo)
            else:
                made = request.getfixturevalue("demo_home" if demo else "empty_home")
                site = site_pool.take(made)
                stack.callback(site_pool.give_back, site, made)
            if worker:
                site.start_worker()
            return site

        yield start


def _start_site(stack: ExitStack, made: Path, folder: Path, env: Mapping[str, str], *, demo: bool) -> LiveSite:
    home = folder / f"site-{uuid4().hex[:6]}"
    shutil.copytree(made, home)
    site = stack.enter_context(LiveSite(home, site_environment(home, env)))
    if demo:
        site.manage("load_demo")
    site.start_web()
    return site


def make_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Make a folder once for all the processes of a run: pytest-xdist's workers have one folder above theirs."""
    shared = factory.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else factory.getbasetemp()
    folder = shared / name
    with (shared / f"{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            draft = shared / f"{name}.draft"
            shutil.rmtree(draft, ignore_errors=True)
            make(draft)
            draft.rename(folder)
    return folder
