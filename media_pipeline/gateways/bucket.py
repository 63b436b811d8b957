"""The bucket of the private storage, and the one client that talks to it. Nobody else makes an S3 client."""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import storages
from storages.backends.s3 import S3Storage

_CONNECT_SECONDS, _READ_SECONDS = 5, 30
_CONNECTIONS = 32  # more than all the threads of one process ever use at once


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket as this process sees it.

    ``client`` is a boto3 S3 client, safe to share between threads. ``signer`` only makes presigned addresses: it knows
    the service by the name that browsers use. ``location`` is the folder within the bucket, without a final slash.
    """

    client: Any
    signer: Any
    name: str
    location: str

    def key(self, name: str) -> str:
        """Give the object's key for a name of the storage.

        :raises SuspiciousFileOperation: the name leads out of the storage's folder, or is none.
        """
        check_name(name)
        return f"{self.location}/{name}" if self.location else name

    def without_prefix(self, key: str) -> str:
        """Give the storage's name of an object's key; the opposite of ``key``."""
        return key.removeprefix(f"{self.location}/") if self.location else key


def check_name(name: str) -> None:
    """Let pass what names a file or folder inside a storage.

    :raises SuspiciousFileOperation: it leads out, or names nothing: an empty prefix would name everything.
    """
    if not {"", ".", ".."}.isdisjoint(name.removesuffix("/").split("/")):
        raise SuspiciousFileOperation(f"not a name in the storage: {name!r}")


def private_bucket() -> Bucket | None:
    """Give the bucket in which private files are kept; None where they are kept in a folder."""
    return bucket_of(storages["private"])


def bucket_of(storage: Any) -> Bucket | None:
    """Give the bucket behind one of Django's storages; None behind a folder."""
    if not isinstance(storage, S3Storage):
        return None
    facts = (
        storage.endpoint_url or None,
        storage.region_name or None,
        storage.addressing_style or "auto",
        storage.access_key or None,
        storage.secret_key or None,
        storage.security_token or None,
    )
    outside = getattr(storage, "public_endpoint_url", "") or facts[0]
    return Bucket(
        client=_client(os.getpid(), *facts),
        signer=_client(os.getpid(), outside, *facts[1:]),
        name=storage.bucket_name,
        location=storage.location.strip("/"),
    )


def client_config(addressing: str) -> Config:
    """Say how every client of ours speaks: short waits, and only what all the services understand.

    Checksums in trailers (``aws-chunked``), which newer clients send unasked, are refused by Aliyun OSS and others.
    """
    return Config(
        signature_version="s3v4",
        s3={"addressing_style": addressing},
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 3},
        max_pool_connections=_CONNECTIONS,
        tcp_keepalive=True,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )


@lru_cache(maxsize=16)
def _client(
    _process: int, endpoint: str | None, region: str | None, addressing: str, *keys: str | None
) -> Any:  # a forked worker gets clients of its own: sockets are not shared between processes
    access_key, secret_key, token = keys
    session = boto3.Session(
        aws_access_key_id=access_key, aws_secret_access_key=secret_key, aws_session_token=token, region_name=region
    )
    client = session.client("s3", endpoint_url=endpoint, config=client_config(addressing))
    for operation in ("DeleteObjects", "PutBucketCors", "PutBucketLifecycleConfiguration"):
        client.meta.events.register(f"before-sign.s3.{operation}", _add_content_md5)
    return client


def _add_content_md5(request: Any, **_: Any) -> None:
    """Older services insist on this header where Amazon also takes a newer checksum."""
    if request.body and "Content-MD5" not in request.headers:
        digest = hashlib.md5(request.body, usedforsecurity=False).digest()
        request.headers["Content-MD5"] = base64.b64encode(digest).decode()
