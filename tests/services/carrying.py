"""The demonstration on another database and storage, with videos that were made before: making them takes a minute."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.services.seaweed import S3Server

if TYPE_CHECKING:
    from django.db import models


def carry_private_files(home: Path, s3: S3Server, bucket: str) -> None:
    """Bring a home's private files into a bucket, where a site looks for them."""
    private, client = home / "media" / "private", s3.connect()

    def carry(path: Path) -> None:
        client.upload_file(str(path), bucket, f"private/{path.relative_to(private)}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(carry, [path for path in private.rglob("*") if path.is_file()]))


def load_demo_with_videos(home: str, *, required_seconds: int) -> None:
    """Load the demonstration into the site in whose process this runs, with the videos of a home on SQLite.

    Its lessons of videos ask for ``required_seconds`` of them: their courses are published again, as an editor would.
    """
    from django.core.management import call_command
    from django.db import connections

    connections.settings["made"] = {
        **connections.settings["default"],
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(Path(home) / "db.sqlite3"),
        "OPTIONS": {},
    }
    _carry_videos()
    call_command("load_demo")
    _ask_for(required_seconds)


def _carry_videos() -> None:
    """Copy the rows of the videos and of what belongs to them; ``load_demo`` finds them by their names."""
    from media_pipeline.models import CaptionTrack, ScormContent, Video, VideoChapter

    numbers = {}
    for old, video in _copied(Video):
        video.uploaded_by = None
        video.save(using="default")
        numbers[old] = video.pk
    for model in (CaptionTrack, VideoChapter, ScormContent):
        for _, row in _copied(model):
            row.video_id = numbers[row.video_id]
            row.save(using="default")


def _copied(model: type[models.Model]) -> Iterator[tuple[int, Any]]:
    for row in model._default_manager.using("made"):
        old, row.pk, row._state.adding, row._state.db = row.pk, None, True, "default"
        yield old, row


def _ask_for(required_seconds: int) -> None:
    from cms_pages.models import CoursePage

    for page in CoursePage.objects.filter(lessons__kind="video").distinct():
        lessons = list(page.lessons.all())
        for lesson in lessons:
            if lesson.kind == "video":
                lesson.required_seconds = required_seconds
        page.lessons = lessons
        page.save_revision().publish()
