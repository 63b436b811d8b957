"""Trying the storage out, and setting the rules that it needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from lms.lib.errors import DomainError
from media_pipeline.gateways.bucket import Bucket, private_bucket
from media_pipeline.gateways.bucket_rules import read_cors, read_lifecycle, write_cors, write_lifecycle
from media_pipeline.gateways.patience import StorageRefusedError
from media_pipeline.gateways.storage import storage_folder
from media_pipeline.gateways.storage_trial import try_bucket, try_folder
from media_pipeline.gateways.workplace import workplace
from media_pipeline.rules.storage_trials import TrialResult


class NoBucketError(DomainError):
    """Media lie in a folder, which has no rules for browsers and needs none."""

    code = "no_bucket"


def try_storage() -> Iterator[TrialResult]:
    """Try on the storage that is set what the site needs of it, one result at a time; nothing is left behind."""
    bucket = private_bucket()
    if bucket is None:
        return try_folder(storage_folder(), workplace())
    return try_bucket(bucket, site_url=settings.XUESHI_SITE_URL)


def set_bucket_rules() -> str:
    """Let browsers on our site reach the bucket, and unfinished uploads end by themselves.

    Give why the second was not possible, or an empty string.

    :raises NoBucketError: media lie in a folder.
    :raises StorageRefusedError: the service does not take the rules for browsers.
    """
    bucket = _bucket()
    parts = urlsplit(settings.XUESHI_SITE_URL)
    write_cors(bucket, f"{parts.scheme}://{parts.netloc}")
    try:
        return "" if write_lifecycle(bucket) else _("服务接受了规则但没有保存")
    except StorageRefusedError as error:
        return str(error)


def bucket_rules() -> dict[str, list[dict[str, Any]]]:
    """Give the bucket's rules as they stand, by kind: ``cors`` and ``lifecycle``.

    :raises NoBucketError: media lie in a folder.
    :raises StorageRefusedError: the service does not let us see them.
    """
    bucket = _bucket()
    return {"cors": read_cors(bucket), "lifecycle": read_lifecycle(bucket)}


def _bucket() -> Bucket:
    bucket = private_bucket()
    if bucket is None:
        raise NoBucketError(_("媒体存放在文件夹中，不需要跨域设置"))
    return bucket
