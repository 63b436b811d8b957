"""What must hold before a real site takes videos in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

from media_pipeline.gateways.bucket import private_bucket
from media_pipeline.gateways.tool_versions import missing_encoders


@register(Tags.security, deploy=True)
def check_bucket_speaks_tls(**_: Any) -> list[CheckMessage]:
    """Warn where browsers of an https site would be sent to media in the clear."""
    bucket = private_bucket()
    if bucket is None or not settings.XUESHI_SITE_URL.startswith("https://"):
        return []
    address = bucket.signer.meta.endpoint_url
    if address.startswith("https://"):
        return []
    return [
        Warning(
            f"Browsers would fetch media from {urlsplit(address).netloc} without TLS, and refuse to.",
            hint="Give an https:// endpoint in XUESHI_MEDIA_URL, or a public_endpoint= for browsers.",
            id="media_pipeline.W001",
        )
    ]


@register(deploy=True)
def check_tools(**_: Any) -> list[CheckMessage]:
    """Warn where ffmpeg or ffprobe is missing, or lacks what every film is made with."""
    found: list[CheckMessage] = []
    for program, missing in missing_encoders(settings.XUESHI_FFMPEG, settings.XUESHI_FFPROBE).items():
        hint = "Install ffmpeg with libx264, or name one in XUESHI_FFMPEG and XUESHI_FFPROBE."
        if missing is None:
            found.append(
                Warning(f"{program} cannot be run: no video can be taken in.", hint=hint, id="media_pipeline.W002")
            )
        elif missing:
            found.append(Warning(f"{program} lacks {', '.join(missing)}.", hint=hint, id="media_pipeline.W003"))
    return found
