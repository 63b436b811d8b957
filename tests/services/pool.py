"""Live sites that serve one story after another: in between, all that is stored is put back as it was made."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path
from uuid import uuid4

from tests.services.site import LiveSite, site_environment


class SitePool:
    """Sites on copies of home folders, each with its web server and, once asked, its desk."""

    def __init__(self, folder: Path) -> None:
        """Keep the sites' homes in a folder; nothing runs yet."""
        self._folder = folder
        self._idle: dict[Path, list[LiveSite]] = {}
        self._stack = ExitStack()

    def take(self, made: Path) -> LiveSite:
        """Give a site whose home is as ``made`` is; nobody else has it until it is given back."""
        if idle := self._idle.get(made):
            site = idle.pop()
            put_back(site.home, made)
            return site
        home = self._folder / f"site-{uuid4().hex[:6]}"
        shutil.copytree(made, home)
        site = self._stack.enter_context(LiveSite(home, site_environment(home)))
        site.start_web()
        return site

    def give_back(self, site: LiveSite, made: Path) -> None:
        """End what a story started beside the web server, and keep the site; one that does not answer is let go."""
        site.rest()
        if site.is_healthy():
            self._idle.setdefault(made, []).append(site)

    def close(self) -> None:
        """End them all."""
        self._stack.close()


def put_back(home: Path, made: Path) -> None:
    """Make a home's database and files what they are in ``made``, under the feet of a web server that runs on it."""
    with (
        closing(sqlite3.connect(f"file:{made / 'db.sqlite3'}?immutable=1", uri=True)) as source,
        closing(sqlite3.connect(home / "db.sqlite3", timeout=30)) as target,
    ):
        source.backup(target)
    for name in ("media", "cache", "broker", "media-work"):
        _make_alike(home / name, made / name)


def _make_alike(folder: Path, made: Path) -> None:
    """Remove what is not in ``made``, and bring back what is missing; nothing of ours changes a file in place."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file() and not (made / path.relative_to(folder)).exists():
            path.unlink(missing_ok=True)
    for path in made.rglob("*"):
        mine = folder / path.relative_to(made)
        if path.is_dir():
            mine.mkdir(parents=True, exist_ok=True)
        elif not mine.exists():
            mine.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, mine)
