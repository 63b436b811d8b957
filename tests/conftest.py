"""What every test may ask for: a home folder of its own, real services, a whole site, a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from django.core.cache import cache
from django.test import override_settings
from hypothesis import settings as hypothesis_settings
from xdist.scheduler import LoadScopeScheduling

from lms.bootstrap.place import ROOT
from lms.bootstrap.suite import find_stories
from lms.celery import app as celery_app
from tests.factories.signers import PASSWORD, write_key_file

pytest_plugins = ["tests.services.databases", "tests.services.fixtures", "tests.services.browser"]

# the same examples on every run, however slow the machine is at the moment
hypothesis_settings.register_profile("suite", derandomize=True, deadline=None, database=None)
hypothesis_settings.load_profile("suite")

_MARKED_FOLDERS = {"journeys": "journey", "faults": "fault", "services": "services"}


_DATABASE = {"db", "transactional_db"}


class StoryScheduling(LoadScopeScheduling):
    """Lets the stories of a file run side by side, but where they share what took long to make."""

    def _split_scope(self, nodeid: str) -> str:
        path = PurePosixPath(nodeid.partition("::")[0])
        is_story_alone = "journeys" in path.parts or path.name.startswith("test_media_")
        return nodeid if is_story_alone else str(path)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """Deal out the last round of ``make test``, the one that is told to go by scopes."""
    return StoryScheduling(config, log) if config.getvalue("dist") == "loadscope" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that bring their own processes by the folder they stand in, and those that know no database:
    what they try is the same whatever the database is. Begin with the longest."""
    for item in items:
        if not item.get_closest_marker("django_db") and not _DATABASE & set(getattr(item, "fixturenames", ())):
            item.add_marker("plain")
        for part in item.path.parts:
            if part in _MARKED_FOLDERS:
                item.add_marker(_MARKED_FOLDERS[part])
    _require_found({item.path for item in items if any(map(item.get_closest_marker, _MARKED_FOLDERS.values()))})
    items.sort(key=lambda item: -_allowed_seconds(item))  # stable: files stay together


def _require_found(stories: set[Path]) -> None:
    """The last round of ``make test`` reads only the files that it takes for stories: it must take all of them."""
    if missed := stories - {ROOT / path for path in find_stories()}:
        raise pytest.UsageError(f"make test would not find the stories of {sorted(missed)}")


def _allowed_seconds(item: pytest.Item) -> float:
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0]) if marker and marker.args else 0


@pytest.fixture(scope="session", autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the tests' files, messages and mail away from anybody's site; hash passwords fast."""
    home = tmp_path_factory.mktemp("home")
    storages = {
        name: {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": home / "media" / folder, "base_url": url},
        }
        for name, folder, url in (("default", "public", "/media/"), ("private", "private", None))
    }
    (home / "static").mkdir()
    celery_app.conf.update(broker_url="memory://", broker_transport_options={})
    with override_settings(
        XUESHI_HOME=home,
        XUESHI_SIGNING_KEY_FILE=str(write_key_file(home)),  # outside a demonstration nothing else seals
        XUESHI_SIGNING_KEY_PASSWORD=PASSWORD,
        STATIC_ROOT=home / "static",
        MEDIA_ROOT=home / "media" / "public",
        STORAGES={
            **storages,
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        WHITENOISE_AUTOREFRESH=True,  # or every test's first page lists all static files
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield home


@pytest.fixture(autouse=True)
def empty_cache(own_home: Path) -> None:
    """Let no test be refused for what another asked before it."""
    cache.clear()


@pytest.fixture
def media_folder(own_home: Path) -> Path:
    """Give the empty folder in which both storages keep their files."""
    folder = own_home / "media"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder
