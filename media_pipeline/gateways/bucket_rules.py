"""The bucket's own rules: who may ask from a browser, and when unfinished uploads are cleared away."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from media_pipeline.gateways.bucket import Bucket
from media_pipeline.gateways.patience import StorageRefusedError

_OURS = "xueshi"
_UNFINISHED = "xueshi-unfinished-uploads"
_NONE_YET = {"NoSuchCORSConfiguration", "NoSuchLifecycleConfiguration", "NoSuchLifecycle"}
KEPT_UNFINISHED_DAYS = 7


def cors_rule(origin: str) -> dict[str, Any]:
    """What a browser on our site needs: to send parts and read their ETag, and to read media by ranges."""
    return {
        "ID": _OURS,
        "AllowedOrigins": [origin],
        "AllowedMethods": ["GET", "HEAD", "PUT"],
        "AllowedHeaders": ["*"],
        "ExposeHeaders": ["ETag", "Content-Range", "Content-Length", "Accept-Ranges"],
        "MaxAgeSeconds": 3600,
    }


def read_cors(bucket: Bucket) -> list[dict[str, Any]]:
    """Give the bucket's rules for browsers; none is an empty list.

    :raises StorageRefusedError: the service does not let us see them.
    """
    return _rules_of(bucket.client.get_bucket_cors, bucket, "CORSRules")


def write_cors(bucket: Bucket, origin: str) -> None:
    """Set our rule, and leave those that others have made for other origins.

    :raises StorageRefusedError: the service does not take it.
    """
    kept = [rule for rule in read_cors(bucket) if rule.get("ID") != _OURS and rule["AllowedOrigins"] != [origin]]
    try:
        bucket.client.put_bucket_cors(Bucket=bucket.name, CORSConfiguration={"CORSRules": [*kept, cors_rule(origin)]})
    except ClientError as error:
        raise _refused(error) from error


def read_lifecycle(bucket: Bucket) -> list[dict[str, Any]]:
    """Give the bucket's rules for what is cleared away by itself.

    :raises StorageRefusedError: the service does not let us see them.
    """
    return _rules_of(bucket.client.get_bucket_lifecycle_configuration, bucket, "Rules")


def clears_unfinished_uploads(bucket: Bucket) -> bool:
    """Whether the service itself ends uploads in parts that nobody goes on with."""
    return any(
        rule.get("Status") == "Enabled" and "AbortIncompleteMultipartUpload" in rule for rule in read_lifecycle(bucket)
    )


def write_lifecycle(bucket: Bucket) -> bool:
    """Let unfinished uploads end by themselves after a week; other rules stay. Give whether the service has kept it.

    :raises StorageRefusedError: the service does not take it.
    """
    rule = {
        "ID": _UNFINISHED,
        "Status": "Enabled",
        "Filter": {"Prefix": f"{bucket.location}/" if bucket.location else ""},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": KEPT_UNFINISHED_DAYS},
    }
    kept = [each for each in read_lifecycle(bucket) if each.get("ID") != _UNFINISHED]
    try:
        bucket.client.put_bucket_lifecycle_configuration(
            Bucket=bucket.name, LifecycleConfiguration={"Rules": [*kept, rule]}
        )
    except ClientError as error:
        raise _refused(error) from error
    return clears_unfinished_uploads(bucket)


def _rules_of(read: Any, bucket: Bucket, name: str) -> list[dict[str, Any]]:
    try:
        return list(read(Bucket=bucket.name).get(name, []))
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _NONE_YET:
            return []
        raise _refused(error) from error


def _refused(error: ClientError) -> StorageRefusedError:
    told = error.response.get("Error", {})
    return StorageRefusedError(str(told.get("Code", "")), str(told.get("Message", "")))
