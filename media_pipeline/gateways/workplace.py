"""Folders to work in: one a run, gone when the run is over, and swept when a run was killed."""

from __future__ import annotations

import errno
import fcntl
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from django.conf import settings

from media_pipeline.rules.space import RESERVE_BYTES

_SHARED = "source"
_FULL_BYTES = 8 * 1024**2
_FILE_LASTS_SECONDS = 24 * 3600
_OUT_OF_SPACE = {errno.ENOSPC, errno.EDQUOT}


class NoSpaceError(Exception):
    """The machine has too little room for the work, now or in its middle."""


def workplace() -> Path:
    """Where runs work: beside the data, because system temporary folders are often small."""
    return Path(settings.XUESHI_HOME) / "media-work"


@contextmanager
def work_folder(work: UUID | str, claim: UUID) -> Iterator[Path]:
    """Make a run's folder, and remove it at the end, come what may; what a killed run left of this work goes first.

    ``work`` names what is worked on: a video, or one piece of it.
    """
    clear_work_folders(work)
    folder = workplace() / f"{work}.{claim.hex}"
    folder.mkdir(parents=True, mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def source_folder(video: UUID, run: UUID, *, on_wait: Callable[[], object]) -> Iterator[Path]:
    """Give the folder in which all runs on this machine keep the one copy of a source, while no other is in it.

    The lock goes with the process that holds it, so a killed one holds up nobody; ``on_wait`` is called while waiting.
    The folder stays until ``remove_source_folder``, or until the run that it is named after is no more.
    """
    folder = workplace() / f"{video}-{_SHARED}.{run.hex}"
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                on_wait()
                time.sleep(0.2)
        yield folder


def remove_source_folder(video: UUID, run: UUID) -> None:
    """Remove this machine's copy of a source; none is no error."""
    shutil.rmtree(workplace() / f"{video}-{_SHARED}.{run.hex}", ignore_errors=True)


def check_space(folder: Path, needed_bytes: int) -> None:
    """See that there is room for so many bytes, and a reserve for everybody else on the machine.

    :raises NoSpaceError: there is not; the message says how much was wanted and how much there is.
    """
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < needed_bytes + RESERVE_BYTES:
        wanted = (needed_bytes + RESERVE_BYTES) // 1024**2
        raise NoSpaceError(f"{wanted} MiB are needed in {folder}, {free // 1024**2} MiB are free")


def is_full() -> bool:
    """Whether hardly anything can be written at the workplace: what a tool then says of a source proves nothing."""
    return workplace().exists() and shutil.disk_usage(workplace()).free < _FULL_BYTES


def is_out_of_space(error: BaseException) -> bool:
    """Whether an error says that a disk is full."""
    return isinstance(error, NoSpaceError) or (isinstance(error, OSError) and error.errno in _OUT_OF_SPACE)


def clear_work_folders(work: UUID | str) -> None:
    """Remove whatever runs of a work have left."""
    for left in workplace().glob(f"{work}.*"):
        shutil.rmtree(left, ignore_errors=True)


def clear_work_folders_except(claims: Callable[[], set[UUID]]) -> None:
    """Remove the folders of all runs but the living ones, which are named by their claims, and old single files.

    The claims are asked for after the folders were listed: who makes a folder has claimed before.
    """
    folders = left_work_folders()
    living = {claim.hex for claim in claims()} if folders else set()
    for folder in folders:
        if folder.is_file():
            _remove_old_file(folder)
        elif folder.suffix.lstrip(".") not in living:
            shutil.rmtree(folder, ignore_errors=True)


def left_work_folders() -> list[Path]:
    """Name the folders that are there, of running work or of killed runs."""
    return sorted(workplace().glob("*"))


def _remove_old_file(path: Path) -> None:
    try:
        if path.stat().st_mtime < time.time() - _FILE_LASTS_SECONDS:
            path.unlink()
    except FileNotFoundError:
        return
