"""Folders to work in: one a run, gone when the run is over, and swept when a run was killed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from django.conf import settings


def workplace() -> Path:
    """Where runs work: beside the data, because system temporary folders are often small."""
    return Path(settings.XUESHI_HOME) / "media-work"


@contextmanager
def work_folder(video: UUID, claim: UUID) -> Iterator[Path]:
    """Make a run's folder, and remove it at the end, come what may; what a killed run of this video left goes first."""
    clear_work_folders(video)
    folder = workplace() / f"{video}.{claim.hex}"
    folder.mkdir(parents=True, mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_work_folders(video: UUID) -> None:
    """Remove whatever runs of a video have left."""
    for left in workplace().glob(f"{video}.*"):
        shutil.rmtree(left, ignore_errors=True)


def clear_work_folders_except(claims: set[UUID]) -> None:
    """Remove the folders of all runs but the living ones, which are named by their claims."""
    living = {claim.hex for claim in claims}
    for folder in left_work_folders():
        if folder.suffix.lstrip(".") not in living:
            shutil.rmtree(folder, ignore_errors=True)


def left_work_folders() -> list[Path]:
    """Name the folders that are there, of running work or of killed runs."""
    return sorted(workplace().glob("*"))
