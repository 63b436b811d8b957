"""The pure parts of the set-up: stamps, ports, packages, the environment's own lines."""

from __future__ import annotations

import shutil
import socket
import sqlite3
import sys
from pathlib import Path

import pytest

from lms.bootstrap import check, commands, database, demo, health, place, stamps, system_packages
from lms.bootstrap.console import run_shown
from lms.bootstrap.problem import ProblemError


def test_stamp_holds_only_for_the_same_digest(tmp_path: Path) -> None:
    notes = stamps.Stamps(tmp_path / "deep" / "stamps.json")

    assert notes.holds("packages", "a") is False
    notes.write("packages", "a")
    notes.write("fonts", "b")

    assert (notes.holds("packages", "a"), notes.holds("packages", "b"), notes.holds("fonts", "b")) == (
        True,
        False,
        True,
    )


def test_unreadable_stamp_file_means_nothing_was_done(tmp_path: Path) -> None:
    path = tmp_path / "stamps.json"
    path.write_text("{half a fi")
    notes = stamps.Stamps(path)

    assert notes.holds("packages", "a") is False
    notes.write("packages", "a")

    assert notes.holds("packages", "a") is True


def test_digest_changes_with_content_name_and_words(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("same")
    two.write_text("same")
    first = stamps.digest_files([one, two])

    assert stamps.digest_files([two, one]) == first
    assert stamps.digest_files([one]) != stamps.digest_files([two])
    assert stamps.digest_files([one, two], "3.12") != first
    two.write_text("other")
    assert stamps.digest_files([one, two]) != first


@pytest.mark.parametrize(("text", "port"), [("", 8000), ("1", 1), ("65535", 65535), ("8080", 8080)])
def test_port_is_read(text: str, port: int) -> None:
    assert place.read_port({"PORT": text}) == port


@pytest.mark.parametrize("text", ["0", "65536", "-1", "8000 ", "eighty", "８０００"])
def test_port_that_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(ProblemError, match=f"PORT={text}"):
        place.read_port({"PORT": text})


def test_home_is_var_unless_it_is_named(tmp_path: Path) -> None:
    assert place.read_home({"XUESHI_HOME": ""}) == place.ROOT / "var"
    assert place.read_home({"XUESHI_HOME": str(tmp_path / "x")}) == tmp_path / "x"


def test_home_under_a_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ProblemError, match="file/home"):
        place.make_home(tmp_path / "file" / "home")


def test_embedded_environment_forgets_somebodys_site() -> None:
    theirs = {"DATABASE_URL": "postgresql://real/site", "XUESHI_SITE_URL": "https://real"}
    env = {"LANG": "C", "PATH": "/bin", "PYTHONDONTWRITEBYTECODE": "1", **theirs}

    assert place.embedded_environment(env) == {
        "LANG": "C",
        "PATH": f"{place.VENV / 'bin'}:/bin",
        "PYTHONDONTWRITEBYTECODE": "",
    }


def test_busy_port_is_refused_with_the_next_one() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]

        with pytest.raises(ProblemError, match=rf"端口 {port} 已被占用，请换一个：make run PORT={port + 1}"):
            health.require_free_port(port)

    health.require_free_port(port)


@pytest.mark.timeout(30)
def test_search_for_a_file_ends_where_links_lead_in_circles(tmp_path: Path) -> None:
    for name in ("Release", "Debug"):
        (tmp_path / name).symlink_to("..", target_is_directory=True)
    (tmp_path / "softhsm").mkdir()
    (tmp_path / "softhsm" / "module.so").touch()

    assert system_packages._file(f"{tmp_path}/**/nothing.so")() is False
    assert system_packages._file(f"{tmp_path}/*/module.so")() is True


@pytest.mark.parametrize(
    ("is_root", "has_apt", "has_sudo", "start"),
    [
        (True, True, False, ["env"]),
        (False, True, True, ["sudo", "-n", "env"]),
        (False, True, False, None),
        (True, False, True, None),
    ],
)
def test_apt_is_planned_only_where_it_needs_no_question(
    is_root: bool, has_apt: bool, has_sudo: bool, start: list[str] | None
) -> None:
    plan = system_packages.plan_install(["ffmpeg"], is_root=is_root, has_apt=has_apt, has_sudo=has_sudo)

    assert (plan and plan[: len(start or [])], plan and plan[-1]) == (start, start and "ffmpeg")


def test_missing_tool_that_may_not_be_installed_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_packages, "_has_sudo", lambda: False)
    monkeypatch.setattr(system_packages.os, "geteuid", lambda: 1000)
    tools = [system_packages.Tool("pdfsig", "poppler-utils", lambda: False), system_packages.GETTEXT]

    with pytest.raises(ProblemError, match="缺少 pdfsig，请先运行：sudo apt-get install poppler-utils"):
        system_packages.require_tools(tools)


def test_failed_command_gives_its_last_words_and_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XUESHI_HOME", str(tmp_path))

    with pytest.raises(ProblemError) as caught:
        run_shown(["sh", "-c", "echo one; echo 'two words' >&2; exit 3"], failure=("不行", "no"))

    log = tmp_path / "logs" / "setup.log"
    assert str(caught.value) == f"不行（{log}） · no: two words"
    assert log.read_text() == "one\ntwo words\n"


def test_sqlite_file_is_found_from_the_environment(tmp_path: Path) -> None:
    assert database.find_sqlite_file({}, tmp_path) == tmp_path / "db.sqlite3"
    assert database.find_sqlite_file({"DATABASE_URL": "sqlite:////srv/a%20b.db"}, tmp_path) == Path("/srv/a b.db")
    assert database.find_sqlite_file({"DATABASE_URL": "postgresql://localhost/x"}, tmp_path) is None


def test_absent_empty_and_whole_databases_pass(tmp_path: Path) -> None:
    path = tmp_path / "db.sqlite3"

    database.check_sqlite_file(path)
    path.touch()
    database.check_sqlite_file(path)
    _make_database(path, [("accounts", "0001_initial"), ("wagtailcore", "9999_from_elsewhere")])
    database.check_sqlite_file(path)


def test_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "db.sqlite3"
    path.write_text("this is a letter, not a database")

    with pytest.raises(ProblemError, match="不是 SQLite 数据库"):
        database.check_sqlite_file(path)


def test_damaged_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "db.sqlite3"
    _make_database(path, [("accounts", f"{number:04}_{'x' * 200}") for number in range(1, 200)])
    content = bytearray(path.read_bytes())
    content[4096 : 4096 * 3] = b"\xff" * 4096 * 2
    path.write_bytes(content)

    with pytest.raises(ProblemError, match=r"数据库(已损坏|无法打开)"):
        database.check_sqlite_file(path)


def test_database_of_a_later_version_is_refused_by_its_migration(tmp_path: Path) -> None:
    path = tmp_path / "db.sqlite3"
    _make_database(path, [("accounts", "0001_initial"), ("accounts", "7777_from_the_future")])

    with pytest.raises(ProblemError, match=r"accounts\.7777_from_the_future"):
        database.check_sqlite_file(path)


def test_tables_digest_follows_the_files_own_history(tmp_path: Path) -> None:
    path = tmp_path / "db.sqlite3"

    assert database.digest_tables(path) == ""
    _make_database(path, [("accounts", "0001_initial")])
    before = database.digest_tables(path)
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM django_migrations")
    connection.close()

    assert database.digest_tables(path) not in ("", before)


def test_demo_logins_are_shown_as_written(tmp_path: Path) -> None:
    assert demo.read_logins(tmp_path) == []
    (tmp_path / demo.LOGINS).write_text("测试学员甲  xuesheng  demo\n第二行\n", encoding="utf-8")

    assert demo.read_logins(tmp_path) == ["测试学员甲  xuesheng  demo", "第二行"]


def test_check_table_has_one_line_a_check_and_the_verdict() -> None:
    verdicts = [check.Verdict("mypy", 0, 12.34, ""), check.Verdict("ruff check", 1, 0.2, "E501")]

    assert check.format_table(verdicts, 13.0).splitlines() == [
        "  ✓ mypy          12.3 s",
        "  ✗ ruff check     0.2 s",
        "  2 checks, 1 failed, 13.0 s",
    ]


def test_every_target_of_the_makefile_is_a_command_and_is_explained() -> None:
    lines = (place.ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    targets = {
        line.partition(":")[0] for line in lines if line[:1].islower() and ":" in line and not line.startswith("export")
    }
    explained = {line.partition(":")[0] for line in lines if ": ## " in line}

    assert targets == explained
    assert explained - {"help", "clean"} <= set(commands.COMMANDS)


def test_unknown_command_ends_with_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["fly"]) == 2
    assert "run|" in capsys.readouterr().err


def test_every_module_of_the_set_up_needs_the_standard_library_alone() -> None:
    python = shutil.which("python3") or sys.executable  # -S: without any installed package

    printed = run_shown([python, "-S", "-m", "lms.bootstrap", "compile"], failure=("", ""), cwd=place.ROOT)

    assert printed == ""


def _make_database(path: Path, history: list[tuple[str, str]]) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("CREATE TABLE django_migrations (app TEXT, name TEXT)")
        connection.executemany("INSERT INTO django_migrations VALUES (?, ?)", history)
    connection.close()
