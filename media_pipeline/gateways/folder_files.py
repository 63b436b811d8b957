"""Files of a folder: whole or not there at all, and never written over."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from media_pipeline.gateways.patience import PlaceTakenError

_CHUNK_BYTES = 1024**2
_MOST_ROUNDS = 20


def place_file(source: Path, target: Path, *, mode: int | None) -> None:
    """Put a finished file at its place: by a second name for the same bytes where that goes, else by a copy.

    Nobody may write to ``source`` afterwards.

    :raises PlaceTakenError: something is there.
    """
    if _link(source, target, mode):
        return
    with source.open("rb") as content:
        write_file(content, target, mode=mode)


def write_file(content: IO[Any], target: Path, *, mode: int | None) -> None:
    """Write a stream to a place; who looks sees the whole file or none.

    :raises PlaceTakenError: something is there.
    """
    _write(lambda copy: shutil.copyfileobj(content, copy, _CHUNK_BYTES), target, mode)


def write_chunks(chunks: Iterator[bytes], target: Path, *, mode: int | None) -> None:
    """Write what comes in chunks to a place; an error on the way leaves nothing there. See ``write_file``."""
    _write(lambda copy: copy.writelines(chunks), target, mode)


def _write(fill: Callable[[IO[bytes]], None], target: Path, mode: int | None) -> None:
    draft = target.with_name(f".{uuid4().hex}.part")
    try:
        _make_room(target)
        with draft.open("xb") as copy:
            fill(copy)
        if not _link(draft, target, mode):
            if target.exists():  # no second names on this file system: the gap is small, and names are our own
                raise PlaceTakenError(target.name)
            _chmod(draft, mode)
            draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)


def delete_folder(folder: Path) -> None:
    """Delete a folder with all that is in it, and look again: somebody may still have been writing.

    :raises OSError: it cannot be deleted.
    """
    for left in reversed(range(_MOST_ROUNDS)):
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            if not folder.exists():
                return
        except NotADirectoryError:
            return
        except OSError:
            if not left:
                raise


def list_folder(folder: Path) -> Iterator[Path]:
    """Name all whole files below a folder, in no promised order."""
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in names if not (name.startswith(".") and name.endswith(".part")))


def _link(source: Path, target: Path, mode: int | None) -> bool:
    """Give the file a second name; say whether the file system could."""
    _make_room(target)
    try:
        os.link(source, target)
    except FileExistsError as error:
        raise PlaceTakenError(target.name) from error
    except FileNotFoundError:
        raise
    except OSError:
        return False
    _chmod(target, mode)
    return True


def _make_room(target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)


def _chmod(path: Path, mode: int | None) -> None:
    if mode is not None:
        with suppress(PermissionError):
            path.chmod(mode)
