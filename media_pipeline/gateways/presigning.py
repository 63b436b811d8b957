"""Addresses that carry their own leave to be read."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings

from media_pipeline.gateways.bucket import Bucket, private_bucket
from media_pipeline.rules.cdn import CdnSigning, sign_address
from media_pipeline.rules.stored_objects import is_for_caches

_LONGEST_SECONDS = 7 * 24 * 3600  # the services' own limit


def presigned_url(name: str, *, expires_seconds: int) -> str | None:
    """An address that anyone may read the file at until it expires; None where the storage is a folder.

    Where the site has a CDN, what caches may keep is read through it; the rest comes from the bucket itself.
    """
    bucket = private_bucket()
    if bucket is None:
        return None
    seconds = min(max(1, expires_seconds), _LONGEST_SECONDS)
    if settings.XUESHI_CDN and is_for_caches(name):
        return _cdn_url(bucket, name, seconds)
    url: str = bucket.signer.generate_presigned_url(
        "get_object", Params={"Bucket": bucket.name, "Key": bucket.key(name)}, ExpiresIn=seconds
    )
    return url


def _cdn_url(bucket: Bucket, name: str, seconds: int) -> str:
    cdn: Any = settings.XUESHI_CDN
    return sign_address(
        cdn.base_url,
        f"/{bucket.key(name)}",
        signing=CdnSigning(cdn.signing),
        key=cdn.key,
        expires_at=int(time.time()) + seconds,
        valid_seconds=cdn.valid_seconds,
    )
