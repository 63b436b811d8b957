"""The private storage of this process, pointed at a bucket for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.test import override_settings

from tests.services.seaweed import S3Server


@contextmanager
def media_in_bucket(server: S3Server, bucket: str, **options: Any) -> Iterator[str]:
    """Keep private files in a bucket; the video's field follows the setting. Give the bucket's name."""
    from media_pipeline.models import Video

    private = {
        "BACKEND": "media_pipeline.gateways.bucket_storage.BucketStorage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": server.endpoint,
            "access_key": server.access_key,
            "secret_key": server.secret_key,
            "region_name": "us-east-1",
            "addressing_style": "path",
            "location": "private",
            "file_overwrite": False,
            **options,
        },
    }
    with override_settings(STORAGES={**settings.STORAGES, "private": private}):
        field: Any = Video._meta.get_field("original")
        kept, field.storage = field.storage, storages["private"]
        try:
            yield bucket
        finally:
            field.storage = kept
