"""From a package to the storage: members unpacked and stored several at a time, in little memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from threading import Event, Lock

from media_pipeline.gateways.patience import TransferStoppedError
from media_pipeline.gateways.scorm_archive import Archive
from media_pipeline.gateways.side_by_side import run_side_by_side
from media_pipeline.gateways.storage import put_stream
from media_pipeline.rules.scorm_archive import Member, Package
from media_pipeline.rules.scorm_pages import MAX_SCANNED_BYTES, is_scanned
from media_pipeline.rules.scorm_types import content_type_of_member

THREADS = 8
_LARGE_TEXT_BYTES = 256 * 1024

OnText = Callable[[str, bytes], object]


def store_package(
    archive: Archive,
    package: Package,
    prefix: str,
    *,
    spool: Path,
    on_text: OnText,
    on_bytes: Callable[[int], object],
) -> None:
    """Store all members of a package below ``prefix``, each under its own name; large ones go through ``spool``.

    ``on_text`` gets the name and the first 4 MiB of each page, script and style sheet, in whichever thread, one at a
    time. ``on_bytes`` gets how many bytes were written so far, about once a second in the caller's thread, also while
    the storage is away and waited for; an error of its own ends the transfer.

    :raises PackageRefusedError: a member is damaged, or is not what it says.
    :raises StorageAwayError: the storage was away for longer than a restart takes.
    :raises StorageRefusedError: the storage says no.
    """
    transfer = _Transfer(archive, package, prefix, spool, on_text)
    jobs = (partial(transfer.work) for _ in range(THREADS))
    run_side_by_side(jobs, threads=THREADS, on_done=lambda: on_bytes(transfer.written))


class _Transfer:
    """One package on its way: the threads take its members one by one, the largest first."""

    def __init__(self, archive: Archive, package: Package, prefix: str, spool: Path, on_text: OnText) -> None:
        self.written = 0
        self._archive = archive
        self._prefix = prefix
        self._spool = spool
        self._on_text = on_text
        self._waiting = iter(sorted(package.members, key=lambda member: -member.unpacked_bytes))
        self._taking, self._telling, self._large = Lock(), Lock(), Lock()

    def work(self, stop: Event) -> None:
        """Store members until there are no more."""
        while (member := self._take()) is not None:
            if stop.is_set():
                raise TransferStoppedError
            if not is_scanned(member.name):
                self._put(member, self._archive.chunks(member), stop)
            elif member.unpacked_bytes > _LARGE_TEXT_BYTES:
                with self._large:  # one at a time in memory
                    self._put_text(member, stop)
            else:
                self._put_text(member, stop)

    def _take(self) -> Member | None:
        with self._taking:
            return next(self._waiting, None)

    def _put_text(self, member: Member, stop: Event) -> None:
        chunks = self._archive.chunks(member)
        head = []
        for chunk in chunks:
            head.append(chunk)
            if sum(map(len, head)) >= MAX_SCANNED_BYTES:
                break
        with self._telling:
            self._on_text(member.name, b"".join(head)[:MAX_SCANNED_BYTES])
        self._put(member, chain(head, chunks), stop)

    def _put(self, member: Member, chunks: Iterator[bytes], stop: Event) -> None:
        put_stream(
            f"{self._prefix}/{member.name}",
            self._counted(chunks, stop),
            size_bytes=member.unpacked_bytes,
            content_type=content_type_of_member(member.name),
            spool=self._spool,
            stop=stop,
        )

    def _counted(self, chunks: Iterator[bytes], stop: Event) -> Iterator[bytes]:
        for chunk in chunks:
            if stop.is_set():
                raise TransferStoppedError
            yield chunk
            with self._taking:
                self.written += len(chunk)
