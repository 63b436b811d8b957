"""The words of the player's scripts, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def player_texts() -> dict[str, str]:
    """Texts by the names under which the scripts know them; ``{…}`` are filled in by the scripts."""
    return {**_meter_texts(), **_challenge_texts(), **_control_texts()}


def _meter_texts() -> dict[str, str]:
    """What counts, what does not, and why."""
    return {
        "idle": _("尚未开始计时"),
        "opening": _("正在开始计时…"),
        "pending": _("待确认 {time}"),
        "provisional": _("待验证 {time}"),
        "recovered": _("已补报上次离开时未确认的 {time}"),
        "counting": _("正在计时"),
        "paused": _("未在计时：已暂停"),
        "buffering": _("未在计时：正在缓冲"),
        "hidden": _("未在计时：页面不在前台，已自动暂停"),
        "inactive": _("未在计时：已有一段时间没有操作，滚动或按任意键继续"),
        "rewatching": _("未在计时：这一段已经计过"),
        "challenge": _("未在计时：随堂验证待作答"),
        "daily_cap": _("未在计时：已达到当日学时上限，明天可以继续"),
        "too_fast": _("未在计时：播放倍速超过允许的上限"),
        "offline": _("网络中断：所看时间尚未确认，已保存在本机，恢复后自动补报"),
        "offline_long": _("网络中断过久，已暂停以免白看；此前所看已保存在本机，恢复后自动补报"),
        "busy": _("服务器繁忙：所看时间尚未确认，已保存在本机，稍后自动补报"),
        "unreachable": _("未在计时：连不上服务器，网络恢复后请再按一次播放"),
        "overloaded": _("未在计时：服务器繁忙，请稍后再按一次播放"),
        "held": _("未在计时：正在另一处学习"),
        "taken_over": _("未在计时：已在其他设备或页面继续"),
        "silent": _("未在计时：长时间没有上报，按播放重新开始"),
        "left": _("未在计时：已离开，按播放重新开始"),
        "refused": _("未在计时"),
        "ready": _("已就绪，请再按一次播放"),
        "failed": _("视频无法播放，请检查网络后刷新页面"),
        "completed": _("本节已学完，学时已记入"),
        "finished": _("本节已学完，学时已记入"),
        "gap": _("还差 {time} 未计入，可跳到未计入的位置继续看"),
        "seekRefused": _("首次观看不能跳过尚未看过的部分"),
        "rateRefused": _("允许的最高倍速为 {rate} 倍"),
        "notCountedNone": _("没有"),
    }


def _challenge_texts() -> dict[str, str]:
    """What came of a challenge, and what to do next."""
    return {
        "challengePassed": _("验证通过，待验证的时间已计入"),
        "challengeWrong": _("答错了。这一段时间保留为待验证，换一题答对后计入。"),
        "challengeMissed": _("没有在时限内作答。这一段时间保留为待验证，再次作答并答对后计入。"),
        "challengeCooling": _("答错次数较多，请稍等片刻再作答。待验证的时间会保留。"),
        "challengeFailed": _("题目没有取到，请检查网络后重试。待验证的时间会保留。"),
        "challengeWait": _("{seconds} 秒后可以作答下一题"),
        "challengeRemind": _("作答时间还剩 30 秒"),
        "challengeNext": _("换一题"),
        "challengeAgain": _("再次作答"),
        "challengeRetry": _("重试"),
    }


def _control_texts() -> dict[str, str]:
    """The film's buttons."""
    return {
        "play": _("播放"),
        "pause": pgettext("player", "暂停"),
        "mute": _("静音"),
        "unmute": _("取消静音"),
        "captionsOn": _("打开字幕"),
        "captionsOff": _("关闭字幕"),
        "fullscreen": _("全屏"),
        "exitFullscreen": _("退出全屏"),
        "qualityAuto": _("自动"),
        "soundOnly": _("仅声音"),
        "streamAway": _("网络中断：已缓冲的部分继续播放，网络恢复后自动续播。"),
        "streamRefused": _("播放许可已失效，请重试；仍不能播放时请刷新页面重新登录。"),
        "seekValue": _("{position}，共 {duration}"),
    }
