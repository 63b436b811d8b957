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
    """What learners get: a film that plays, pages that are turned, or a package that runs."""

    VIDEO = "video", _("视频")
    SLIDES = "slides", _("幻灯片")
    SCORM = "scorm", _("SCORM 课件")


class ScormStandard(TextChoices):
    """Which edition of SCORM a package speaks; the first word decides the run-time's calls."""

    V12 = "1.2", _("SCORM 1.2")
    V2004_2 = "2004-2", _("SCORM 2004 第二版")
    V2004_3 = "2004-3", _("SCORM 2004 第三版")
    V2004_4 = "2004-4", _("SCORM 2004 第四版")


class DeclaredBy(TextChoices):
    """Who says how long a package takes to learn."""

    MANIFEST = "manifest", _("课件清单")
    EDITOR = "editor", _("编辑填写")
    NOBODY = "nobody", _("未声明，按默认值")


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

    NOT_MEDIA = "not_media", _("无法识别这个文件：请上传视频，或 PDF、PPTX 格式的演示文稿")
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
    DECK_TOO_LARGE = "deck_too_large", _("演示文稿过大，请压缩其中的图片后重新上传")
    PAGE_TOO_HEAVY = "page_too_heavy", _("有的页面过于复杂，无法生成图片；请简化后另存为 PDF 再上传")
    NO_PAGES = "no_pages", _("演示文稿中没有页面，请重新导出后上传")
    NO_CONVERTER = "no_converter", _("服务器不能转换此格式，请另存为 PDF 后上传")
    NO_SPACE = "no_space", _("服务器磁盘空间不足，请联系管理员")
    STORAGE_AWAY = "storage_away", _("存储服务暂时无法使用，请稍后点“重试”")
    INTERNAL = "internal", _("系统处理出错，请点“重试”；仍失败请联系管理员")


class CaptionFault(TextChoices):
    """What is wrong with a line of captions; the label tells the editor what to do."""

    ENCODING = "encoding", _("文件的文字编码无法识别，请另存为 UTF-8 后再上传")
    NO_CUE = "no_cue", _("没有找到一条字幕；请上传 SRT 或 WebVTT 文件")
    TIME = "time", _("时间写法有误，应为 00:01:02.500")
    ENDS_EARLY = "ends_early", _("结束时间不晚于开始时间")
    BACKWARDS = "backwards", _("开始时间早于上一条的开始时间")
    OVERLAP = "overlap", _("上一条还没有结束，这一条就开始了")
    NO_TEXT = "no_text", _("没有文字")
    TOO_LONG = "too_long", _("一条字幕的文字过长")
    TOO_MANY = "too_many", _("字幕条数过多")
    BEFORE_START = "before_start", _("平移后早于视频开头")
    NO_ROOM = "no_room", _("这里没有空隙，请先调整前后两条的时间")


class ChapterFault(TextChoices):
    """What is wrong with a line of chapters; the label tells the editor what to do."""

    TIME = "time", _("行首要写时间，例如 00:01:30 标题")
    NO_TITLE = "no_title", _("时间后面要写标题")
    TITLE_TOO_LONG = "title_too_long", _("标题不能超过 80 个字")
    TWICE = "twice", _("与另一章的开始时间相同")
    BEYOND_END = "beyond_end", _("开始时间超过了视频时长")
    TOO_MANY = "too_many", _("章节过多，最多 100 个")


class UsagePlace(TextChoices):
    """Where a lesson that shows a video stands."""

    DRAFT = "draft", _("草稿")
    LIVE = "live", _("已发布页面")
    EDITION = "edition", _("冻结版次")
