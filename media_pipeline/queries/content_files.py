"""What a package's addresses mean in the storage, kept for a moment in each process."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from uuid import UUID

from media_pipeline.enums import VideoState
from media_pipeline.models import ScormContent
from media_pipeline.rules.content_paths import find_path, folded_paths

KEPT_SECONDS = 15.0  # what an author allows counts for all processes after so long
_MOST_KEPT = 24  # packages; some have thousands of names
_kept: OrderedDict[UUID, tuple[float, PackageFiles]] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class PackageFiles:
    """A package that can be played: its folder in the private storage, its files' sizes in bytes by path."""

    prefix: str
    files: Mapping[str, int]
    folded: Mapping[str, str]
    allowed_hosts: tuple[str, ...]
    imported_at: datetime

    def find(self, path: str) -> str | None:
        """The path under which the package has what is asked for; see :func:`find_path`."""
        return find_path(path, self.files, self.folded)


def package_files(package: UUID) -> PackageFiles | None:
    """Look a package up by its video's UUID; None where there is none that can be played.

    One statement, and none for :data:`KEPT_SECONDS` after it.
    """
    now = time.monotonic()
    with _lock:
        until, found = _kept.get(package, (0.0, None))
        if found and now < until:
            _kept.move_to_end(package)
            return found
    found = _read(package)
    with _lock:
        _kept.pop(package, None)
        if found:
            _kept[package] = (now + KEPT_SECONDS, found)
            while len(_kept) > _MOST_KEPT:
                _kept.popitem(last=False)
    return found


def _read(package: UUID) -> PackageFiles | None:
    rows = ScormContent.objects.filter(video__uuid=package, video__state=VideoState.READY)
    row = rows.values("video__hls_prefix", "files", "allowed_hosts", "imported_at").first()
    if row is None:
        return None
    return PackageFiles(
        prefix=row["video__hls_prefix"],
        files=row["files"],
        folded=folded_paths(row["files"]),
        allowed_hosts=tuple(row["allowed_hosts"]),
        imported_at=row["imported_at"],
    )
