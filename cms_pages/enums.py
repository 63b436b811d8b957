"""Closed lists of the app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Shortcoming(TextChoices):
    """What keeps a course page from being published; the label tells the editor what to do."""

    NO_LESSON = "no_lesson", _("还没有课时，请至少添加一个课时")
    NO_POST = "no_post", _("专业岗位知识课程要选择适用岗位")
    NO_VIDEO = "no_video", _("还没有选择视频")
    VIDEO_NOT_READY = "video_not_ready", _("视频还在处理，请等它变为“可播放”后再发布")
    VIDEO_FAILED = "video_failed", _("视频处理失败，请按失败原因重新上传后更换")
    NO_TEXT = "no_text", _("阅读课时没有正文")
    NO_CREDIT = "no_credit", _("请填写学时分钟和所需学习秒数")
    UNREACHABLE = "unreachable", _("所需学习秒数比视频还长，学员无法学完，请改小")
