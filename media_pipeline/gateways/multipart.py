"""Uploads on their way into a bucket: S3's multipart uploads, whose parts never pass through us."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from media_pipeline.gateways.bucket import Bucket

_GONE = ("NoSuchUpload", "NoSuchKey", "404", "NotFound")


class MultipartGoneError(Exception):
    """The service knows no such upload: it was completed or aborted, or the service has swept it."""


class MultipartFailedError(Exception):
    """The service did not do it; the message is its own."""


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A part that the service has; ``sha256`` (hex) is empty where it does not say."""

    number: int
    size_bytes: int
    etag: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Multipart:
    """A multipart upload; ``compares_parts`` where the service takes each part's SHA-256 and compares."""

    bucket: Bucket
    name: str
    upload_id: str
    compares_parts: bool

    def sign_part(
        self, number: int, *, size_bytes: int, sha256: str, expires_seconds: int
    ) -> tuple[str, dict[str, str]]:
        """Give the address that takes exactly this part, by PUT, and the headers to send with it.

        The part's length and digest are signed: other bytes are refused by the service.
        """
        facts: dict[str, Any] = {"PartNumber": number, "ContentLength": size_bytes, **self._facts()}
        headers = {}
        if self.compares_parts:
            facts["ChecksumSHA256"] = headers["x-amz-checksum-sha256"] = _base64(sha256)
        url = self.bucket.signer.generate_presigned_url("upload_part", Params=facts, ExpiresIn=expires_seconds)
        return url, headers

    def stored_parts(self) -> list[StoredPart]:
        """Name the parts that the service has, by their numbers.

        :raises MultipartGoneError: there is no such upload.
        :raises MultipartFailedError: the service does not answer.
        """
        found, marker = [], 0
        while True:
            page = _asked(self.bucket.client.list_parts, **self._facts(), PartNumberMarker=marker)
            found += [
                StoredPart(
                    number=part["PartNumber"],
                    size_bytes=part["Size"],
                    etag=part["ETag"],
                    sha256=_hex(part.get("ChecksumSHA256", "")),
                )
                for part in page.get("Parts", [])
            ]
            if not page.get("IsTruncated") or not page.get("Parts"):
                return found
            marker = page["Parts"][-1]["PartNumber"]

    def complete(self, parts: Sequence[StoredPart]) -> None:
        """Join the parts.

        :raises MultipartGoneError: there is no such upload (any more).
        :raises MultipartFailedError: the service refuses or does not answer.
        """
        named: list[dict[str, Any]] = [
            {
                "PartNumber": part.number,
                "ETag": part.etag,
                **({"ChecksumSHA256": _base64(part.sha256)} if self.compares_parts else {}),
            }
            for part in parts
        ]
        _asked(self.bucket.client.complete_multipart_upload, **self._facts(), MultipartUpload={"Parts": named})

    def abort(self) -> None:
        """Give up, parts and all; an upload that is gone is no error.

        :raises MultipartFailedError: the service does not answer.
        """
        try:
            _asked(self.bucket.client.abort_multipart_upload, **self._facts())
        except MultipartGoneError:
            return

    def _facts(self) -> dict[str, Any]:
        return {"Bucket": self.bucket.name, "Key": self.bucket.key(self.name), "UploadId": self.upload_id}


def begin_multipart(bucket: Bucket, name: str) -> Multipart:
    """Begin an upload; services that do not know checksums are asked without.

    :raises MultipartFailedError: the service refuses or does not answer.
    """
    facts = {"Bucket": bucket.name, "Key": bucket.key(name), "ContentType": "application/octet-stream"}
    create = bucket.client.create_multipart_upload
    try:
        begun = create(**facts, ChecksumAlgorithm="SHA256")
    except ClientError:
        begun = _asked(create, **facts)
    except BotoCoreError as error:
        raise MultipartFailedError(str(error)) from error
    return Multipart(bucket, name, begun["UploadId"], compares_parts=begun.get("ChecksumAlgorithm") == "SHA256")


def object_size(bucket: Bucket, name: str) -> int | None:
    """How many bytes an object has; None where there is none.

    :raises MultipartFailedError: the service does not answer.
    """
    try:
        return int(_asked(bucket.client.head_object, Bucket=bucket.name, Key=bucket.key(name))["ContentLength"])
    except MultipartGoneError:
        return None


def multiparts_before(bucket: Bucket, moment: datetime) -> Iterator[Multipart]:
    """Name the uploads under our folder that were begun before a moment and are still open."""
    pages = bucket.client.get_paginator("list_multipart_uploads")
    for page in pages.paginate(Bucket=bucket.name, Prefix=_folder(bucket, "")):
        for upload in page.get("Uploads", []):
            if upload["Initiated"] < moment:
                name = bucket.without_prefix(upload["Key"])
                yield Multipart(bucket, name, upload["UploadId"], compares_parts=False)


def objects_before(bucket: Bucket, prefix: str, moment: datetime) -> Iterator[str]:
    """Name the objects under a prefix that were written before a moment."""
    pages = bucket.client.get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=bucket.name, Prefix=_folder(bucket, prefix)):
        for stored in page.get("Contents", []):
            if stored["LastModified"] < moment:
                yield bucket.without_prefix(stored["Key"])


def _folder(bucket: Bucket, prefix: str) -> str:
    return "".join(f"{part}/" for part in (bucket.location, prefix) if part)


def _asked(ask: Any, **facts: Any) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = ask(**facts)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _GONE:
            raise MultipartGoneError(str(error)) from error
        raise MultipartFailedError(str(error)) from error
    except BotoCoreError as error:
        raise MultipartFailedError(str(error)) from error
    return answer


def _base64(digest: str) -> str:
    return base64.b64encode(bytes.fromhex(digest)).decode()


def _hex(checksum: str) -> str:
    return base64.b64decode(checksum).hex() if checksum and "-" not in checksum else ""
