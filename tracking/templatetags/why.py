"""What to do about time that was not counted: ``{% load why %}``."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tracking.enums import ChallengeOutcome, NotCountedReason

register = template.Library()

REASON_ADVICE: dict[str, str | Promise] = {
    NotCountedReason.MALFORMED: _("刷新页面后重看这一段；反复出现时，请换用新版浏览器。"),
    NotCountedReason.WRONG_SEQUENCE: _("无需处理：同一份上报第一次到达时已经处理过。"),
    NotCountedReason.LEASE_ENDED: _("回到播放页按“播放”重新开始计时，再看这一段；同一时间只能在一处学习。"),
    NotCountedReason.HIDDEN_PAGE: _("观看时让页面留在最前面，不要切换窗口或锁屏，再看这一段。"),
    NotCountedReason.TOO_FAST_PLAYBACK: _("把倍速调回允许的范围，再看这一段。"),
    NotCountedReason.OUTSIDE_LESSON: _("无需处理：这些时间不属于本节内容。"),
    NotCountedReason.ALREADY_COUNTED: _("无需处理：可以跳到上面列出的未观看时段继续。"),
    NotCountedReason.FASTER_THAN_CLOCK: _("以正常速度再看这一段；多见于设备休眠以后，或者系统时间被改动。"),
    NotCountedReason.CHALLENGE_UNANSWERED: _("先答对随堂验证，暂存的时间即计入；超出暂存上限的部分请再看一遍。"),
    NotCountedReason.TOO_FRAGMENTED: _("连续观看，不要频繁拖动进度，再看这一段。"),
    NotCountedReason.DAILY_CAP: _("次日再看这一段：当日上限由主管部门规定。"),
    NotCountedReason.CLAIMED_LESS: _("在课件里继续学习，按它的要求翻页、作答；停在一页不动时，有的课件不计时间。"),
    NotCountedReason.CLAIMED_MORE: _("无需处理：计入的时间以系统测得的为准，课件多报的部分从不计入。"),
    NotCountedReason.BEYOND_DECLARED: _("无需处理：每个课件最多计到它声明的学习时长。"),
}
CHALLENGE_NOTES: dict[str, str | Promise] = {
    ChallengeOutcome.OPEN: _("等待作答，其后观看的时间先行暂存。"),
    ChallengeOutcome.RIGHT: _("暂存的时间已经计入。"),
    ChallengeOutcome.WRONG: _("其后观看的时间仍然暂存，答对下一题即计入。"),
    ChallengeOutcome.MISSED: _("限时内没有作答，其后观看的时间仍然暂存，答对下一题即计入。"),
}


@register.filter
def reason_advice(code: str) -> str:
    """Say what the learner can do about time that was not counted."""
    return str(REASON_ADVICE.get(code, ""))


@register.filter
def challenge_note(outcome: str) -> str:
    """Say what the outcome of a challenge means for the time watched since."""
    return str(CHALLENGE_NOTES.get(outcome, ""))
