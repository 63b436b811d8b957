"""What the stories of broken media pipelines start from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.factories.media_pipeline import make_clip
from tests.faults.media_site import MediaSite, media_site
from tests.faults.media_waits import StartMediaSite
from tests.services.fixtures import make_once


@pytest.fixture
def start_site(tmp_path: Path, empty_home: Path, redis_url: str) -> Iterator[StartMediaSite]:
    """Give a function that makes a site, without workers as yet."""
    with ExitStack() as stack:

        def start(env: Mapping[str, str] | None = None) -> MediaSite:
            given = {"CELERY_BROKER_URL": redis_url, **(env or {})}
            return stack.enter_context(media_site(empty_home, tmp_path / "home", given))

        yield start


@pytest.fixture(scope="session")
def lecture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make once a film whose encoding takes long enough to be disturbed."""

    def make(folder: Path) -> None:
        folder.mkdir()
        make_clip(folder / "a.mp4", size="1280x720", seconds=16, options=("-g", "50"))

    return make_once(tmp_path_factory, "lecture", make) / "a.mp4"
