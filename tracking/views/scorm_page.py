"""What the page of a lesson that shows a package, and its scripts, are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Learner
from courses.models import Lesson
from lms.lib.errors import DomainError
from media_pipeline.enums import MediaKind, ScormStandard, VideoState
from media_pipeline.models import Video
from media_pipeline.queries import can_run_packages
from tracking import operations
from tracking.enums import ScormCompletion, ScormSuccess
from tracking.models import Enrolment, ScormAttempt
from tracking.permissions import learner_required, own_enrolment
from tracking.queries import LessonStanding, PackageStanding, scorm_drive_launch, scorm_review_launch


@dataclass(frozen=True, slots=True)
class PackagePage:
    """What stands on the page before the package is opened. ``restart_url`` is "" while it may not be begun again."""

    title: str
    standard: str
    hint: str
    restart_url: str
    back_url: str
    back_label: str
    standing: dict[str, Any]
    config: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PackageTrouble:
    """Why no package can be opened here, for the learner."""

    title: str
    text: str


def package_page(request: HttpRequest, enrolment: Enrolment, standing: LessonStanding) -> PackagePage | PackageTrouble:
    """The page's part of a lesson's package: no statement, four where it is learnt."""
    lesson, video = standing.lesson, standing.lesson.video
    if not can_run_packages():
        text = _("本站还没有设置课件专用的域名，SCORM 课件暂时无法打开。请联系管理员。")
        return PackageTrouble(_("课件暂时打不开"), text)
    package = standing.package
    if package is None or video is None or video.state != VideoState.READY or video.kind != MediaKind.SCORM:
        return PackageTrouble(_("课件正在准备"), _("课件检查完成后即可学习，请稍后刷新本页。"))
    is_open = package.newest is not None and package.newest.ended_at is None
    may_restart = package.newest is not None and not standing.is_done and package.may_begin_another
    facts = standing_facts(package.newest if is_open else package.counted)
    hint = _hint(standing, package, is_open=is_open)
    return PackagePage(
        title=lesson.title,
        standard=_standard(video),
        hint=hint,
        restart_url=reverse("tracking:scorm_restart", args=(enrolment.uuid, lesson.uuid)) if may_restart else "",
        back_url=reverse("tracking:course", args=(enrolment.course.uuid,)),
        back_label=_("回到课程"),
        standing=facts,
        config={
            "title": lesson.title,
            "hint": hint,
            "isBegun": is_open,
            "labels": standing_labels(),
            "standing": facts,
            "launch": _review(request, enrolment, lesson, video) if standing.is_done else None,
        },
    )


@require_POST
@learner_required
def scorm_restart(request: HttpRequest, learner: Learner, enrolment_uuid: UUID, lesson_uuid: UUID) -> HttpResponse:
    """Let a learner begin a package from its beginning, as far as further attempts are allowed."""
    enrolment = own_enrolment(learner, enrolment_uuid)
    lesson = enrolment.edition.lessons.filter(uuid=lesson_uuid).first()
    if lesson is None:
        raise Http404
    try:
        operations.restart_scorm_attempt(enrolment=enrolment, lesson=lesson, now=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已重新开始：从头学习这个课件，此前计入的时间保留。"))
    return redirect("tracking:player", enrolment_uuid, lesson_uuid)


def _standard(video: Video) -> str:
    """The standard that the import wrote down, in words; no statement."""
    name = str(video.source_facts.get("format", "")).removeprefix("SCORM ")
    return str(ScormStandard(name).label) if name in ScormStandard.values else "SCORM"


def _review(request: HttpRequest, enrolment: Enrolment, lesson: Lesson, video: Video) -> dict[str, Any]:
    """How a learnt package is looked at again; it may have been learnt for another enrolment of the year."""
    launch = scorm_review_launch(enrolment, lesson, now=timezone.now())
    if launch is not None:
        return launch
    first = scorm_drive_launch(video, request.user, now=timezone.now())  # type: ignore[arg-type]
    return {**first, "mode": "review", "credit": "no-credit"}


def with_popups(response: HttpResponse) -> HttpResponse:
    """Let packages find the run-time from windows that they open: the usual policy cuts what ties these to a page."""
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"
    return response


def standing_facts(attempt: ScormAttempt | None) -> dict[str, Any]:
    """What a package has reported, as the scripts know it; nothing at all without an attempt."""
    completion = ScormCompletion(attempt.completion) if attempt else ScormCompletion.UNKNOWN
    success = ScormSuccess(attempt.success) if attempt else ScormSuccess.UNKNOWN
    return {
        "completion": completion.value,
        "completion_label": str(completion.label),
        "success": success.value,
        "success_label": str(success.label),
        "scaled": attempt.score_scaled if attempt else None,
        "raw": attempt.score_raw if attempt else None,
        "min": attempt.score_min if attempt else None,
        "max": attempt.score_max if attempt else None,
        "progress": attempt.progress if attempt else None,
    }


def standing_labels() -> dict[str, dict[str, str]]:
    """The words for completion and success."""
    return {
        "completion": {each.value: str(each.label) for each in ScormCompletion},
        "success": {each.value: str(each.label) for each in ScormSuccess},
    }


def scorm_texts() -> dict[str, str]:
    """Texts of the package's scripts, some in place of those of films."""
    return {**_state_texts(), **_cover_texts(), **_contents_texts()}


def _state_texts() -> dict[str, str]:
    """What counts, and what is saved."""
    return {
        "paused": _("未在计时：没有正在运行的单元"),
        "hidden": _("未在计时：页面不在前台"),
        "time_enough": _("学习时间已够，课件报告学完后记入学时"),
        "silent": _("未在计时：长时间没有上报，点“继续学习”重新开始"),
        "left": _("未在计时：已离开，点“继续学习”重新开始"),
        "unreachable": _("未在计时：连不上服务器，网络恢复后请再点一次"),
        "overloaded": _("未在计时：服务器繁忙，请稍后再点一次"),
        "saved": _("已保存"),
        "saving": _("正在保存…"),
        "unsaved": _("{pending} 条待保存，网络恢复后自动保存"),
        "noScore": _("未报告"),
        "frame": _("课件内容"),
        "frameOf": _("课件内容：{title}"),
    }


def _cover_texts() -> dict[str, str]:
    """What stands over the package while it does not run."""
    return {
        "loading": _("正在打开课件…"),
        "begin": _("开始学习"),
        "goOn": _("继续学习"),
        "review": _("再看一遍（不记录）"),
        "again": _("重试"),
        "choose": _("请从目录中选择一项"),
        "chooseHow": _("这个课件不会自动开始，点目录中的任意一项即可学习。"),
        "blocked": _("现在还不能前往那一项：请先完成课件要求的前面的内容。"),
        "openFirst": _("打开第一项"),
        "takeHere": _("改在这里学习"),
        "elsewhere": _(
            "这一课时已在其他设备或页面打开，这里不再保存。改在这里学习，那边会停下，进度从最近一次保存处继续。"
        ),
        "onlyTime": _("课件要求的内容已经全部报告，这里只补计学习时间，不再记录成绩与进度。"),
        "mayNot": _("现在不能学习这个课件"),
        "ended": _("已退出课件"),
        "ended_suspendAll": _("进度已经保存，可以随时回来继续。"),
        "ended_exitAll": _("本次学习已经结束，结果已经保存。"),
        "ended_finished": _("课件已经走完，结果已经保存。"),
        "ended_abandonAll": _("已放弃本次学习，最近一次保存之后的内容没有记录。"),
        "endedUnsaved": _("最后几条记录还没有送达，已保存在本机，下次打开本页时自动补报。"),
        "over": _("这一次学习已经结束，不能再写入。请重新打开课件。"),
        "expired": _("保存课件记录的许可已经过期，请重新打开课件；此前的记录都已保存。"),
        "stageAway": _("课件没有打开"),
        "stageSilent": _("浏览器或网络拦截了课件所在的地址。请关闭拦截插件或换一个网络后重试；仍打不开请联系管理员。"),
        "stageReplaced": _("课件离开了自己的播放页。请重新打开，进度从最近一次保存处继续。"),
    }


def _contents_texts() -> dict[str, str]:
    """The table of contents."""
    return {
        "tocSum": _("已完成 {done} 项，共 {all} 项"),
        "itemCurrent": _("正在学习"),
        "itemShut": _("尚未开放，请先完成前面的内容"),
        "item_unattempted": _("未开始"),
        "item_incomplete": _("未学完"),
        "item_completed": _("已学完"),
        "item_passed": _("已通过"),
        "item_failed": _("未通过"),
    }


def _hint(standing: LessonStanding, package: PackageStanding, *, is_open: bool) -> str:
    """What the cover says before anything runs."""
    if standing.is_done:
        return _("本节已经学完。可以再打开看，不再记录成绩与时间。")
    if is_open:
        return _("上次学到的位置已经保存，继续学习即从那里开始。")
    allowed = package.lesson.attempts_allowed
    if not allowed:
        return _("学习进度、得分与时间自动保存，可以随时退出、下次继续。")
    if not package.may_begin_another:
        return _("本课件最多可学 {allowed} 次，已经用完。").format(allowed=allowed)
    left = allowed - package.used
    return _("本课件最多可学 {allowed} 次，还可学 {left} 次。").format(allowed=allowed, left=left)
