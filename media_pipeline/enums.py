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

    V12 = "1.2", "SCORM 1.2"
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

    NOT_MEDIA = "not_media", _("无法识别这个文件：请上传视频，PDF、PPTX 格式的演示文稿，或 SCORM 课件的 zip 包")
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
    NOT_ZIP = "not_zip", _("这不是 zip 压缩包（可能是改了扩展名的 RAR 或 7z），请用课件工具导出 zip 格式的 SCORM 包")
    ZIP_EMPTY = "zip_empty", _("压缩包里没有文件，请重新导出后上传")
    ZIP_BROKEN = "zip_broken", _("压缩包不完整或已损坏，请重新导出后上传")
    ZIP_TAMPERED = "zip_tampered", _("压缩包的内部记录互相矛盾，不能安全解压，请用课件工具重新导出")
    ZIP_METHOD = "zip_method", _("压缩包用了不支持的压缩方式，请用普通 zip 方式（Deflate）重新压缩")
    ZIP_BOMB = "zip_bomb", _("压缩包的压缩比异常，解压后会占满磁盘，不能导入")
    ZIP_LINK = "zip_link", _("压缩包里有链接或特殊文件，请换成普通文件后重新打包")
    ZIP_DUPLICATE = "zip_duplicate", _("压缩包里有重名的文件，请去掉重复的文件后重新打包")
    BAD_PATH = "bad_path", _("压缩包里有指向包外或含非法字符的路径，不能导入，请用课件工具重新导出")
    PATH_TOO_LONG = "path_too_long", _("压缩包里的文件名过长或文件夹层数过多，请缩短后重新打包")
    TOO_MANY_FILES = "too_many_files", _("压缩包里的文件数超过上限（20,000 个），请拆成几个课件")
    FILE_TOO_LARGE = "file_too_large", _("压缩包里有超过上限（2 GB）的文件，请压缩其中的视频后重新打包")
    PACKAGE_LARGE = "package_large", _("课件解压后超过上限（4 GB），请压缩其中的视频或拆成几个课件")
    SERVER_FILES = "server_files", _("课件里有在服务器上运行的程序文件（如 PHP、JSP、ASP），请删除后重新打包")
    NO_MANIFEST = "no_manifest", _("压缩包里没有找到 imsmanifest.xml，这不是 SCORM 课件，请用课件工具导出 SCORM 包")
    MANY_MANIFESTS = "many_manifests", _("压缩包里有几份 imsmanifest.xml，分不清哪一份是课件清单，请一个课件一个压缩包")
    MANIFEST_BROKEN = "manifest_broken", _("课件清单 imsmanifest.xml 有错误，无法读取，请用课件工具重新导出")
    MANIFEST_UNSAFE = (
        "manifest_unsafe",
        _("课件清单里有外部实体或文档类型声明，为安全起见不能导入，请用课件工具重新导出"),
    )
    MANIFEST_EMPTY = "manifest_empty", _("课件清单 imsmanifest.xml 是空的，请用课件工具重新导出")
    MANIFEST_LARGE = "manifest_large", _("课件清单过大或层次过深，请拆成几个课件后重新导出")
    BAD_IDENTIFIER = "bad_identifier", _("课件清单里有重复或超过 255 个字符的标识，进度会记错，请改正后重新导出")
    NOT_SCORM = "not_scorm", _("这份清单不是 SCORM 1.2 或 SCORM 2004 的，请用课件工具导出 SCORM 包")
    NO_ORGANIZATION = "no_organization", _("课件清单里没有可用的目录（organization），请用课件工具重新导出")
    NOTHING_TO_PLAY = "nothing_to_play", _("课件清单里没有可以打开的内容，请用课件工具重新导出")
    NO_SPACE = "no_space", _("服务器磁盘空间不足，请联系管理员")
    STORAGE_AWAY = "storage_away", _("存储服务暂时无法使用，请稍后点“重试”")
    INTERNAL = "internal", _("系统处理出错，请点“重试”；仍失败请联系管理员")


class FindingLevel(TextChoices):
    """How grave a finding in a SCORM package is: something does not work, may not work, or is good to know."""

    ERROR = "error", _("不能正常学习")
    WARNING = "warning", _("可能有问题")
    INFO = "info", _("供参考")


class FindingCode(TextChoices):
    """What was found in a SCORM package; the label tells its author what to do."""

    STANDARD_DISAGREES = (
        "standard_disagrees",
        _("清单写的版本与命名空间不一致，已按命名空间处理；请在课件工具中重新选择版本后导出"),
    )
    DOCTYPE = "doctype", _("清单带有 DOCTYPE 声明，已忽略；不影响学习")
    ENCODING_MENDED = "encoding_mended", _("清单的文字编码与声明不符，已自动识别；请核对标题是否有乱码")
    PREFIX_MENDED = (
        "prefix_mended",
        _("清单用了没有声明的命名空间前缀，已自动补上；请核对目录，或在课件工具中重新导出"),
    )
    ORGANIZATION_MISSING = (
        "organization_missing",
        _("清单没有课程结构，已按可启动的资源逐个生成目录；请核对目录，或重新导出"),
    )
    DEFAULT_MISSING = "default_missing", _("清单没有指明默认的课程结构，已采用第一个；请核对目录")
    OTHER_ORGANIZATIONS = "other_organizations", _("清单含有多个课程结构，只使用默认的一个；其余的请另行导出")
    SUBMANIFEST = "submanifest", _("清单含有子清单，其中的内容不会出现在目录里；请把它们并入主清单后重新导出")
    RESOURCE_MISSING = "resource_missing", _("目录项指向的资源在清单中找不到，无法打开；请重新导出")
    NOTHING_TO_OPEN = "nothing_to_open", _("目录项既没有内容也没有下级；请删去它，或给它指定内容")
    CLUSTER_CONTENT = (
        "cluster_content",
        _("有下级的目录项不能再有自己的内容（SCORM 2004），这份内容不会打开；请把它移到下级"),
    )
    IDENTIFIER_MISSING = "identifier_missing", _("有目录项没有标识，已自动编号；重新导出时请补上，以免换版后进度对不上")
    IDENTIFIER_REPEATED = "identifier_repeated", _("有重复的标识，已采用第一个；请在课件工具中改正后重新导出")
    TITLE_MISSING = "title_missing", _("没有标题，已用标识代替；建议补上")
    KIND_MISSING = "kind_missing", _("资源没有注明是 SCO 还是素材，已自行判断；请核对能否记录进度")
    JUNK_IGNORED = "junk_ignored", _("压缩包里有系统自动生成的文件（如 __MACOSX、.DS_Store），已忽略；不影响学习")
    OUTSIDE_ROOT = "outside_root", _("有文件在清单所在的文件夹之外，没有导入；如课件要用，请移到清单旁边后重新打包")
    NAMES_DECODED = "names_decoded", _("压缩包没有注明文件名的编码，已自动识别；请核对文件名是否有乱码")
    NAMES_MENDED = "names_mended", _("压缩包用反斜杠分隔文件夹，已更正；不影响学习")
    CASE_TWINS = "case_twins", _("有只差大小写的文件名，在有的电脑上会互相覆盖；请改成不同的名字")
    FILE_MISSING = "file_missing", _("清单列出的文件不在课件包中；请补上后重新打包")
    FILE_CASE = "file_case", _("文件名的大小写或写法与清单不一致，已对应到实际文件；网页中的引用也请一并核对")
    PATH_MENDED = "path_mended", _("路径写法不规范（反斜杠或多余的斜杠），已更正")
    OUTSIDE_PACKAGE = "outside_package", _("路径指到了课件包之外，无法打开；请改为包内的相对路径")
    EXTERNAL_LAUNCH = "external_launch", _("目录项直接打开外部网站，不能在这里学习；请把内容放进课件包")
    METADATA_UNREADABLE = "metadata_unreadable", _("外部元数据文件缺失或无法读取，已忽略")
    SEQUENCING_MISSING = "sequencing_missing", _("目录项引用的排序规则在清单中找不到，已按默认规则；请核对学习次序")
    VALUE_UNREADABLE = "value_unreadable", _("清单中有无法识别的取值，已忽略；请在课件工具中核对")
    NEVER_REPORTS = (
        "never_reports",
        _("课件从不报告学习情况，无法知道是否学完；请把课时的要求设为“只看学习时间”，或换用会报告的课件"),
    )
    NEVER_COMPLETES = (
        "never_completes",
        _("课件会连接平台，但没有找到报告“学完”的代码，可能在退出时才算学完；请试学核对"),
    )
    WRONG_API = "wrong_api", _("课件只会用另一个版本的接口，连不上平台；请按清单的版本重新导出")
    EXTERNAL_HOST = (
        "external_host",
        _("页面从外部网站取内容，会被拦截；请把这些文件放进课件包，或由编辑在下方允许这些主机"),
    )
    MIXED_CONTENT = "mixed_content", _("页面引用了不加密的 http 地址，浏览器会拦截；请改为 https 或放进课件包")
    FLASH = "flash", _("含有 Flash 内容，如今的浏览器都不能播放；请换成视频或 HTML5")
    DOCUMENT_DOMAIN = "document_domain", _("代码设置 document.domain，会失败；请删去这句代码")
    TOP_WINDOW = "top_window", _("代码要操作最外层窗口，会被拦截；请改用课件自己的窗口")
    LOCAL_STORAGE = "local_storage", _("代码把数据存在浏览器里，换设备后不会保留；进度应通过 SCORM 接口保存")
    SERVICE_WORKER = "service_worker", _("代码要注册 Service Worker，会被拦截；请关闭离线缓存功能")
    MORE = "more", _("同类问题还有更多，未一一列出")


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
