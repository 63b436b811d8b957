"""Django's storage interface on a bucket, for file fields, Wagtail's pictures and whoever needs one file at a time."""

from __future__ import annotations

from typing import Any

from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from media_pipeline.gateways.bucket import bucket_of, client_config


class BucketStorage(S3Storage):
    """Speaks as all our clients do; ``public_endpoint_url`` is the service's address as browsers know it."""

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("client_config", client_config(settings.get("addressing_style") or "auto"))
        settings.setdefault("signature_version", "s3v4")
        super().__init__(**settings)

    def get_default_settings(self) -> dict[str, Any]:
        """Know one option more."""
        return {**super().get_default_settings(), "public_endpoint_url": ""}

    def url(
        self,
        name: str,
        parameters: dict[str, Any] | None = None,
        expire: int | None = None,
        http_method: str | None = None,
    ) -> str:
        """Give a presigned address that browsers can reach."""
        bucket = bucket_of(self)
        assert bucket  # noqa: S101 - it is one
        asked = {"Bucket": bucket.name, "Key": bucket.key(clean_name(name)), **(parameters or {})}
        address: str = bucket.signer.generate_presigned_url(
            "get_object",
            Params=asked,
            ExpiresIn=expire or self.querystring_expire,
            HttpMethod=http_method,
        )
        return address
