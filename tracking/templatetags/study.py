"""How study is put into words: ``{% load study %}``."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tracking.enums import NotCountedReason

register = template.Library()

REASON_LABELS: dict[str, str | Promise] = {
    NotCountedReason.MALFORMED: _("播放器上报的内容无法识别，请刷新页面"),
    NotCountedReason.WRONG_SEQUENCE: _("重复的上报，此前已经处理过"),
    NotCountedReason.LEASE_ENDED: _("本页面已不在计时，例如已在其他设备继续"),
    NotCountedReason.HIDDEN_PAGE: _("页面不在前台"),
    NotCountedReason.TOO_FAST_PLAYBACK: _("播放倍速超过允许的上限"),
    NotCountedReason.OUTSIDE_LESSON: _("超出本节时长的部分"),
    NotCountedReason.ALREADY_COUNTED: _("重看已经计过的部分"),
    NotCountedReason.FASTER_THAN_CLOCK: _("上报的时长多于实际经过的时间"),
    NotCountedReason.CHALLENGE_UNANSWERED: _("随堂验证未作答期间"),
    NotCountedReason.TOO_FRAGMENTED: _("播放片段过于零碎"),
    NotCountedReason.DAILY_CAP: _("已达到当日学时上限，明天可以继续"),
    NotCountedReason.CLAIMED_LESS: _("课件自己申报的学习时间少于系统测得的时间"),
    NotCountedReason.CLAIMED_MORE: _("课件自己申报的学习时间多于系统测得的时间"),
    NotCountedReason.BEYOND_DECLARED: _("超出课件声明的学习时长"),
}


@register.filter
def clock(milliseconds: int | None) -> str:
    """Show milliseconds as ``00:45`` or ``1:02:45``; parts of a second are cut."""
    seconds = (milliseconds or 0) // 1000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02d}:{seconds % 60:02d}" if hours else f"{minutes:02d}:{seconds % 60:02d}"


@register.filter
def reason_label(code: str) -> str:
    """Say in plain words why time was not counted."""
    return str(REASON_LABELS.get(code, code))
