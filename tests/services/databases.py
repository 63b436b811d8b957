"""The tests' own database: an SQLite file as the site runs it, migrated once and copied from then on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.db import connections

from lms.bootstrap.place import ROOT
from lms.bootstrap.stamps import digest_files

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
    sources = [*ROOT.glob("*/migrations/*.py"), ROOT / "requirements-dev.txt", ROOT / "lms" / "lib" / "append_only.py"]
    return _KEPT / f"{digest_files(sources)[:16]}.sqlite3"
