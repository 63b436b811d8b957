"""The uploader, as an element for a script to mount."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import template
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.translation import gettext as _

from media_pipeline.queries import upload_limit

register = template.Library()
_ANY = UUID(int=0)


@register.inclusion_tag("media_pipeline/_uploader.html", takes_context=True)
def video_uploader(
    context: dict[str, Any], replaces: UUID | str | None = None, multiple: bool = True
) -> dict[str, Any]:
    """Render the element that ``mountUploader`` of uploader.js brings to life; hidden until then."""
    request = context["request"]
    urls = {"list": reverse("media_uploads:list"), "begin": reverse("media_uploads:begin")}
    urls |= {name: reverse(f"media_uploads:{name}", args=(_ANY,)) for name in ("sign", "complete", "abort")}
    config = {
        "urls": urls,
        "csrf": get_token(request),
        "max_bytes": upload_limit(request.user),
        "multiple": multiple and not replaces,
        "replaces": str(replaces) if replaces else "",
        "texts": _texts(),
    }
    return {"config": config, "multiple": config["multiple"], "replaces": replaces}


def _texts() -> dict[str, str]:
    """What the script says; ``%{…}`` is Uppy's way of naming a value, ``%(…)s`` ours."""
    return {
        "limit": _("每个文件最大 %(size)s"),
        "exceeds": _("%{file} 超过上限 %{size}，请压缩或分段后再上传"),
        "empty": _("文件为空，请重新选择文件"),
        "duplicate": _("%{fileName} 已在列表中"),
        "preparing": _("准备中…"),
        "checking": _("正在核对已上传的部分…"),
        "sending": _("上传中"),
        "waiting": _("网络中断，恢复后自动继续"),
        "finishing": _("正在完成…"),
        "paused": _("已暂停"),
        "arrived": "%(bytes)s / %(size)s",
        "speed": _("%(speed)s/秒"),
        "left": _("剩余 %(time)s"),
        "done": _("已上传 %(size)s，正在处理"),
        "done_of": _("“%(name)s”已上传，正在处理"),
        "percent_of": _("“%(name)s”已上传 %(percent)s%%"),
        "progress_of": _("“%(name)s”的上传进度"),
        "pause": _("暂停"),
        "pause_of": _("暂停上传“%(name)s”"),
        "resume": _("继续"),
        "resume_of": _("继续上传“%(name)s”"),
        "cancel": _("取消"),
        "cancel_of": _("取消上传“%(name)s”"),
        "retry": _("重试"),
        "retry_of": _("重试上传“%(name)s”"),
        "restart": _("从头上传"),
        "restart_of": _("从头上传“%(name)s”"),
        "look": _("查看处理进度"),
        "look_of": _("查看处理进度：“%(name)s”"),
        "give_up": _("放弃"),
        "give_up_of": _("放弃上传“%(name)s”"),
        "changed": _("文件在中断后被修改过，请从头上传"),
        "unreadable": _("无法读取文件：它可能已被移动、改名或修改，请重新选择"),
        "signed_out": _("登录已过期，请在新标签页登录后点“重试”"),
        "failed": _("上传失败，请点“重试”；仍失败请联系管理员"),
    }
