"""The list of the media library, what is done with many videos at once, and the page of one."""

from datetime import timedelta

import pytest
from wagtail.models import ModelLogEntry

from media_pipeline.enums import FailureReason, MediaKind, VideoState
from media_pipeline.models import Video
from media_pipeline.operations import set_chapters
from tests.factories.accounts import make_user
from tests.factories.courses import make_edition, make_video_lesson_draft
from tests.factories.editors import editor
from tests.factories.media_pipeline import NOW, make_video

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]

FACTS = {
    "container": "matroska",
    "bit_rate": 2_500_000,
    "duration_ms": 61_000,
    "header_duration_ms": 3_600_000,
    "video": {"codec": "hevc", "width": 1920, "height": 1080, "frame_rate": "29.97", "rotation": 90, "hdr": "PQ"},
    "audio": {"codec": "aac", "channels": 2, "sample_rate": 48_000, "tracks": 2, "loudness_lufs": -23.4},
}


@pytest.fixture
def client():
    return editor("add_video", "change_video", "delete_video")


def titles(client, query: str) -> list[str]:
    return sorted(video.title for video in client.get(f"/admin/video/?{query}").context["object_list"])


def test_list_is_narrowed_down_by_everything_that_people_ask_for(client):
    giver = make_user()
    make_video(title="成片", uploaded_by=giver)
    make_video(title="坏的", state=VideoState.FAILED, failure_reason=FailureReason.TRUNCATED)
    make_video(title="课件", kind=MediaKind.SLIDES, page_count=3, uploaded_at=NOW - timedelta(days=30))
    used = make_video(title="在用")
    make_edition(lessons=[make_video_lesson_draft(video=used, required_seconds=50)])
    assert titles(client, "state=failed") == ["坏的"]
    assert titles(client, "failure_reason=truncated") == ["坏的"]
    assert titles(client, "kind=slides") == ["课件"]
    assert titles(client, "used=yes") == ["在用"]
    assert titles(client, "used=no") == ["坏的", "成片", "课件"]
    assert titles(client, f"uploaded_by={giver.pk}") == ["成片"]
    assert titles(client, "uploaded_at_to=2026-02-15") == ["课件"]


def test_list_is_searched_by_part_of_a_files_name(client):
    make_video(title="一", original_name="浇筑令签发.mov")
    make_video(title="二")
    assert titles(client, "q=令签") == ["一"]


def test_list_counts_the_lessons_of_each_video_in_the_same_statements(client, django_assert_max_num_queries):
    videos = [make_video(title=f"视频{number}") for number in range(3)]
    client.get("/admin/video/")
    with django_assert_max_num_queries(15) as few:
        client.get("/admin/video/")
    for video in videos:
        make_edition(lessons=[make_video_lesson_draft(video=video, required_seconds=50)])
    for number in range(20):
        make_video(title=f"更多{number}")
    with django_assert_max_num_queries(15) as many:
        page = client.get("/admin/video/").content.decode()
    assert len(many) == len(few)
    assert page.count("1 个课时") == 3


def test_script_in_a_title_is_shown_as_text(client):
    video = make_video(title="<script>alert(1)</script>", original_name='"><img src=x>.mp4')
    for path in ("", f"inspect/{video.pk}/", f"delete/{video.pk}/", f"captions/{video.uuid}/"):
        assert "<script>alert(1)" not in client.get(f"/admin/video/{path}").content.decode()


def bulk(action: str, *videos: Video) -> str:
    ids = "&".join(f"id={video.pk}" for video in videos)
    return f"/admin/bulk/media_pipeline/video/{action}/?next=/admin/video/&{ids}"


def test_only_unused_videos_are_deleted_together(client):
    used, unused = make_video(title="在用"), make_video(title="没用")
    make_edition(lessons=[make_video_lesson_draft(video=used, required_seconds=50)])
    asked = client.get(bulk("delete_unused", used, unused))
    assert ([row["item"] for row in asked.context["items"]], asked.context["items_with_no_access"]) == (
        [unused],
        [used],
    )
    client.post(bulk("delete_unused", used, unused))
    assert list(Video.objects.all()) == [used]


def test_all_of_a_list_are_those_that_were_searched_for(client):
    kept, gone = make_video(title="浇筑"), make_video(title="拆模")
    asked = client.get("/admin/bulk/media_pipeline/video/delete_unused/?next=/admin/video/&id=all&q=拆")
    assert [row["item"] for row in asked.context["items"]] == [gone]
    client.post("/admin/bulk/media_pipeline/video/delete_unused/?next=/admin/video/&id=all&state=ready&q=拆")
    assert list(Video.objects.all()) == [kept]


def test_only_failed_videos_are_tried_again_together(client):
    ready = make_video()
    failed = make_video(state=VideoState.FAILED, failure_reason=FailureReason.INTERNAL)
    client.post(bulk("retry_failed", ready, failed))
    states = {video.pk: video.state for video in Video.objects.all()}
    assert states == {ready.pk: VideoState.READY, failed.pk: VideoState.INSPECTING}
    assert ModelLogEntry.objects.for_instance(failed).count() == 1


def test_who_may_not_delete_deletes_nothing_together():
    client = editor("change_video")
    video = make_video()
    client.post(bulk("delete_unused", video))
    assert Video.objects.get() == video


def test_page_of_a_video_tells_its_source_in_words_and_survives_facts_that_are_missing(client):
    video = make_video(source_facts=FACTS, renditions=[{"name": "720p", "width": 1280, "height": 720}, "odd"])
    page = client.get(f"/admin/video/inspect/{video.pk}/").content.decode()
    for words in (
        "matroska",
        "2.5 Mbit/s",
        "1:01（文件头写的是 1:00:00，以实际为准）",
        "hevc · 1920×1080 · 29.97 帧/秒 · 旋转 90° · HDR PQ",
        "aac · stereo · 48 kHz · -23.4 LUFS · 共 2 条音轨",
        "1280×720",
    ):
        assert words in page, words
    for facts in ({}, [], {"video": None, "audio": None}, {"video": 3, "duration_ms": "x"}):
        Video.objects.filter(pk=video.pk).update(source_facts=facts)
        assert client.get(f"/admin/video/inspect/{video.pk}/").status_code == 200


def test_page_of_a_video_takes_the_same_statements_however_often_it_is_used(client, django_assert_max_num_queries):
    video = make_video()
    set_chapters(video=video, text="0:00 一", user=None)
    address = f"/admin/video/inspect/{video.pk}/"
    client.get(address)
    make_edition(lessons=[make_video_lesson_draft(video=video, required_seconds=50)])
    with django_assert_max_num_queries(15) as few:
        client.get(address)
    for _ in range(4):
        make_edition(lessons=[make_video_lesson_draft(video=video, required_seconds=50)])
    with django_assert_max_num_queries(15) as many:
        page = client.get(address).content.decode()
    assert len(many) == len(few)
    assert "用于 5 个课时，不能删除。" in page


def test_deletion_page_names_the_lessons_instead_of_asking(client):
    video = make_video()
    edition = make_edition(lessons=[make_video_lesson_draft(video=video, title="第一课", required_seconds=50)])
    page = client.get(f"/admin/video/delete/{video.pk}/").content.decode()
    assert (edition.title in page, "第一课" in page, "第 1 版" in page) == (True, True, True)
    told = client.post(f"/admin/video/delete/{video.pk}/", follow=True).content.decode()
    assert f"该视频已用于课时，不能删除：{edition.title}·第一课" in told


def test_video_that_is_being_made_is_deleted_and_its_run_stops(client):
    video = make_video(state=VideoState.TRANSCODING, percent=40)
    assert client.post(f"/admin/video/delete/{video.pk}/").status_code == 302
    assert Video.objects.count() == 0


def test_work_is_called_off_by_a_button_that_posts(client):
    video = make_video(state=VideoState.TRANSCODING, percent=40)
    address = f"/admin/video/cancel/{video.uuid}/"
    assert f'action="{address}"' in client.get(f"/admin/video/inspect/{video.pk}/").content.decode()
    assert client.get(address).status_code == 405
    assert "已取消处理" in client.post(address, follow=True).content.decode()
    video.refresh_from_db()
    assert (video.state, video.failure_reason) == (VideoState.FAILED, FailureReason.CANCELLED)
    assert "只有正在处理的视频可以取消" in client.post(address, follow=True).content.decode()
