"""Closed lists of the app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Block(TextChoices):
    """The two parts of a continuing-education year."""

    COMMON = "common", _("公共基础知识")
    PROFESSIONAL = "professional", _("专业岗位知识")


class DocumentKind(TextChoices):
    """The eight kinds of novelty that the notice asks each post to learn."""

    LAW = "law", _("新法律")
    REGULATION = "regulation", _("新法规")
    STANDARD = "standard", _("新标准")
    CODE = "code", _("新规范")
    MATERIAL = "material", _("新材料")
    EQUIPMENT = "equipment", _("新设备")
    TECHNIQUE = "technique", _("新技术")
    PROCESS = "process", _("新工艺")


class DocumentStatus(TextChoices):
    """Whether a document is in force on some day."""

    IN_FORCE = "in_force", _("现行")
    COMING = "coming", _("即将施行")
    REPEALED = "repealed", _("已废止")
    UNKNOWN = "unknown", _("施行日期未核实")


class LessonKind(TextChoices):
    """What a lesson is made of."""

    VIDEO = "video", _("视频")
    READING = "reading", _("阅读")
    SLIDES = "slides", _("幻灯片")
    SCORM = "scorm", _("SCORM 课件")


# kinds that are shown from the media library and run along a timeline: a film's own, or one page after the other
TIMELINE_KINDS = frozenset({LessonKind.VIDEO, LessonKind.SLIDES})
# kinds that show something of the media library; what a package shows runs by itself, for as long as it declares
MEDIA_KINDS = TIMELINE_KINDS | {LessonKind.SCORM}


class ScormGoal(TextChoices):
    """What a package must report, besides the time that is measured, before a lesson is learnt."""

    COMPLETED = "completed", _("学完或通过")
    PASSED = "passed", _("测验通过")
    TIME = "time", _("只看学习时间")


class CountedAttempt(TextChoices):
    """Which of several attempts at a package counts."""

    BEST = "best", _("最好一次")
    LAST = "last", _("最近一次")
    FIRST = "first", _("第一次")


class Recognition(TextChoices):
    """Who recognises the hours of a year that is met."""

    AUTOMATIC = "automatic", _("自动认定")
    OFFICER = "officer", _("人工认定")


class YearStart(TextChoices):
    """Which year is a certificate's first year of continuing education."""

    SAME_YEAR = "same_year", _("当年")
    NEXT_YEAR = "next_year", _("次年")


class YearAnchor(TextChoices):
    """From what a year of continuing education is counted."""

    ISSUE_DATE = "issue_date", _("发证日期")
