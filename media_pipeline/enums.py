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
    INTERNAL = "internal", _("系统处理出错，请点“重试”；仍失败请联系管理员")
