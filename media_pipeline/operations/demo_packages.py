"""SCORM packages of our own, for demonstrations: kept as the files they are made of, zipped when they are loaded."""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.files import File

from media_pipeline.enums import MediaKind, VideoState
from media_pipeline.models import Video
from media_pipeline.operations.processing import process_video
from media_pipeline.operations.uploads import accept_upload

if TYPE_CHECKING:
    from accounts.models import User

_ANY_DAY = (2026, 1, 1, 0, 0, 0)  # the same files give the same bytes


class PackageFailedError(RuntimeError):
    """A package of our own could not be imported."""


def ready_package(*, folder: Path, title: str, user: User | None, clock: Callable[[], datetime]) -> Video:
    """Give the package made of a folder's files, ready to be played; import it at once where there is none yet.

    :raises PackageFailedError: the import refused it.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    name = f"{folder.name}-{_digest(folder, files)}.zip"
    found = Video.objects.filter(original_name=name, state=VideoState.READY).order_by("pk").first()
    if found is not None:
        return found
    with tempfile.TemporaryDirectory(prefix="package-") as place:
        path = Path(place) / name
        _zip(folder, files, path)
        with path.open("rb") as content:
            file = File(content, name=name)
            video = accept_upload(file=file, title=title, user=user, now=clock(), send=False)
    done = process_video(video_id=video.pk, clock=clock)
    if done.state != VideoState.READY or done.kind != MediaKind.SCORM:
        raise PackageFailedError(f"{name}: {done.state} {done.failure_reason} {done.failure_detail}")
    return done


def _digest(folder: Path, files: list[Path]) -> str:
    found = hashlib.sha256()
    for path in files:
        found.update(f"{path.relative_to(folder).as_posix()}\x1f{path.stat().st_size}\x1f".encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def _zip(folder: Path, files: list[Path], path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for source in files:
            member = zipfile.ZipInfo(source.relative_to(folder).as_posix(), date_time=_ANY_DAY)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, source.read_bytes())
