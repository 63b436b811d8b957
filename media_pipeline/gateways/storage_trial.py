"""Trying on the real storage what the site needs of it; what was written is removed again."""

from __future__ import annotations

import os
import shutil
import stat
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from media_pipeline.gateways.bucket import Bucket
from media_pipeline.gateways.bucket_objects import delete_objects
from media_pipeline.gateways.bucket_rules import clears_unfinished_uploads
from media_pipeline.gateways.patience import StorageAwayError, StorageRefusedError
from media_pipeline.rules.storage_trials import TrialResult

_SECONDS = 15
_CONTENT = bytes(range(256)) * 40
_MOST_SKEW_SECONDS = 300  # services refuse signatures from 15 minutes on
_LEAST_FREE_BYTES = 5 * 1024**3
_Answer = tuple[int, Any, bytes]


class TrialFailedError(Exception):
    """The storage answered, but not as it should."""


def try_bucket(bucket: Bucket, *, site_url: str) -> Iterator[TrialResult]:
    """Try everything on a bucket, below a name of its own; a bucket that does not answer is tried no further."""
    trial = _BucketTrial(bucket, f"check-storage/{uuid4().hex}", site_url)
    first = _judge("bucket", trial.bucket_answers)
    yield first
    if not first.passed:
        return
    try:
        for code, attempt in trial.attempts():
            yield _judge(code, attempt)
    finally:
        with suppress(StorageAwayError, StorageRefusedError):
            delete_objects(bucket, trial.prefix, seconds=_SECONDS)


def try_folder(folder: Path, workplace: Path) -> Iterator[TrialResult]:
    """Try everything on a folder."""
    first = _judge("folder", lambda: _write_and_delete(folder))
    yield first
    if not first.passed:
        return
    yield _judge("rename", lambda: _same_file_system(folder, workplace))
    yield _judge("space", lambda: _free_space(folder))
    yield _judge("private", lambda: _closed_to_others(folder))


class _BucketTrial:
    """The attempts, one method each: it raises where the service fails, and may give a detail."""

    def __init__(self, bucket: Bucket, prefix: str, site_url: str) -> None:
        self.bucket, self.client, self.prefix = bucket, bucket.client, prefix
        parts = urlsplit(site_url)
        self.origin = f"{parts.scheme}://{parts.netloc}"

    def attempts(self) -> Iterator[tuple[str, Callable[[], str]]]:
        names = (
            "put head get range presigned_get anonymous multipart list copy conditional part_checksum delete "
            "cors clock lifecycle"
        )
        for name in names.split():
            yield name, getattr(self, name)

    def bucket_answers(self) -> str:
        self.client.list_objects_v2(Bucket=self.bucket.name, Prefix=self.bucket.key(self.prefix), MaxKeys=1)
        return f"{self.bucket.name} @ {self.client.meta.endpoint_url}"

    def put(self) -> str:
        self.client.put_object(
            **self._at("one.m4s"), Body=_CONTENT, ContentType="video/mp4", CacheControl="public, max-age=60"
        )
        return ""

    def head(self) -> str:
        head = self.client.head_object(**self._at("one.m4s"))
        found = (head["ContentLength"], head.get("ContentType"), head.get("CacheControl"))
        return _expect(found, (len(_CONTENT), "video/mp4", "public, max-age=60"))

    def get(self) -> str:
        return _expect(self._read(), _CONTENT)

    def range(self) -> str:
        return _expect(self._read(Range="bytes=10-19"), _CONTENT[10:20])

    def presigned_get(self) -> str:
        status, _, body = _ask(self._address(), headers={"Range": "bytes=0-9"})
        _expect((status, body), (206, _CONTENT[:10]))
        return urlsplit(self._address()).netloc

    def anonymous(self) -> str:
        status, _, _ = _ask(self._address().partition("?")[0])
        if status < 400:
            raise TrialFailedError(f"HTTP {status}")
        return f"HTTP {status}"

    def multipart(self) -> str:
        place = {**self._at("parts.mp4"), "UploadId": self._begin("parts.mp4")}
        address = self.bucket.signer.generate_presigned_url("upload_part", {**place, "PartNumber": 1}, ExpiresIn=60)
        status, headers, _ = _ask(address, method="PUT", data=_CONTENT)
        _expect((status, bool(headers.get("ETag"))), (200, True))
        parts = self.client.list_parts(**place)["Parts"]
        _expect([(part["PartNumber"], part["Size"]) for part in parts], [(1, len(_CONTENT))])
        made = [{"PartNumber": 1, "ETag": parts[0]["ETag"]}]
        self.client.complete_multipart_upload(**place, MultipartUpload={"Parts": made})
        _expect(self.client.head_object(**self._at("parts.mp4"))["ContentLength"], len(_CONTENT))
        given_up = self._begin("given-up.mp4")
        self.client.abort_multipart_upload(**self._at("given-up.mp4"), UploadId=given_up)
        left = self.client.list_multipart_uploads(Bucket=self.bucket.name, Prefix=self._at("")["Key"])
        return _expect([upload["Key"] for upload in left.get("Uploads", [])], [])

    def list(self) -> str:
        asked = {"Bucket": self.bucket.name, "Prefix": self._at("")["Key"], "MaxKeys": 1}
        first = self.client.list_objects_v2(**asked)
        second = self.client.list_objects_v2(**asked, ContinuationToken=first["NextContinuationToken"])
        found = [each["Key"] for page in (first, second) for each in page["Contents"]]
        return _expect(found, [self._at(name)["Key"] for name in ("one.m4s", "parts.mp4")])

    def copy(self) -> str:
        source = {"Bucket": self.bucket.name, "Key": self._at("one.m4s")["Key"]}
        self.client.copy_object(**self._at("two.m4s"), CopySource=source)
        return _expect(self.client.head_object(**self._at("two.m4s"))["ContentLength"], len(_CONTENT))

    def conditional(self) -> str:
        self.client.put_object(**self._at("three.m4s"), Body=b"1", IfNoneMatch="*")
        return self._refuses(lambda: self.client.put_object(**self._at("three.m4s"), Body=b"2", IfNoneMatch="*"), 412)

    def part_checksum(self) -> str:
        place = {**self._at("sums.mp4"), "UploadId": self._begin("sums.mp4", ChecksumAlgorithm="SHA256")}
        wrong = "A" * 43 + "="
        try:
            return self._refuses(
                lambda: self.client.upload_part(**place, PartNumber=1, Body=b"1", ChecksumSHA256=wrong), 400
            )
        finally:
            self.client.abort_multipart_upload(**place)

    def delete(self) -> str:
        delete_objects(self.bucket, self.prefix, seconds=_SECONDS)
        left = self.client.list_objects_v2(Bucket=self.bucket.name, Prefix=self._at("")["Key"])
        return _expect(left.get("KeyCount", 0), 0)

    def cors(self) -> str:
        """Ask as a browser does before it sends a part, and before it reads a range; then look what it may read."""
        self.put()
        wanted = {"PUT": "content-type", "GET": "range"}
        for method, header in wanted.items():
            asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": header}
            status, headers, _ = _ask(self._address(), method="OPTIONS", headers={"Origin": self.origin, **asked})
            allowed = {word.strip().upper() for word in headers.get("Access-Control-Allow-Methods", "").split(",")}
            if headers.get("Access-Control-Allow-Origin") not in (self.origin, "*") or method not in allowed:
                raise TrialFailedError(f"OPTIONS {method} {self.origin}: HTTP {status}")
        _, headers, _ = _ask(self._address(), headers={"Origin": self.origin})
        exposed = {word.strip().lower() for word in headers.get("Access-Control-Expose-Headers", "").split(",")}
        if not exposed & {"etag", "*"}:
            raise TrialFailedError("ExposeHeaders: ETag")
        _, headers, _ = _ask(self._address(), headers={"Origin": "https://elsewhere.invalid"})
        return f"{self.origin}{' (*)' if headers.get('Access-Control-Allow-Origin') else ''}"

    def clock(self) -> str:
        answer = self.client.list_objects_v2(Bucket=self.bucket.name, MaxKeys=1)
        told = answer["ResponseMetadata"]["HTTPHeaders"].get("date", "")
        skew = round(abs(parsedate_to_datetime(told).timestamp() - time.time()))
        if skew > _MOST_SKEW_SECONDS:
            raise TrialFailedError(f"{skew} s")
        return f"{skew} s"

    def lifecycle(self) -> str:
        if not clears_unfinished_uploads(self.bucket):
            raise TrialFailedError("AbortIncompleteMultipartUpload")
        return ""

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self.bucket.name, "Key": f"{self.bucket.key(self.prefix)}/{name}"}

    def _address(self) -> str:
        return str(self.bucket.signer.generate_presigned_url("get_object", self._at("one.m4s"), ExpiresIn=60))

    def _read(self, **asked: str) -> bytes:
        return bytes(self.client.get_object(**self._at("one.m4s"), **asked)["Body"].read())

    def _begin(self, name: str, **facts: str) -> str:
        return str(self.client.create_multipart_upload(**self._at(name), **facts)["UploadId"])

    def _refuses(self, write: Callable[[], object], status: int) -> str:
        try:
            write()
        except ClientError as error:
            return _expect(error.response["ResponseMetadata"]["HTTPStatusCode"], status)
        raise TrialFailedError("HTTP 200")


def _judge(code: str, attempt: Callable[[], str]) -> TrialResult:
    try:
        return TrialResult(code, passed=True, detail=attempt())
    except ClientError as error:
        told = error.response.get("Error", {})
        return TrialResult(code, passed=False, detail=f"{told.get('Code', '')}: {told.get('Message', '')}".strip())
    except (BotoCoreError, OSError, KeyError, ValueError, TypeError) as error:
        return TrialResult(code, passed=False, detail=f"{type(error).__name__}: {error}")
    except (StorageAwayError, StorageRefusedError, TrialFailedError) as error:
        return TrialResult(code, passed=False, detail=str(error))


def _expect(found: object, wanted: object) -> str:
    if found != wanted:
        raise TrialFailedError(f"{str(found)[:80]} ≠ {str(wanted)[:80]}")
    return ""


def _ask(
    address: str, *, method: str = "GET", data: bytes | None = None, headers: dict[str, str] | None = None
) -> _Answer:
    """Ask as a browser would: no keys, only the address."""
    request = urllib.request.Request(address, data=data, method=method, headers=headers or {})  # noqa: S310 - presigned
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=_SECONDS) as answer:
            return answer.status, answer.headers, answer.read(len(_CONTENT) + 1)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, b""


def _write_and_delete(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f".check-storage-{uuid4().hex}"
    try:
        path.write_bytes(_CONTENT)
        _expect(path.read_bytes(), _CONTENT)
    finally:
        path.unlink(missing_ok=True)
    return str(folder)


def _same_file_system(folder: Path, workplace: Path) -> str:
    workplace.mkdir(parents=True, exist_ok=True)
    source, target = workplace / f"check-{uuid4().hex}", folder / f".check-storage-{uuid4().hex}"
    try:
        source.touch()
        os.link(source, target)
    finally:
        source.unlink(missing_ok=True)
        target.unlink(missing_ok=True)
    return ""


def _free_space(folder: Path) -> str:
    free = shutil.disk_usage(folder).free
    if free < _LEAST_FREE_BYTES:
        raise TrialFailedError(f"{free / 1024**3:.1f} GB")
    return f"{free / 1024**3:.1f} GB"


def _closed_to_others(folder: Path) -> str:
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & stat.S_IRWXO:
        raise TrialFailedError(f"{mode:o}")
    return f"{mode:o}"
