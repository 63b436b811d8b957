"""Where a package runs, and what may be read there: addresses on the content host, and the leave that they carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from lms.lib.content_host import content_host
from lms.lib.errors import DomainError
from media_pipeline.models import Video
from media_pipeline.rules.content_token import (
    ContentClaims,
    ContentPurpose,
    ContentTokenError,
    content_key,
    end_of_window,
    read_content_token,
    sign_content_token,
)


class ContentHostMissingError(DomainError):
    """The site has no host for packages (XUESHI_CONTENT_URL), so none can be played; the message says so to anybody."""

    code = "no_content_host"


@dataclass(frozen=True, slots=True)
class ContentAddress:
    """Where a package runs: the stage's page, its origin (for messages), and what its files' paths are appended to."""

    stage_url: str
    origin: str
    file_base: str


def can_run_packages() -> bool:
    """Whether the site has a host for packages."""
    return content_host() is not None


def content_address(
    video: Video, *, expires_at: datetime, purpose: ContentPurpose = ContentPurpose.LEARNING
) -> ContentAddress:
    """Give the address of a package's stage and files, good until ``expires_at`` and for a day more at most.

    Asked again on the same day it is the same, so that browsers know the files again. No statement. It opens this
    package's files to whoever has it, and nothing else.

    :raises ContentHostMissingError: the site has no host for packages.
    """
    host = content_host()
    if host is None:
        raise ContentHostMissingError(_("本站还没有设置课件专用的域名，SCORM 课件暂时无法播放，请联系管理员。"))
    claims = ContentClaims(video.uuid, end_of_window(int(expires_at.timestamp())), purpose)
    token = sign_content_token(claims, key=content_key(settings.SECRET_KEY))
    origin = host.origin_of(video.uuid)
    return ContentAddress(stage_url=f"{origin}/{token}/stage", origin=origin, file_base=f"{origin}/{token}/f/")


def open_content(token: str, *, host: str, now: datetime) -> ContentClaims:
    """Check the leave that an address on the content host carries, and that it is the package's own host. No statement.

    :raises ContentTokenError: forged, expired, or another package's host.
    """
    keys = (content_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
    claims = read_content_token(token, now_s=int(now.timestamp()), keys=keys)
    found = content_host()
    if found is None or not found.serves(host, claims.package):
        raise ContentTokenError
    return claims


def site_origins() -> tuple[str, ...]:
    """The origins of the site's own pages, its own address first: these alone may show a stage.

    The other names come from ``ALLOWED_HOSTS``, on the same scheme and port; patterns among them name none.
    """
    site = urlsplit(settings.XUESHI_SITE_URL)
    port = f":{site.port}" if site.port else ""
    others = [f"{name}{port}" for name in settings.ALLOWED_HOSTS if name[:1] not in ("*", ".")]
    return tuple(dict.fromkeys(f"{site.scheme}://{place}" for place in (site.netloc, *others)))


__all__ = [
    "ContentAddress",
    "ContentClaims",
    "ContentHostMissingError",
    "ContentPurpose",
    "ContentTokenError",
    "can_run_packages",
    "content_address",
    "open_content",
    "site_origins",
]
