"""The tests' own databases, as the site runs them: migrated once, kept, and copied from then on."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connections, transaction
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from lms.bootstrap.place import PYTHON, ROOT, embedded_environment
from lms.bootstrap.stamps import digest_files
from tests.services.putting_back import remember
from tests.services.running import ServiceError

TEMPLATE = "xueshi_migrated"
_KEPT = ROOT / "var" / "test-databases"


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Start from what is there: for SQLite a copy of the migrated file, otherwise nothing."""
    return _is_sqlite()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> None:
    """Test on an SQLite file, because in memory its locks are others; PostgreSQL gets a name a process."""
    if not _is_sqlite():
        request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")
        template = migrated_template(os.environ["DATABASE_URL"])
        connections["default"].settings_dict["TEST"]["TEMPLATE"] = template
        return
    path = tmp_path_factory.mktemp("database") / "test.sqlite3"
    connections["default"].settings_dict["TEST"]["NAME"] = str(path)
    shutil.copyfile(migrated_file(), path)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """After a test of real transactions put everything back as it was made, where Django empties all tables."""
    with django_db_blocker.unblock():
        put_back = remember()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: put_back())
        yield


@contextmanager
def rows_of_a_module(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let a fixture of a module make rows that its tests share, and take them away afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def _is_sqlite() -> bool:
    return connections["default"].vendor == "sqlite"


def migrated_file() -> Path:
    """Give a migrated SQLite file, to be copied; it is made once, and again when a migration changes."""
    kept = _KEPT / f"{_digest_of_migrations()}.sqlite3"
    with _only_one("sqlite"):
        if not kept.exists():
            _drop_oldest("*.sqlite3")
            home = _KEPT / "home"
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir()
            _migrate({"XUESHI_HOME": str(home)})
            with closing(sqlite3.connect(home / "db.sqlite3")) as made:
                made.execute("VACUUM INTO ?", [str(home / "whole.sqlite3")])
            (home / "whole.sqlite3").rename(kept)
    return kept


def migrated_template(url: str) -> str:
    """Name a migrated database of the server at ``url``, to be copied; nobody is connected to it.

    Migrating takes half a minute of work: it is done once, kept as SQL, and read in by every other server.
    """
    server, port = url.rpartition("/")[0], urlsplit(url).port
    kept = _KEPT / f"{_digest_of_migrations()}.sql"
    with _only_one("postgresql"), psycopg.connect(url, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone():
            return TEMPLATE
        draft = f"{TEMPLATE}_{port}_draft"
        connection.execute(f'DROP DATABASE IF EXISTS "{draft}"')
        connection.execute(f'CREATE DATABASE "{draft}"')
        if kept.exists():
            _run("psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--file={kept}", f"{server}/{draft}")
        else:
            _drop_oldest("*.sql")
            _migrate({"XUESHI_HOME": str(_KEPT), "DATABASE_URL": f"{server}/{draft}"})
            _run("pg_dump", "--no-owner", f"--file={kept.with_suffix('.draft')}", f"{server}/{draft}")
            kept.with_suffix(".draft").rename(kept)
        connection.execute(f'ALTER DATABASE "{draft}" RENAME TO "{TEMPLATE}"')
    return TEMPLATE


@contextmanager
def _only_one(name: str) -> Iterator[None]:
    """Let one of the suite's processes work while the others wait for what it makes."""
    _KEPT.mkdir(parents=True, exist_ok=True)
    with (_KEPT / f"{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _drop_oldest(pattern: str) -> None:
    for old in sorted(_KEPT.glob(pattern), key=lambda path: path.stat().st_mtime)[:-4]:
        old.unlink(missing_ok=True)


def _migrate(more: dict[str, str]) -> None:
    env = {**embedded_environment(), "XUESHI_DEMO": "1", **more}
    _run(PYTHON, "manage.py", "migrate", "--no-input", "--verbosity=0", env=env)


def _run(program: str | Path, *words: str, env: dict[str, str] | None = None) -> None:
    result = subprocess.run(
        [program, *words], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if result.returncode:
        raise ServiceError(f"{program} failed:\n{result.stdout}{result.stderr}")


def _digest_of_migrations() -> str:
    sources = [*ROOT.glob("*/migrations/*.py"), ROOT / "requirements-dev.txt", ROOT / "lms" / "lib" / "append_only.py"]
    return digest_files(sources)[:16]
