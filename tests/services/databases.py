"""The tests' own databases, as the site runs them: migrated once, kept, and copied from then on."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connections

from lms.bootstrap.place import PYTHON, ROOT, embedded_environment
from lms.bootstrap.stamps import digest_files
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
    if kept_database().exists():
        shutil.copyfile(kept_database(), path)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """Keep a migrated SQLite file for the next run, until a migration changes; let PostgreSQL be emptied."""
    if not _is_sqlite():
        with django_db_blocker.unblock():  # type: ignore[attr-defined]
            _permit_truncation()
        return
    if kept_database().exists():
        return
    _KEPT.mkdir(parents=True, exist_ok=True)
    for old in sorted(_KEPT.glob("*.sqlite3"), key=lambda path: path.stat().st_mtime)[:-4]:
        old.unlink(missing_ok=True)
    draft = Path(str(connections["default"].settings_dict["NAME"])).with_suffix(".kept")
    with django_db_blocker.unblock(), connections["default"].cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("VACUUM INTO %s", [str(draft)])
    shutil.move(draft, kept_database())


def _permit_truncation() -> None:
    """Switch off the triggers that refuse TRUNCATE, by which Django empties the tables after a test of transactions."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE '%\\_no\\_truncate'")
        for table, trigger in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")


def _is_sqlite() -> bool:
    return connections["default"].vendor == "sqlite"


def kept_database() -> Path:
    """Name the migrated file that belongs to today's migrations; it may not be there yet."""
    return _KEPT / f"{_digest_of_migrations()}.sqlite3"


def migrated_template(url: str) -> str:
    """Name a migrated database of the server at ``url``, to be copied; nobody is connected to it.

    Migrating takes half a minute of work: it is done once, kept as SQL, and read in by every other server.
    """
    _KEPT.mkdir(parents=True, exist_ok=True)
    server, port = url.rpartition("/")[0], urlsplit(url).port
    kept = _KEPT / f"{_digest_of_migrations()}.sql"
    with (_KEPT / "postgresql.lock").open("a") as lock, psycopg.connect(url, autocommit=True) as connection:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone():
            return TEMPLATE
        draft = f"{TEMPLATE}_{port}_draft"
        connection.execute(f'DROP DATABASE IF EXISTS "{draft}"')
        connection.execute(f'CREATE DATABASE "{draft}"')
        if not kept.exists():
            _migrate_and_keep(f"{server}/{draft}", kept)
        else:
            _run("psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--file={kept}", f"{server}/{draft}")
        connection.execute(f'ALTER DATABASE "{draft}" RENAME TO "{TEMPLATE}"')
    return TEMPLATE


def _migrate_and_keep(url: str, kept: Path) -> None:
    for old in sorted(_KEPT.glob("*.sql"), key=lambda path: path.stat().st_mtime)[:-4]:
        old.unlink(missing_ok=True)
    env = {**embedded_environment(), "XUESHI_HOME": str(_KEPT / "home"), "XUESHI_DEMO": "1", "DATABASE_URL": url}
    (_KEPT / "home").mkdir(exist_ok=True)
    _run(PYTHON, "manage.py", "migrate", "--no-input", "--verbosity=0", env=env)
    draft = kept.with_suffix(".draft")
    _run("pg_dump", "--no-owner", f"--file={draft}", url)
    draft.rename(kept)


def _run(program: str | Path, *words: str, env: dict[str, str] | None = None) -> None:
    result = subprocess.run(
        [program, *words], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if result.returncode:
        raise ServiceError(f"{program} failed:\n{result.stdout}{result.stderr}")


def _digest_of_migrations() -> str:
    sources = [*ROOT.glob("*/migrations/*.py"), ROOT / "requirements-dev.txt", ROOT / "lms" / "lib" / "append_only.py"]
    return digest_files(sources)[:16]
