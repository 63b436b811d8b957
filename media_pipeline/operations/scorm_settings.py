"""What an editor says of a package: how long learning it takes, and which hosts its pages may reach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from lms.lib.content_host import content_host
from lms.lib.errors import DomainError
from media_pipeline.enums import DeclaredBy, MediaKind
from media_pipeline.models import ScormContent, Video
from media_pipeline.queries import site_origins
from media_pipeline.rules.content_policy import outside_sources
from media_pipeline.rules.scorm_hosts import plain_host

if TYPE_CHECKING:
    from accounts.models import User

SHORTEST_SECONDS = 10
LONGEST_SECONDS = 7 * 24 * 3600
MOST_HOSTS = 30


class DeclaredSecondsRefusedError(DomainError):
    """The length is out of bounds, the package is not here yet, or published lessons rely on what it is."""

    code = "declared_seconds_refused"


class AllowedHostsRefusedError(DomainError):
    """One of the hosts is none, or one that no package may reach; the message names it."""

    code = "allowed_hosts_refused"


@transaction.atomic
def set_declared_seconds(*, video: Video, seconds: int, user: User | None) -> ScormContent:
    """Say how long learning a package takes; no credit exceeds it. Safe to repeat.

    :raises DeclaredSecondsRefusedError: out of bounds, or a published lesson shows the package.
    """
    locked = Video.objects.select_for_update().get(pk=video.pk)
    content = ScormContent.objects.filter(video=locked).first()
    if content is None or locked.kind != MediaKind.SCORM:
        raise DeclaredSecondsRefusedError(_("课件导入完成后才能填写学习时长"))
    if content.declared_seconds == seconds and content.declared_by == DeclaredBy.EDITOR:
        return content
    if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        raise DeclaredSecondsRefusedError(declared_bounds())
    if locked.lessons.exists():
        raise DeclaredSecondsRefusedError(_("已发布的课时在用这个课件，学习时长不能再改；要改请上传新版"))
    content.declared_seconds = seconds
    content.declared_by = DeclaredBy.EDITOR
    content.save(update_fields=["declared_seconds", "declared_by"])
    locked.duration_ms = video.duration_ms = seconds * 1000
    locked.save(update_fields=["duration_ms"])
    log(instance=locked, action="wagtail.edit", user=user, data={"declared_seconds": seconds})
    return content


@transaction.atomic
def set_allowed_hosts(*, video: Video, hosts: Sequence[str], user: User | None) -> ScormContent:
    """Say which hosts a package's pages may load from; ``*.example.com`` stands for all below it. Safe to repeat.

    Addresses are taken for their hosts. It takes effect for published lessons too, within a minute.

    :raises AllowedHostsRefusedError: one of them is no host, or is the site's own.
    """
    Video.objects.select_for_update().get(pk=video.pk)
    content = ScormContent.objects.filter(video_id=video.pk).first()
    if content is None:
        raise AllowedHostsRefusedError(_("课件导入完成后才能填写允许的主机"))
    wanted = list(dict.fromkeys(_checked(host) for host in hosts if host.strip()))
    if len(wanted) > MOST_HOSTS:
        raise AllowedHostsRefusedError(_("最多允许 %(most)s 个主机") % {"most": MOST_HOSTS})
    if content.allowed_hosts != wanted:
        before = content.allowed_hosts
        content.allowed_hosts = wanted
        content.save(update_fields=["allowed_hosts"])
        log(instance=video, action="wagtail.edit", user=user, data={"allowed_hosts": wanted, "before": before})
    return content


def declared_bounds() -> str:
    """What to say where a length is none that can be set."""
    bounds = {"least": SHORTEST_SECONDS, "most": LONGEST_SECONDS}
    return _("学习时长应在 %(least)s 到 %(most)s 秒之间") % bounds


def _checked(given: str) -> str:
    host = plain_host(given)
    ours = [urlsplit(origin).hostname or "" for origin in site_origins()]
    packages = content_host()
    never = [*ours, *([packages.base, f".{packages.base}"] if packages else [])]
    if not host or not outside_sources([host], never=never):
        raise AllowedHostsRefusedError(_("“%(host)s”不能作为允许的主机") % {"host": given.strip()[:80]})
    return host
