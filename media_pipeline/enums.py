"""Closed lists of the app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class VideoState(TextChoices):
    """Where a file stands on its way to being playable."""

    UPLOADING = "uploading", _("上传中")
    INSPECTING = "inspecting", _("检查中")
    TRANSCODING = "transcoding", _("转码中")
    READY = "ready", _("可播放")
    FAILED = "failed", _("失败")


class MediaKind(TextChoices):
    """What learners get: a film that plays, or pages that are turned."""

    VIDEO = "video", _("视频")
    SLIDES = "slides", _("幻灯片")


class MadeBy(TextChoices):
    """How the renditions of a film came to be."""

    ENCODING = "encoding", _("重新编码")
    REPACKAGING = "repackaging", _("直接封装")


class PieceState(TextChoices):
    """Where one piece of a long source stands."""

    WAITING = "waiting", _("等待中")
    WORKING = "working", _("转码中")
    DONE = "done", _("已完成")


class FailureReason(TextChoices):
    """Why a file did not become playable; the label tells the editor what to do."""

    NOT_MEDIA = "not_media", _("这不是音视频文件，请重新选择文件")
    NO_VIDEO = "no_video", _("文件中没有视频画面，请上传带画面的视频")
    STILL_PICTURE = "still_picture", _("这是一张图片，请上传视频文件")
    EMPTY = "empty", _("文件为空，请重新上传")
    TOO_SHORT = "too_short", _("视频没有可播放的时长，请上传完整的视频")
    TOO_LONG = "too_long", _("视频超过六小时，请分段后再上传")
    TOO_LARGE = "too_large", _("画面尺寸超出上限，请降低分辨率后重新上传")
    TRUNCATED = "truncated", _("文件不完整，请从原设备重新导出后上传")
    BROKEN = "broken", _("文件已损坏，无法解码，请重新导出后上传")
    ENCRYPTED = "encrypted", _("文件已加密，请上传未加密的版本")
    TIMED_OUT = "timed_out", _("转码超时，请把视频分段后再上传")
    CANCELLED = "cancelled", _("已取消；需要时请点“重试”")
    ABANDONED = "abandoned", _("上传中断后没有继续，请重新上传")
    MISMATCH = "mismatch", _("收到的内容与原文件不一致，请重新上传")
    UNSUPPORTED = "unsupported", _("暂不支持这种编码，请导出为 MP4（H.264）后上传")
    TOO_MANY_PAGES = "too_many_pages", _("页数超过上限，请拆成几个文件后上传")
    NO_CONVERTER = "no_converter", _("服务器不能转换此格式，请另存为 PDF 后上传")
    NO_SPACE = "no_space", _("服务器磁盘空间不足，请联系管理员")
    STORAGE_AWAY = "storage_away", _("存储服务暂时无法使用，请稍后点“重试”")
    INTERNAL = "internal", _("系统处理出错，请点“重试”；仍失败请联系管理员")
