"""What must hold before a real site takes videos and packages in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from lms.lib.content_host import content_host, objections
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


@register(Tags.security)
def check_packages_are_kept_apart(**_: Any) -> list[CheckMessage]:
    """Refuse a content host on which packages could act as the learner, or be sent the site's cookies."""
    hint = "Give XUESHI_CONTENT_URL a host of its own: https://*.content.example.cn"
    try:
        host = content_host()
    except ValueError as error:
        return [Error(f"XUESHI_CONTENT_URL cannot be understood: {error}.", id="media_pipeline.E001")]
    cookies = (settings.SESSION_COOKIE_DOMAIN, settings.CSRF_COOKIE_DOMAIN, settings.LANGUAGE_COOKIE_DOMAIN)
    domains = [domain for domain in cookies if domain]
    found = objections(host, site_url=settings.XUESHI_SITE_URL, cookie_domains=domains) if host else []
    return [
        Error(f"Packages cannot run on {settings.XUESHI_CONTENT_URL}: {each}.", hint=hint, id="media_pipeline.E002")
        for each in found
    ]


@register(deploy=True)
def check_packages_can_run(**_: Any) -> list[CheckMessage]:
    """Warn where SCORM packages cannot be played, or share one origin with each other."""
    host = content_host()
    hint = "Set XUESHI_CONTENT_URL to https://*.content.example.cn; docs/operator.md says what it needs."
    if host is None:
        words = "There is no host for packages: SCORM lessons cannot be played."
        return [Warning(words, hint=hint, id="media_pipeline.W004")]
    if host.has_star:
        return []
    words = "All packages share one origin: one of them could read what another keeps in the learner's browser."
    return [Warning(words, hint=hint, id="media_pipeline.W005")]
