"""A package tried out by its author: as a learner gets it, with nothing recorded."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from wagtail.permissions import policy_registry

from accounts.models import User
from lms.lib.errors import DomainError
from media_pipeline.enums import MediaKind, VideoState
from media_pipeline.models import Video
from tracking.queries import scorm_drive_launch
from tracking.views.scorm_page import PackagePage, scorm_texts, standing_facts, standing_labels, with_popups

_ANY_OF = ["add", "change", "delete", "view"]


@require_GET
@never_cache
@login_required
def scorm_drive(request: HttpRequest, video_uuid: UUID) -> HttpResponse:
    """Let who may see the library's packages try one out: no attempt, no lease, no heartbeat, no commit."""
    user = request.user
    if not isinstance(user, User) or not _may_try(user):
        raise PermissionDenied
    packages = Video.objects.select_related("scorm").filter(kind=MediaKind.SCORM, state=VideoState.READY)
    video = get_object_or_404(packages, uuid=video_uuid, scorm__isnull=False)
    try:
        launch = scorm_drive_launch(video, user, now=timezone.now())
    except DomainError as error:
        return render(request, "tracking/scorm_drive.html", {"video": video, "refusal": str(error)})
    page = _page(video)
    config = {**page.config, "launch": launch}
    context = {"video": video, "package": page, "config": config, "texts": {**_control_texts(), **scorm_texts()}}
    return with_popups(render(request, "tracking/scorm_drive.html", context))


def _may_try(user: User) -> bool:
    policy = policy_registry.get_by_type(Video)
    return user.has_perm("wagtailadmin.access_admin") and policy.user_has_any_permission(user, _ANY_OF)


def _page(video: Video) -> PackagePage:
    facts = standing_facts(None)
    hint = _("与学员所见相同；成绩、进度与时间都不记录，刷新即从头开始。")
    return PackagePage(
        title=video.title,
        standard=video.scorm.get_standard_display(),
        hint=hint,
        restart_url="",
        back_url="",
        back_label="",
        standing=facts,
        config={
            "title": video.title,
            "hint": hint,
            "isBegun": False,
            "labels": standing_labels(),
            "standing": facts,
        },
    )


def _control_texts() -> dict[str, str]:
    return {
        "fullscreen": _("全屏"),
        "exitFullscreen": _("退出全屏"),
        "drive": _("开始试播"),
        "driveAgain": _("再试一次"),
        "said_item": _("单元 {title}：{state}"),
        "said_standing": _("报告 {standing}"),
        "said_fault": _("出错 {code}：{detail}"),
        "said_refused": _("拒绝 {code}"),
        "said_ended": _("结束：{reason}"),
        "state_launching": _("正在打开"),
        "state_running": _("运行中"),
        "state_ended": _("已结束"),
        "state_none": _("没有打开的单元"),
        "said_call": _("调用 {call}"),
    }
