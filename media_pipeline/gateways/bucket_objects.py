"""Objects of a bucket: put, fetched, listed and deleted with patience, several requests at a time."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError
from s3transfer.utils import ReadFileChunk

from media_pipeline.gateways.bucket import Bucket
from media_pipeline.gateways.patience import (
    REQUEST_PATIENCE_SECONDS,
    CutShortError,
    PlaceTakenError,
    StorageAwayError,
    StorageRefusedError,
    TransferStoppedError,
    is_passing,
    persist,
)
from media_pipeline.gateways.side_by_side import run_side_by_side
from media_pipeline.rules.stored_objects import cache_control_of, content_type_of

THREADS = 8
_SPAN_BYTES = 16 * 1024**2  # of a download's parallel ranges, and of an upload's parts
_SINGLE_PUT_BYTES = 64 * 1024**2
_MOST_PARTS = 9_000  # services take 10,000
_CHUNK_BYTES = 1024**2
_SMALL_CHUNK_BYTES = 64 * 1024
_BATCH = 1000  # keys a DeleteObjects takes
_MARK = "xueshi-put"  # metadata: which attempt wrote the object


def put_object(
    bucket: Bucket,
    name: str,
    source: Path | bytes,
    *,
    seconds: float,
    stop: Event | None = None,
    content_type: str | None = None,
) -> None:
    """Store a file under a name that is free; larger files go in parts. Its type is that of its name, if not given.

    :raises PlaceTakenError: the name is taken, where the service knows conditional writes.
    """
    if isinstance(source, Path) and source.stat().st_size > _SINGLE_PUT_BYTES:
        _put_in_parts(bucket, name, source, seconds=seconds, stop=stop or Event(), content_type=content_type)
        return
    facts = _facts(bucket, name, content_type)

    def put() -> None:
        with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as body:
            _write_once(partial(bucket.client.put_object, **facts, Body=body), facts, bucket)

    persist(put, seconds=seconds, stop=stop)


def put_objects(
    bucket: Bucket, files: Iterable[tuple[str, Path]], *, seconds: float, on_done: Callable[[], object]
) -> None:
    """Store several files side by side; see ``put_object``."""

    def put(name: str, source: Path, stop: Event) -> None:
        put_object(bucket, name, source, seconds=seconds, stop=stop)

    run_side_by_side((partial(put, *each) for each in files), threads=THREADS, on_done=on_done)


def fetch_object(bucket: Bucket, name: str, target: Path, *, seconds: float, on_chunk: Callable[[], object]) -> None:
    """Copy an object to a file, by ranges side by side; a range that breaks off goes on where it stopped.

    The place is taken on the disk at the beginning.

    :raises FileNotFoundError: there is none.
    :raises StorageRefusedError: it was replaced while it was read.
    :raises OSError: the disk is full.
    """
    head = _head(bucket, name, seconds)
    size: int = head["ContentLength"]
    with target.open("wb") as copy:
        if size:
            os.posix_fallocate(copy.fileno(), 0, size)
        fetch = partial(_fetch_span, bucket, name, head["ETag"], copy.fileno(), size, seconds)
        jobs = (partial(fetch, start) for start in range(0, size, _SPAN_BYTES))
        run_side_by_side(jobs, threads=THREADS // 2, on_done=on_chunk)


def read_object(bucket: Bucket, name: str, *, seconds: float) -> bytes:
    """Read a small object whole.

    :raises FileNotFoundError: there is none.
    """

    def read() -> bytes:
        answer = bucket.client.get_object(Bucket=bucket.name, Key=bucket.key(name))
        with closing(answer["Body"]) as body:
            data: bytes = body.read()
        if len(data) != answer["ContentLength"]:
            raise CutShortError(name)
        return data

    return persist(read, seconds=seconds)


def object_size(bucket: Bucket, name: str, *, seconds: float) -> int:
    """How many bytes an object has.

    :raises FileNotFoundError: there is none.
    """
    return int(_head(bucket, name, seconds)["ContentLength"])


def delete_object(bucket: Bucket, name: str, *, seconds: float) -> None:
    """Delete an object; none there is no error."""
    persist(partial(bucket.client.delete_object, Bucket=bucket.name, Key=bucket.key(name)), seconds=seconds)


def delete_objects(bucket: Bucket, prefix: str, *, seconds: float) -> None:
    """Delete all below a folder, and look again until nothing is left: somebody may still have been writing."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        names = list(list_objects(bucket, prefix, seconds=seconds))
        if not names:
            return
        for start in range(0, len(names), _BATCH):
            keys = [{"Key": bucket.key(name)} for name in names[start : start + _BATCH]]
            persist(partial(_delete_batch, bucket, keys), seconds=seconds)
    raise StorageAwayError(f"{prefix} is still being written to")


def list_objects(bucket: Bucket, prefix: str, *, seconds: float) -> Iterator[str]:
    """Name all objects below a folder, a page at a time, in the order of their keys."""
    for page in _pages(bucket, prefix, seconds=seconds):
        yield from (bucket.without_prefix(each["Key"]) for each in page.get("Contents", []))


def list_folders(bucket: Bucket, prefix: str, *, seconds: float) -> Iterator[str]:
    """Give the names of the folders that stand in a folder, a page at a time; their objects are not listed."""
    for page in _pages(bucket, prefix, seconds=seconds, Delimiter="/"):
        yield from (each["Prefix"].rstrip("/").rpartition("/")[2] for each in page.get("CommonPrefixes", []))


def _pages(bucket: Bucket, prefix: str, *, seconds: float, **more: str) -> Iterator[Any]:
    asked = {"Bucket": bucket.name, "Prefix": f"{bucket.key(prefix.rstrip('/'))}/", **more}
    while True:
        page = persist(partial(bucket.client.list_objects_v2, **asked), seconds=seconds)
        yield page
        if not page.get("IsTruncated"):
            return
        asked["ContinuationToken"] = page["NextContinuationToken"]


class ObjectReader(io.RawIOBase):
    """An object as a file to read and to seek in: each read is a range of its own, with patience."""

    def __init__(self, bucket: Bucket, name: str, *, size: int | None = None) -> None:
        """Ask for its size where it is not known.

        :raises FileNotFoundError: there is none.
        """
        self._bucket, self._name, self._at = bucket, name, 0
        self._size = object_size(bucket, name, seconds=REQUEST_PATIENCE_SECONDS) if size is None else size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as one connection goes; 0 at the end of the object alone."""
        last = min(self._at + len(buffer), self._size)
        if last <= self._at:
            return 0
        read = persist(partial(self._read, buffer, self._at, last), seconds=REQUEST_PATIENCE_SECONDS)
        self._at += read
        return read

    def readall(self) -> bytes:
        """Read the rest, in as few requests as the line allows."""
        buffer, read = bytearray(self._size - self._at), 0
        while more := self.readinto(memoryview(buffer)[read:]):
            read += more
        return bytes(buffer)

    def _read(self, buffer: Any, start: int, end: int) -> int:
        read = 0
        try:
            with closing(_open_span(self._bucket, self._name, start, end)["Body"]) as body:
                for chunk in body.iter_chunks(_SMALL_CHUNK_BYTES):
                    buffer[read : read + len(chunk)] = chunk
                    read += len(chunk)
        except Exception as error:
            if not (read and is_passing(error)):
                raise
        if not read:
            raise CutShortError(self._name)
        return read


def _head(bucket: Bucket, name: str, seconds: float) -> Any:
    return persist(partial(bucket.client.head_object, Bucket=bucket.name, Key=bucket.key(name)), seconds=seconds)


def _open_span(bucket: Bucket, name: str, start: int, end: int, **more: str) -> Any:
    asked = {"Bucket": bucket.name, "Key": bucket.key(name), "Range": f"bytes={start}-{end - 1}", **more}
    return bucket.client.get_object(**asked)


def _fetch_span(
    bucket: Bucket, name: str, etag: str, copy: int, size: int, seconds: float, start: int, stop: Event
) -> None:
    at, end = start, min(start + _SPAN_BYTES, size)

    def go_on() -> None:
        """Read on from where the last connection broke off."""
        nonlocal at
        before = at
        try:
            with closing(_open_span(bucket, name, at, end, IfMatch=etag)["Body"]) as body:
                for chunk in body.iter_chunks(_CHUNK_BYTES):
                    at += os.pwrite(copy, chunk, at)
        except Exception as error:
            if at == before or not is_passing(error):
                raise  # otherwise something came: patience begins anew
        if at == before:
            raise CutShortError(name)

    try:
        while at < end:
            persist(go_on, seconds=seconds, stop=stop)
    except PlaceTakenError as error:
        raise StorageRefusedError("PreconditionFailed", f"{name} was replaced while it was read") from error


def _facts(bucket: Bucket, name: str, content_type: str | None) -> dict[str, Any]:
    return {
        "Bucket": bucket.name,
        "Key": bucket.key(name),
        "ContentType": content_type or content_type_of(name),
        "CacheControl": cache_control_of(name),
        "Metadata": {_MARK: uuid4().hex},
    }


def _write_once(write: Callable[..., object], facts: dict[str, Any], bucket: Bucket) -> None:
    """Write on the condition that nothing is there; what an earlier try of the same put has left is no obstacle."""
    try:
        write(IfNoneMatch="*")
    except ClientError as error:
        answer = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if answer == 501:  # the service knows no conditions; a name of ours holds the run, so nobody else has it
            write()
        elif answer not in (404, 412) or not _is_written(facts, bucket):
            raise


def _is_written(facts: dict[str, Any], bucket: Bucket) -> bool:
    """Whether the object is there as this very put has written it: its answer got lost."""
    try:
        head = bucket.client.head_object(Bucket=facts["Bucket"], Key=facts["Key"])
    except ClientError:
        return False
    return bool(head.get("Metadata", {}).get(_MARK) == facts["Metadata"][_MARK])


def _put_in_parts(
    bucket: Bucket, name: str, source: Path, *, seconds: float, stop: Event, content_type: str | None
) -> None:
    facts = _facts(bucket, name, content_type)
    place = {"Bucket": facts["Bucket"], "Key": facts["Key"]}
    with suppress(FileNotFoundError):  # not all services that know the condition know it of uploads in parts
        _head(bucket, name, seconds)
        raise PlaceTakenError(name)
    upload = persist(partial(bucket.client.create_multipart_upload, **facts), seconds=seconds, stop=stop)
    place["UploadId"] = upload["UploadId"]
    try:
        parts = _put_parts(bucket, place, source, seconds=seconds, stop=stop)
        complete = partial(bucket.client.complete_multipart_upload, **place, MultipartUpload={"Parts": parts})
        persist(partial(_write_once, complete, facts, bucket), seconds=seconds, stop=stop)
    except BaseException:
        with suppress(Exception):  # the bucket's own rule for unfinished uploads does the rest
            persist(partial(bucket.client.abort_multipart_upload, **place), seconds=REQUEST_PATIENCE_SECONDS)
        raise


def _put_parts(
    bucket: Bucket, place: dict[str, Any], source: Path, *, seconds: float, stop: Event
) -> list[dict[str, Any]]:
    size = source.stat().st_size
    part_bytes = max(_SPAN_BYTES, -(-size // _MOST_PARTS))
    etags: dict[int, str] = {}

    def put(number: int, inner_stop: Event) -> None:
        def send() -> Any:
            with closing(ReadFileChunk.from_filename(str(source), (number - 1) * part_bytes, part_bytes)) as body:
                return bucket.client.upload_part(**place, PartNumber=number, Body=body)

        etags[number] = persist(send, seconds=seconds, stop=inner_stop)["ETag"]

    def stop_with_the_others() -> None:
        if stop.is_set():
            raise TransferStoppedError

    jobs = (partial(put, number) for number in range(1, -(-size // part_bytes) + 1))
    run_side_by_side(jobs, threads=THREADS // 2, on_done=stop_with_the_others)
    return [{"PartNumber": number, "ETag": etag} for number, etag in sorted(etags.items())]


def _delete_batch(bucket: Bucket, keys: list[dict[str, str]]) -> None:
    answer = bucket.client.delete_objects(Bucket=bucket.name, Delete={"Objects": keys, "Quiet": True})
    for error in answer.get("Errors", []):
        if error.get("Code") != "NoSuchKey":
            raise ClientError({"Error": error, "ResponseMetadata": answer["ResponseMetadata"]}, "DeleteObjects")
