"""Closed lists of the app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Shortcoming(TextChoices):
    """What keeps a course page from being published; the label tells the editor what to do."""

    NO_LESSON = "no_lesson", _("还没有课时，请至少添加一个课时")
    NO_POST = "no_post", _("专业岗位知识课程要选择适用岗位")
    NO_VIDEO = "no_video", _("还没有选择视频")
    NO_SLIDES = "no_slides", _("还没有选择幻灯片")
    NO_SCORM = "no_scorm", _("还没有选择 SCORM 课件")
    NOT_VIDEO = "not_video", _("选择的不是视频；请更换，或改选形式")
    NOT_SLIDES = "not_slides", _("选择的不是幻灯片；请更换，或改选形式")
    NOT_SCORM = "not_scorm", _("选择的不是 SCORM 课件；请更换，或改选形式")
    VIDEO_NOT_READY = "video_not_ready", _("视频还在处理，请等它变为“可播放”后再发布")
    VIDEO_FAILED = "video_failed", _("视频处理失败，请按失败原因重新上传后更换")
    NO_TEXT = "no_text", _("阅读课时没有正文")
    NO_CREDIT = "no_credit", _("请填写学时分钟和所需学习秒数")
    UNREACHABLE = "unreachable", _("所需学习秒数比视频还长，学员无法学完，请改小")
    SLIDES_UNREACHABLE = "slides_unreachable", _("所需学习秒数超过页数乘以每页秒数，学员无法学完，请改小")
    SCORM_UNREACHABLE = "scorm_unreachable", _("所需学习秒数超过课件声明的学习时长，学员无法学完，请改小")
    QUESTION_FAULTY = "question_faulty", _("随堂提问不完整：要有题目、一个正确选项和一至三个各不相同的干扰选项")
    QUESTION_TWICE = "question_twice", _("随堂提问中有两道题目相同，请改写或删去一道")
    QUESTION_AFTER_END = "question_after_end", _("随堂提问的时间超过了视频时长，请改小")
    QUESTION_TIME_IN_READING = "question_time_in_reading", _("阅读课时的随堂提问不能填写时间，请清空")
