"""Prove that the embedded database can be used before Django touches it, and bring its tables up to the code."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lms.bootstrap.console import run_shown, step
from lms.bootstrap.place import PYTHON, ROOT
from lms.bootstrap.problem import ProblemError
from lms.bootstrap.stamps import Stamps, digest_files


def find_sqlite_file(env: Mapping[str, str], home: Path) -> Path | None:
    """Give the SQLite file in use, or None where ``DATABASE_URL`` names a server."""
    url = env.get("DATABASE_URL", "")
    if not url:
        return home / "db.sqlite3"
    parts = urlsplit(url)
    return Path(unquote(parts.path[1:])) if parts.scheme == "sqlite" else None


def check_sqlite_file(path: Path) -> None:
    """Prove that a database file, if there is one, is whole.

    :raises ProblemError: not SQLite, damaged, unreadable, or written by later code; the line says what to do.
    """
    if not path.exists() or path.stat().st_size == 0:
        return
    advice = "请从备份恢复，或移走它再试", "restore a backup, or move it away"
    try:
        with path.open("rb") as file:
            is_sqlite = file.read(16) == b"SQLite format 3\0"
        if not is_sqlite:
            raise ProblemError(f"{path} 不是 SQLite 数据库；{advice[0]}", f"not an SQLite database; {advice[1]}")
        with _open(path) as connection:
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except (OSError, sqlite3.Error) as error:
        raise ProblemError(f"数据库无法打开：{path}；{advice[0]}", f"cannot open it ({error}); {advice[1]}") from error
    if verdict != "ok":
        raise ProblemError(f"数据库已损坏：{path}；{advice[0]}", f"the database is damaged; {advice[1]}")
    if unknown := read_applied(path) - known_migrations():
        app, name = min(unknown)
        raise ProblemError(
            f"数据库来自更新的版本（{app}.{name}）：{path}；请更新程序",
            "the database was migrated by a later version; update the code, or choose another XUESHI_HOME=",
        )


def known_migrations(root: Path = ROOT) -> set[tuple[str, str]]:
    """Give (app, migration) of the project's own apps, read from the file names."""
    return {(path.parent.parent.name, path.stem) for path in root.glob("*/migrations/[0-9]*.py")}


def read_applied(path: Path, root: Path = ROOT) -> set[tuple[str, str]]:
    """Give (app, migration) of the project's own apps that a database file has seen."""
    own = {folder.parent.name for folder in root.glob("*/migrations")}
    return {pair for pair in _read_history(path) if pair[0] in own}


def ensure_tables(env: Mapping[str, str], home: Path) -> None:
    """Migrate, unless this very file was brought to this very code before.

    :raises ProblemError: the server does not answer, or a migration fails.
    """
    path = find_sqlite_file(env, home)
    stamps = Stamps(home / "setup-stamps.json")
    digest = digest_tables(path)
    if digest and stamps.holds("tables", digest):
        return
    if not digest:
        stamps.write("demo", "")  # a new database has no demonstration yet, whatever was loaded before
    with step("数据库 · database"):
        run_shown(
            [PYTHON, "manage.py", "migrate", "--no-input", "--verbosity=1"],
            env=env,
            cwd=ROOT,
            failure=("数据库无法连接或升级", "the database does not answer, or a migration failed"),
        )
    stamps.write("tables", digest_tables(path))


def digest_tables(path: Path | None) -> str:
    """Digest the code's migrations and the file's own history; empty where there is no file to ask."""
    if path is None or not path.exists():
        return ""
    history = sorted(f"{app}.{name}" for app, name in _read_history(path))
    return digest_files([*ROOT.glob("*/migrations/[0-9]*.py"), ROOT / "requirements.txt"], *history)


def _read_history(path: Path) -> set[tuple[str, str]]:
    try:
        with _open(path) as connection:
            return set(connection.execute("SELECT app, name FROM django_migrations"))
    except sqlite3.Error:
        return set()  # no such table yet


def _open(path: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(path, timeout=10))
