from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image

from media_pipeline.enums import VideoState
from media_pipeline.gateways.slides import draw_slide
from media_pipeline.gateways.storage import open_file
from media_pipeline.models import Video
from media_pipeline.operations import ready_slide_video
from media_pipeline.rules.captions import parse_captions
from media_pipeline.rules.slides import parse_slide_script

SCRIPT = parse_slide_script(
    {
        "name": "test-slides",
        "title": "测试讲座",
        "slides": [
            {"title": "封面", "lines": ["公共基础知识"], "seconds": 1, "narration": "您好。"},
            {
                "title": "一、看隐蔽验收",
                "lines": ["钢筋、预埋件", "垫块"],
                "seconds": 2,
                "narration": "先看这里。再看那里。",
            },
        ],
    }
)


def test_slides_are_drawn_in_the_colours_of_the_house(tmp_path):
    draw_slide(SCRIPT, 0, tmp_path / "0.png")
    draw_slide(SCRIPT, 1, tmp_path / "1.png")
    with Image.open(tmp_path / "0.png") as title, Image.open(tmp_path / "1.png") as points:
        assert (title.size, points.size) == ((1280, 720), (1280, 720))
        assert title.getpixel((5, 5)) == (0x1F, 0x3A, 0x5F)
        assert points.getpixel((5, 5)) == (0x1F, 0x3A, 0x5F)
        assert points.getpixel((640, 5)) == (0xFB, 0xFA, 0xF7)


@pytest.mark.django_db
@pytest.mark.usefixtures("media_folder")
def test_script_becomes_a_playable_video_with_captions_once(settings):
    video = ready_slide_video(script=SCRIPT, user=None, clock=timezone.now)
    assert (video.state, video.title, video.duration_ms) == (VideoState.READY, "测试讲座", 3000)
    assert [item["height"] for item in video.renditions] == [720, 540, 360]
    with open_file(video.captions.get().path) as stored:
        cues = parse_captions(stored.read().decode())
    assert [cue.text for cue in cues] == ["您好。", "先看这里。", "再看那里。"]
    again = ready_slide_video(script=SCRIPT, user=None, clock=timezone.now)
    assert (again.pk, Video.objects.count()) == (video.pk, 1)
    cached = list((Path(settings.XUESHI_HOME) / "cache" / "demo-videos").iterdir())
    assert [path.name for path in cached] == [video.original_name]
