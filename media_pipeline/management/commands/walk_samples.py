"""Walk a folder of real files through the real pipeline, and tell what became of each."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
import traceback
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files import File
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from media_pipeline.enums import FailureReason, MediaKind, VideoState
from media_pipeline.gateways.storage import list_prefix
from media_pipeline.gateways.workplace import left_work_folders
from media_pipeline.models import Video
from media_pipeline.operations import accept_upload, process_video
from media_pipeline.queries.package_facts import describe_package
from media_pipeline.rules.places import video_prefix

_ROW = "{name:<52} {outcome:<10} {seconds:>6}  {detail}"


class Command(BaseCommand):
    """Walk a folder. It works in a home, a database and a storage of its own, which are gone afterwards."""

    help = "Walk a folder of real media and packages; one row a file. Fails when a file crashes or gets stuck."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder with media/ and scorm/ below it, or with files")
        parser.add_argument("--home", type=Path, help="work in this empty home instead of a new one (used by itself)")

    def handle(self, *args: Any, folder: Path, home: Path | None, **options: Any) -> None:
        if not folder.is_dir():
            raise CommandError(f"{folder}: no such folder")
        if home is None:
            self._start_again(folder.resolve())
            return
        try:
            self._walk(folder)
        finally:
            shutil.rmtree(home, ignore_errors=True)

    def _start_again(self, folder: Path) -> None:
        """Become a process whose settings point to a new, empty home."""
        home = Path(tempfile.mkdtemp(prefix="walk-samples-"))
        values = {
            "XUESHI_HOME": str(home),
            "XUESHI_MEDIA_URL": str(home / "media"),
            "DATABASE_URL": f"sqlite:///{home / 'db.sqlite3'}",
            "CELERY_BROKER_URL": "filesystem://",
            "XUESHI_LOG_LEVEL": "WARNING",
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        }
        command = [sys.executable, "-m", "django", "walk_samples", str(folder), "--home", str(home)]
        os.execvp("env", ["env", *(f"{name}={value}" for name, value in values.items()), *command])  # noqa: S606

    def _walk(self, folder: Path) -> None:
        settings.MIGRATION_MODULES = {config.label: None for config in apps.get_app_configs()}
        call_command("migrate", run_syncdb=True, verbosity=0, skip_checks=True, interactive=False)
        self.stdout.write(_ROW.format(name="file", outcome="outcome", seconds="s", detail="detail"))
        troubles = [trouble for path in _files(folder) if (trouble := self._try(path, folder))]
        troubles += [f"left behind: {path}" for path in left_work_folders()]
        troubles += [f"left in storage: {name}" for name in _strays()]
        if troubles:
            raise CommandError("\n".join(troubles))

    def _try(self, path: Path, folder: Path) -> str:
        """Give what went wrong that must never go wrong; empty where all is well, a refusal included."""
        name = str(path.relative_to(folder))
        started = time.monotonic()
        try:
            with path.open("rb") as content:
                video = accept_upload(
                    file=File(content, name=path.name), title="", user=None, now=timezone.now(), send=False
                )
            video = process_video(video_id=video.pk, clock=timezone.now)
        except Exception as error:
            self.stderr.write(traceback.format_exc())
            self._row(name, "CRASHED", time.monotonic() - started, repr(error)[:200])
            return f"crashed: {name}"
        seconds = time.monotonic() - started
        if video.state == VideoState.READY:
            self._row(name, "ready", seconds, _package(video) if video.kind == MediaKind.SCORM else _facts(video))
            return ""
        told = f"{video.failure_reason}: {video.get_failure_reason_display()} {video.failure_detail[:80]}".strip()
        self._row(name, video.state, seconds, told)
        if video.state != VideoState.FAILED or video.failure_reason == FailureReason.INTERNAL:
            return f"stuck: {name}"
        return ""

    def _row(self, name: str, outcome: str, seconds: float, detail: str) -> None:
        self.stdout.write(_ROW.format(name=name, outcome=outcome, seconds=f"{seconds:.1f}", detail=detail))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "README.md")


def _facts(video: Video) -> str:
    sizes = ", ".join(f"{item['width']}×{item['height']}" for item in video.renditions)
    return f"{(video.duration_ms or 0) / 1000:.2f} s; {sizes}"


def _package(video: Video) -> str:
    """What a package holds, and what its author is told of it."""
    facts = describe_package(video)
    codes = Counter(finding["code"] for finding in facts["findings"])
    told = ", ".join(f"{code} × {count}" if count > 1 else code for code, count in codes.items())
    held = f"{len(facts['items'])} items, {facts['files']} files, {facts['declared_seconds']} s"
    return f"SCORM {facts['standard']}; {held}; {told or 'nothing found'}"


def _strays() -> list[str]:
    """What lies among the renditions though no ready video needs it."""
    ready = Video.objects.filter(state=VideoState.READY)
    kept = tuple(f"{video_prefix(video.uuid)}/" for video in ready)
    return [name for name in list_prefix("videos") if not name.startswith(kept)]
