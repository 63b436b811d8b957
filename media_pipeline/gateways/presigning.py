"""Addresses that carry their own leave to be read."""

from __future__ import annotations

from media_pipeline.gateways.bucket import private_bucket

_LONGEST_SECONDS = 7 * 24 * 3600  # the services' own limit


def presigned_url(name: str, *, expires_seconds: int) -> str | None:
    """An address that anyone may read the file at until it expires; None where the storage is a folder."""
    bucket = private_bucket()
    if bucket is None:
        return None
    url: str = bucket.signer.generate_presigned_url(
        "get_object",
        Params={"Bucket": bucket.name, "Key": bucket.key(name)},
        ExpiresIn=min(max(1, expires_seconds), _LONGEST_SECONDS),
    )
    return url
