"""The editor's library and chooser, as an editor with the rights for videos alone meets them."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from media_pipeline.enums import FailureReason, VideoState
from media_pipeline.models import Video
from media_pipeline.operations import process_video
from tests.factories.courses import make_edition, make_video_lesson_draft
from tests.factories.editors import editor
from tests.factories.media_pipeline import make_clip, make_video

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]

VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\n您好\n".encode()


@pytest.fixture
def client():
    return editor("add_video", "change_video", "delete_video")


def clip_file(path: Path) -> SimpleUploadedFile:
    return SimpleUploadedFile("讲座.mp4", make_clip(path).read_bytes())


def test_dropped_video_becomes_playable_and_shows_its_player(client, tmp_path):
    captions = SimpleUploadedFile("a.vtt", VTT)
    given = {"title": "安全讲座", "file": clip_file(tmp_path / "a.mp4"), "captions": captions}
    response = client.post("/admin/video/new/", given)
    video = Video.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/admin/video/inspect/{video.pk}/")
    assert (video.title, video.state, video.original_name) == ("安全讲座", VideoState.INSPECTING, "讲座.mp4")
    process_video(video_id=video.pk, clock=timezone.now)
    page = client.get(response["Location"]).content.decode()
    assert "可播放" in page
    assert f"/videos/{video.uuid}/" not in page  # only signed addresses
    source = page.split('data-hls="')[1].split('"')[0]
    playlist = client.get(source)
    assert (playlist.status_code, b"#EXTM3U" in b"".join(playlist.streaming_content)) == (200, True)
    assert 'kind="captions"' in page


def test_upload_without_a_file_says_so(client):
    response = client.post("/admin/video/new/", {"title": "x"})
    assert (response.status_code, Video.objects.count()) == (200, 0)
    assert "file" in response.context["form"].errors


def test_upload_with_wrong_captions_names_their_line(client, tmp_path):
    given = {"file": clip_file(tmp_path / "a.mp4"), "captions": SimpleUploadedFile("a.vtt", b"no captions")}
    response = client.post("/admin/video/new/", given)
    assert response.context["form"].errors["captions"] == [
        "字幕文件第 1 行：没有找到一条字幕；请上传 SRT 或 WebVTT 文件"
    ]
    assert Video.objects.count() == 0


def test_upload_above_the_limit_is_refused_by_the_form(client, settings):
    settings.XUESHI_UPLOAD_MAX_BYTES = 3
    response = client.post("/admin/video/new/", {"file": SimpleUploadedFile("a.mp4", b"1234")})
    assert "超过上限" in response.context["form"].errors["file"][0]


def test_list_shows_state_percent_and_reason(client):
    make_video(title="第一段", state=VideoState.TRANSCODING, percent=37)
    make_video(title="第二段", state=VideoState.FAILED, failure_reason=FailureReason.TRUNCATED)
    make_video(title="第三段")
    page = client.get("/admin/video/").content.decode()
    assert "37%" in page
    assert str(FailureReason.TRUNCATED.label) in page
    assert "1:00" in page
    assert "media_pipeline/video_status.js" in page


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_statements_for_one_and_three(client, count, django_assert_max_num_queries):
    for _ in range(count):
        make_video()
    client.get("/admin/video/")
    with django_assert_max_num_queries(15):
        assert client.get("/admin/video/").status_code == 200


def test_list_is_searched_by_title(client):
    make_video(title="混凝土浇筑")
    make_video(title="模板拆除")
    page = client.get("/admin/video/?q=浇筑").content.decode()
    assert ("混凝土浇筑" in page, "模板拆除" in page) == (True, False)


def test_inspect_page_stays_within_fifteen_statements(client, django_assert_max_num_queries):
    video = make_video()
    with django_assert_max_num_queries(15):
        assert client.get(f"/admin/video/inspect/{video.pk}/").status_code == 200


def test_statuses_are_told_in_one_statement_beside_the_session(client, django_assert_max_num_queries):
    one = make_video(state=VideoState.TRANSCODING, percent=12)
    two = make_video(state=VideoState.FAILED, failure_reason=FailureReason.BROKEN)
    with django_assert_max_num_queries(8):
        response = client.get("/admin/video/statuses/", {"uuid": [str(one.uuid), str(two.uuid)]})
    assert response.json() == {
        "videos": [
            {
                "uuid": str(one.uuid),
                "state": "transcoding",
                "label": "转码中",
                "percent": 12,
                "reason": "",
                "finished": False,
            },
            {
                "uuid": str(two.uuid),
                "state": "failed",
                "label": "失败",
                "percent": 0,
                "reason": str(FailureReason.BROKEN.label),
                "finished": True,
            },
        ]
    }


def test_statuses_of_nonsense_are_a_bad_request(client):
    assert client.get("/admin/video/statuses/?uuid=x").status_code == 400


def test_retry_is_a_button_that_posts(client):
    video = make_video(state=VideoState.FAILED, failure_reason=FailureReason.INTERNAL)
    address = f"/admin/video/retry/{video.uuid}/"
    assert f'action="{address}"' in client.get(f"/admin/video/inspect/{video.pk}/").content.decode()
    assert client.get(address).status_code == 405
    response = client.post(address)
    video.refresh_from_db()
    assert (response.status_code, video.state) == (302, VideoState.INSPECTING)
    assert "只有失败的视频可以重试" in client.post(address, follow=True).content.decode()


def test_editing_changes_the_title_and_nothing_else(client):
    video = make_video(state=VideoState.TRANSCODING, percent=60)
    assert client.post(f"/admin/video/edit/{video.pk}/", {"title": "新标题"}).status_code == 302
    video.refresh_from_db()
    assert (video.title, video.percent) == ("新标题", 60)


def test_unused_video_is_deleted(client):
    video = make_video()
    assert client.get(f"/admin/video/delete/{video.pk}/").status_code == 200
    assert client.post(f"/admin/video/delete/{video.pk}/").status_code == 302
    assert Video.objects.count() == 0


def test_video_of_a_lesson_is_not_deleted_and_the_editor_is_told(client):
    video = make_video()
    make_edition(lessons=[make_video_lesson_draft(video=video, required_seconds=50)])
    response = client.post(f"/admin/video/delete/{video.pk}/", follow=True)
    assert "该视频已用于课时，不能删除" in response.content.decode()
    assert Video.objects.get() == video


def test_editor_without_rights_for_videos_gets_in_nowhere():
    client = editor()
    video = make_video(state=VideoState.FAILED, failure_reason=FailureReason.INTERNAL)
    for path in ("", "new/", f"inspect/{video.pk}/", f"edit/{video.pk}/", f"delete/{video.pk}/", "statuses/"):
        assert client.get(f"/admin/video/{path}").status_code == 302, path
    client.post(f"/admin/video/retry/{video.uuid}/")
    video.refresh_from_db()
    assert video.state == VideoState.FAILED
    assert client.post("/admin/video_chooser/create/", {}).status_code in (302, 403)


def test_chooser_lists_newest_first_with_states_and_searches(client):
    make_video(title="较早的")
    make_video(title="较新的", state=VideoState.TRANSCODING, percent=5)
    make_video(title="失败的", state=VideoState.FAILED, failure_reason=FailureReason.BROKEN)
    html = client.get("/admin/video_chooser/").json()["html"]
    assert "失败的" not in html
    assert html.index("较新的") < html.index("较早的")
    assert ("转码中" in html, "上传" in html) == (True, True)
    found = client.get("/admin/video_chooser/results/?q=较早").content.decode()
    assert ("较早的" in found, "较新的" in found) == (True, False)


def test_chooser_uploads_on_the_spot_and_hands_the_video_over(client, tmp_path):
    given = {"title": "", "file": clip_file(tmp_path / "a.mp4")}
    response = client.post("/admin/video_chooser/create/", given).json()
    video = Video.objects.get()
    assert (response["step"], response["result"]["id"]) == ("chosen", str(video.pk))
    told = {name: response["result"][name] for name in ("title", "uuid", "state", "label")}
    assert told == {"title": "讲座", "uuid": str(video.uuid), "state": "inspecting", "label": "检查中"}


def test_chooser_shows_an_error_and_stays_open(client):
    response = client.post("/admin/video_chooser/create/", {"title": "x"}).json()
    assert response["step"] == "reshow_creation_form"


def test_chooser_is_the_widget_of_every_foreign_key_to_a_video():
    from wagtail.admin.forms.models import registry

    from courses.models import Lesson
    from media_pipeline.wagtail_hooks import video_chooser_viewset

    widget = registry.get(Lesson._meta.get_field("video"))["widget"]
    assert widget is video_chooser_viewset.widget_class
