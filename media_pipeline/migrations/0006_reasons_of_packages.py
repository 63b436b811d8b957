"""Why a SCORM package could not be imported."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("media_pipeline", "0005_scorm_packages"),
    ]

    operations = [
        migrations.AlterField(
            model_name="video",
            name="failure_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("not_media", "无法识别这个文件：请上传视频，PDF、PPTX 格式的演示文稿，或 SCORM 课件的 zip 包"),
                    ("no_video", "文件中没有视频画面，请上传带画面的视频"),
                    ("still_picture", "这是一张图片，请上传视频文件"),
                    ("empty", "文件为空，请重新上传"),
                    ("too_short", "视频没有可播放的时长，请上传完整的视频"),
                    ("too_long", "视频超过六小时，请分段后再上传"),
                    ("too_large", "画面尺寸超出上限，请降低分辨率后重新上传"),
                    ("truncated", "文件不完整，请从原设备重新导出后上传"),
                    ("broken", "文件已损坏，无法解码，请重新导出后上传"),
                    ("encrypted", "文件已加密，请上传未加密的版本"),
                    ("timed_out", "转码超时，请把视频分段后再上传"),
                    ("cancelled", "已取消；需要时请点“重试”"),
                    ("abandoned", "上传中断后没有继续，请重新上传"),
                    ("mismatch", "收到的内容与原文件不一致，请重新上传"),
                    ("unsupported", "暂不支持这种编码，请导出为 MP4（H.264）后上传"),
                    ("too_many_pages", "页数超过上限，请拆成几个文件后上传"),
                    ("deck_too_large", "演示文稿过大，请压缩其中的图片后重新上传"),
                    ("page_too_heavy", "有的页面过于复杂，无法生成图片；请简化后另存为 PDF 再上传"),
                    ("no_pages", "演示文稿中没有页面，请重新导出后上传"),
                    ("no_converter", "服务器不能转换此格式，请另存为 PDF 后上传"),
                    (
                        "not_zip",
                        "这不是 zip 压缩包（可能是改了扩展名的 RAR 或 7z），请用课件工具导出 zip 格式的 SCORM 包",
                    ),
                    ("zip_empty", "压缩包里没有文件，请重新导出后上传"),
                    ("zip_broken", "压缩包不完整或已损坏，请重新导出后上传"),
                    ("zip_tampered", "压缩包的内部记录互相矛盾，不能安全解压，请用课件工具重新导出"),
                    ("zip_method", "压缩包用了不支持的压缩方式，请用普通 zip 方式（Deflate）重新压缩"),
                    ("zip_bomb", "压缩包的压缩比异常，解压后会占满磁盘，不能导入"),
                    ("zip_link", "压缩包里有链接或特殊文件，请换成普通文件后重新打包"),
                    ("zip_duplicate", "压缩包里有重名的文件，请去掉重复的文件后重新打包"),
                    ("bad_path", "压缩包里有指向包外或含非法字符的路径，不能导入，请用课件工具重新导出"),
                    ("path_too_long", "压缩包里的文件名过长或文件夹层数过多，请缩短后重新打包"),
                    ("too_many_files", "压缩包里的文件数超过上限（20,000 个），请拆成几个课件"),
                    ("file_too_large", "压缩包里有超过上限（2 GB）的文件，请压缩其中的视频后重新打包"),
                    ("package_large", "课件解压后超过上限（4 GB），请压缩其中的视频或拆成几个课件"),
                    ("server_files", "课件里有在服务器上运行的程序文件（如 PHP、JSP、ASP），请删除后重新打包"),
                    ("no_manifest", "压缩包里没有找到 imsmanifest.xml，这不是 SCORM 课件，请用课件工具导出 SCORM 包"),
                    ("many_manifests", "压缩包里有几份 imsmanifest.xml，分不清哪一份是课件清单，请一个课件一个压缩包"),
                    ("manifest_broken", "课件清单 imsmanifest.xml 有错误，无法读取，请用课件工具重新导出"),
                    ("manifest_unsafe", "课件清单里有外部实体或文档类型声明，为安全起见不能导入，请用课件工具重新导出"),
                    ("manifest_empty", "课件清单 imsmanifest.xml 是空的，请用课件工具重新导出"),
                    ("manifest_large", "课件清单过大或层次过深，请拆成几个课件后重新导出"),
                    ("bad_identifier", "课件清单里有重复或超过 255 个字符的标识，进度会记错，请改正后重新导出"),
                    ("not_scorm", "这份清单不是 SCORM 1.2 或 SCORM 2004 的，请用课件工具导出 SCORM 包"),
                    ("no_organization", "课件清单里没有可用的目录（organization），请用课件工具重新导出"),
                    ("nothing_to_play", "课件清单里没有可以打开的内容，请用课件工具重新导出"),
                    ("no_space", "服务器磁盘空间不足，请联系管理员"),
                    ("storage_away", "存储服务暂时无法使用，请稍后点“重试”"),
                    ("internal", "系统处理出错，请点“重试”；仍失败请联系管理员"),
                ],
                max_length=16,
                verbose_name="失败原因",
            ),
        ),
    ]
