"""The words of the player's scripts, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def player_texts() -> dict[str, str]:
    """Texts by the names under which the scripts know them; ``{…}`` are filled in by the scripts."""
    return {
        "idle": _("尚未开始计时"),
        "opening": _("正在开始计时…"),
        "pending": _("待确认 {time}"),
        "counting": _("正在计时"),
        "paused": _("未在计时：已暂停"),
        "buffering": _("未在计时：正在缓冲"),
        "hidden": _("未在计时：页面不在前台，已自动暂停"),
        "inactive": _("未在计时：已有一段时间没有操作，滚动或按任意键继续"),
        "rewatching": _("未在计时：这一段已经计过"),
        "offline": _("网络中断，已看的时间保留在本页，恢复后自动补报"),
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
        "play": _("播放"),
        "pause": pgettext("player", "暂停"),
        "mute": _("静音"),
        "unmute": _("取消静音"),
        "captionsOn": _("打开字幕"),
        "captionsOff": _("关闭字幕"),
        "fullscreen": _("全屏"),
        "exitFullscreen": _("退出全屏"),
        "seekValue": _("{position}，共 {duration}"),
    }
