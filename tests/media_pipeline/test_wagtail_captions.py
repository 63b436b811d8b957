"""Captions, chapters, posters and another file, through the CMS's own pages; every form works without a script."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from media_pipeline.enums import FailureReason, VideoState
from media_pipeline.gateways.storage import open_file
from media_pipeline.models import CaptionTrack, Video
from media_pipeline.operations import attach_captions, version_of
from media_pipeline.queries import chapters_as_typed, cues_of
from media_pipeline.rules.captions import Cue, write_captions
from tests.factories.editors import editor
from tests.factories.media_pipeline import make_video, store_playable_files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]

SRT = "1\n00:00:00,000 --> 00:00:01,000\n您好\n\n2\n00:00:05,000 --> 00:00:06,000\n再见\n"


@pytest.fixture
def client():
    return editor("add_video", "change_video", "delete_video")


@pytest.fixture
def video() -> Video:
    video = make_video(title="混凝土浇筑")
    attach_captions(video=video, language="zh-hans", content=SRT.encode(), user=None)
    return video


def captions_url(video: Video, *more: str) -> str:
    return "/".join([f"/admin/video/captions/{video.uuid}", *more, ""])


def sheet(video: Video, **changes: str) -> dict[str, str]:
    """The editor's form as it stands, with changes; ``text_2`` names the field ``text-2``."""
    track = CaptionTrack.objects.get(video=video)
    data = {"version": version_of(track)}
    for number, cue in enumerate(cues_of(track), start=1):
        data[f"start-{number}"] = f"00:00:{cue.starts_at_ms / 1000:06.3f}"
        data[f"end-{number}"] = f"00:00:{cue.ends_at_ms / 1000:06.3f}"
        data[f"text-{number}"] = cue.text
    return {**data, **{name.replace("_", "-"): value for name, value in changes.items()}}


def cues(video: Video) -> tuple[Cue, ...]:
    return cues_of(CaptionTrack.objects.get(video=video))


def test_uploaded_subtitles_become_captions_and_open_in_the_editor(client):
    video = make_video()
    given = {"language": "en", "captions": SimpleUploadedFile("a.srt", SRT.encode("gb18030"))}
    response = client.post(captions_url(video), given)
    assert response.headers["Location"] == captions_url(video, "en")
    page = client.get(response.headers["Location"]).content.decode()
    assert ("您好" in page, 'value="00:00:05.000"' in page) == (True, True)


def test_a_second_file_of_a_language_takes_the_firsts_place(client, video):
    given = {"language": "zh-hans", "captions": SimpleUploadedFile("a.srt", SRT.replace("您好", "大家好").encode())}
    client.post(captions_url(video), given)
    assert [cue.text for cue in cues(video)] == ["大家好", "再见"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"1\n00:00:09,000 --> 00:00:08,000\nx", "字幕文件第 2 行：结束时间不晚于开始时间"),
        (write_captions([Cue(n * 10, n * 10 + 5, "字") for n in range(20_000)]).encode(), "字幕条数过多"),
        (b" " * (2 * 1024**2 + 1), "字幕文件超过 2 MB"),
        (b"", "空"),
    ],
)
def test_a_file_that_is_no_captions_is_refused_with_its_line(client, content, error):
    video = make_video()
    given = {"language": "en", "captions": SimpleUploadedFile("a.srt", content)}
    response = client.post(captions_url(video), given)
    assert error in response.context["form"].errors["captions"][0]
    assert CaptionTrack.objects.count() == 0


def test_an_unknown_language_is_refused(client):
    video = make_video()
    given = {"language": "../x", "captions": SimpleUploadedFile("a.srt", SRT.encode())}
    assert "language" in client.post(captions_url(video), given).context["form"].errors


def test_captions_are_taken_away_as_a_file_of_the_videos_name(client, video):
    response = client.get(captions_url(video, "zh-hans", "file"))
    assert response.headers["Content-Type"] == "text/vtt; charset=utf-8"
    assert "%E6%B7%B7" in response.headers["Content-Disposition"]
    assert response.content.decode().startswith("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n您好")


def test_captions_are_deleted_by_a_button_that_posts(client, video):
    address = captions_url(video, "zh-hans", "delete")
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302
    assert CaptionTrack.objects.count() == 0


def test_a_line_is_mended_and_the_page_returns_to_it(client, video):
    data = sheet(video, text_2="再见！", end_2="6.5") | {"end-2": "0:06.5", "save": "1"}
    response = client.post(captions_url(video, "zh-hans"), data)
    assert response.headers["Location"].startswith(captions_url(video, "zh-hans") + "?p=1#cue-")
    assert cues(video) == (Cue(0, 1000, "您好"), Cue(5000, 6500, "再见！"))


def test_a_line_is_added_between_two_and_one_is_removed(client, video):
    client.post(captions_url(video, "zh-hans"), sheet(video, text_1="大家好") | {"insert": "1"})
    assert cues(video) == (Cue(0, 1000, "大家好"), Cue(1000, 3000, "新字幕"), Cue(5000, 6000, "再见"))
    client.post(captions_url(video, "zh-hans"), sheet(video) | {"remove": "1"})
    assert cues(video) == (Cue(1000, 3000, "新字幕"), Cue(5000, 6000, "再见"))
    client.post(captions_url(video, "zh-hans"), sheet(video) | {"insert": "0"})
    assert cues(video)[0] == Cue(0, 1000, "新字幕")


def test_all_lines_are_shifted(client, video):
    client.post(captions_url(video, "zh-hans"), sheet(video) | {"shift": "1", "seconds": "1.25"})
    assert cues(video) == (Cue(1250, 2250, "您好"), Cue(6250, 7250, "再见"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"start-2": "0:00.5"}, "第 2 条：上一条还没有结束，这一条就开始了"),
        ({"start-2": "一会儿"}, "第 2 条：时间写法有误，应为 00:01:02.500"),
        ({"text-1": " "}, "第 1 条：没有文字"),
        ({"shift": "1", "seconds": "-1"}, "第 1 条：平移后早于视频开头"),
        ({"shift": "1", "seconds": "nan"}, "请填写要平移的秒数"),
        ({"shift": "1", "seconds": "x"}, "请填写要平移的秒数"),
        ({"insert": "0"}, "第 1 条：这里没有空隙"),
    ],
)
def test_what_cannot_be_saved_is_named_and_stays_as_typed(client, video, changes, sentence):
    before = cues(video)
    response = client.post(captions_url(video, "zh-hans"), sheet(video, text_2="改过的字") | changes)
    page = response.content.decode()
    assert (response.status_code, sentence in page, "改过的字" in page) == (422, True, True)
    assert cues(video) == before


def test_the_last_line_is_not_removed(client, video):
    client.post(captions_url(video, "zh-hans"), sheet(video) | {"remove": "2"})
    response = client.post(captions_url(video, "zh-hans"), sheet(video) | {"remove": "1"})
    assert (response.status_code, len(cues(video))) == (422, 1)


def test_the_later_of_two_editors_gets_back_what_was_typed(client, video):
    mine = sheet(video, text_1="乙改的")
    client.post(captions_url(video, "zh-hans"), sheet(video, text_1="甲改的"))
    response = client.post(captions_url(video, "zh-hans"), mine)
    page = response.content.decode()
    assert (response.status_code, "被别人改过" in page) == (409, True)
    assert ("乙改的" in response.context["lost"], "甲改的" in page) == (True, True)
    assert cues(video)[0].text == "甲改的"


def test_script_in_words_is_shown_as_text(client, video):
    client.post(captions_url(video, "zh-hans"), sheet(video, text_1="</textarea><script>alert(1)</script>"))
    page = client.get(captions_url(video, "zh-hans")).content.decode()
    assert "<script>alert(1)" not in page
    with open_file(CaptionTrack.objects.get().path) as stored:
        assert b"<" not in stored.read()


def test_long_captions_are_shown_fifty_a_page_in_the_same_statements(client, django_assert_max_num_queries):
    video = make_video()
    many = write_captions([Cue(n * 1000, n * 1000 + 900, f"第{n}句") for n in range(120)]).encode()
    attach_captions(video=video, language="zh-hans", content=many, user=None)
    client.get(captions_url(video, "zh-hans"))
    with django_assert_max_num_queries(15):
        page = client.get(captions_url(video, "zh-hans") + "?p=3").content.decode()
    assert ("第100句" in page, "第99句" in page, 'id="cue-120"' in page) == (True, False, True)
    data = {"version": version_of(CaptionTrack.objects.get()), "start-101": "1:40", "end-101": "1:40.5"}
    client.post(captions_url(video, "zh-hans") + "?p=3", data | {"text-101": "改"})
    assert cues(video)[100] == Cue(100_000, 100_500, "改")
    assert client.get(captions_url(video, "zh-hans") + "?p=99x").status_code == 200


def test_chapters_are_typed_and_shown(client):
    video = make_video(title="浇筑", duration_ms=60_000)
    address = f"/admin/video/chapters/{video.uuid}/"
    assert client.post(address, {"text": "0:00 开场\n0:30 <b>浇筑", "before": ""}).status_code == 302
    assert chapters_as_typed(video) == "00:00:00 开场\n00:00:30 <b>浇筑"
    assert "0:30 &lt;b&gt;浇筑" in client.get(f"/admin/video/inspect/{video.pk}/").content.decode()
    response = client.post(address, {"text": "0:00 甲\n1:00 乙", "before": chapters_as_typed(video)})
    assert response.context["form"].errors["text"] == ["第 2 行：开始时间超过了视频时长"]


def test_chapters_changed_by_somebody_else_are_told(client):
    video = make_video(duration_ms=60_000)
    address = f"/admin/video/chapters/{video.uuid}/"
    client.post(address, {"text": "0:00 甲", "before": ""})
    response = client.post(address, {"text": "0:00 乙", "before": ""})
    assert "00:00:00 甲" in response.context["form"].errors["text"][0]
    assert (chapters_as_typed(video), "0:00 乙" in response.content.decode()) == ("00:00:00 甲", True)


def test_a_poster_is_chosen_or_uploaded(client):
    video = make_video()
    store_playable_files(video)
    address = f"/admin/video/poster/{video.uuid}/"
    stream = io.BytesIO()
    Image.new("RGB", (640, 360)).save(stream, "PNG")
    client.post(address, {"picture": SimpleUploadedFile("a.png", stream.getvalue())})
    video.refresh_from_db()
    own = video.poster_path
    pictures = client.get(address).context["pictures"]
    assert [(each["used"], client.get(each["url"]).headers["Content-Type"]) for each in pictures] == [
        (False, "image/jpeg"),
        (True, "image/jpeg"),
    ]
    client.post(address, {"choice": pictures[0]["name"]})
    video.refresh_from_db()
    assert (own.startswith(f"videos/{video.uuid}/posters/"), video.poster_path.endswith("/poster.jpg")) == (True, True)


@pytest.mark.parametrize("data", [{}, {"choice": "0" * 16}])
def test_no_poster_is_no_choice(client, data):
    video = make_video()
    response = client.post(f"/admin/video/poster/{video.uuid}/", data)
    assert (response.status_code, len(response.context["form"].errors)) == (200, 1)


def test_an_svg_is_no_poster(client):
    video = make_video()
    given = {"picture": SimpleUploadedFile("a.jpg", b"<svg><script>1</script></svg>", "image/jpeg")}
    response = client.post(f"/admin/video/poster/{video.uuid}/", given)
    assert response.context["form"].errors["picture"] == ["请上传 JPEG、PNG 或 WebP 图片"]


def test_another_file_becomes_a_video_that_names_what_it_replaces(client):
    old = make_video(title="旧的")
    given = {"file": SimpleUploadedFile("新.mp4", b"bytes"), "title": "新的"}
    response = client.post(f"/admin/video/replace/{old.uuid}/", given, follow=True)
    new = Video.objects.get(title="新的")
    assert (new.replaces, new.state, old.state) == (old, VideoState.INSPECTING, VideoState.READY)
    assert "旧的" in response.content.decode()


def test_replacing_by_the_plain_form_asks_for_both_rights_too():
    old = make_video()
    for right in ("add_video", "change_video"):
        given = {"file": SimpleUploadedFile("新.mp4", b"bytes"), "title": "新的"}
        assert editor(right).post(f"/admin/video/replace/{old.uuid}/", given)["Location"] == "/admin/"
        assert f"/admin/video/replace/{old.uuid}/" not in editor(right).get(f"/admin/video/inspect/{old.pk}/").text
    assert list(Video.objects.all()) == [old]


@pytest.mark.parametrize("page", ["captions", "chapters", "poster", "replace"])
def test_pages_of_a_video_stay_within_fifteen_statements(client, video, page, django_assert_max_num_queries):
    client.get(f"/admin/video/{page}/{video.uuid}/")
    with django_assert_max_num_queries(15):
        assert client.get(f"/admin/video/{page}/{video.uuid}/").status_code == 200


def test_an_editor_who_may_only_look_changes_nothing(video):
    client = editor("view_video")
    before = cues(video)
    for page in ("captions", "chapters", "poster", "replace"):
        assert client.get(f"/admin/video/{page}/{video.uuid}/").status_code == 302, page
    client.post(captions_url(video, "zh-hans"), sheet(video, text_1="改"))
    client.post(captions_url(video, "zh-hans", "delete"))
    assert cues(video) == before
    page = client.get(f"/admin/video/inspect/{video.pk}/").content.decode()
    assert f"/admin/video/captions/{video.uuid}/" not in page


def test_a_failed_video_has_no_poster_to_choose_and_still_takes_captions(client):
    video = make_video(state=VideoState.FAILED, failure_reason=FailureReason.BROKEN)
    assert "视频可播放后才能选择封面" in client.get(f"/admin/video/poster/{video.uuid}/").content.decode()
    assert client.get(captions_url(video)).status_code == 200
