"""Why a deck of slides did not become readable; the words for what is no media at all name decks too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("media_pipeline", "0003_upload_compares_parts")]

    operations = [
        migrations.AlterField(
            model_name="video",
            name="failure_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("not_media", "无法识别这个文件：请上传视频，或 PDF、PPTX 格式的演示文稿"),
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
                    ("no_space", "服务器磁盘空间不足，请联系管理员"),
                    ("storage_away", "存储服务暂时无法使用，请稍后点“重试”"),
                    ("internal", "系统处理出错，请点“重试”；仍失败请联系管理员"),
                ],
                max_length=16,
                verbose_name="失败原因",
            ),
        ),
    ]
