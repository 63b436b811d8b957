"""Captions, chapters and posters of a video, as editors change them."""

import io
import struct
import zlib

import pytest
from PIL import Image

from media_pipeline.enums import VideoState
from media_pipeline.gateways.storage import list_prefix, open_file
from media_pipeline.models import CaptionTrack, Video
from media_pipeline.operations import (
    CaptionsChangedError,
    CaptionsRefusedError,
    ChaptersRefusedError,
    PosterRefusedError,
    ReplacementRefusedError,
    attach_captions,
    choose_poster,
    delete_captions,
    name_replacement,
    poster_choices,
    save_cues,
    set_chapters,
    upload_poster,
    version_of,
)
from media_pipeline.queries import Chapter, chapters_as_typed, chapters_of, chapters_webvtt, cues_of
from media_pipeline.rules.captions import Cue
from tests.factories.media_pipeline import make_video, store_playable_files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]

SRT = "1\n00:00:00,000 --> 00:00:01,000\n您好\n".encode("gb18030")


def stored(path: str) -> str:
    with open_file(path) as opened:
        return opened.read().decode()


def test_captions_are_stored_as_webvtt_once_and_replaced(django_capture_on_commit_callbacks):
    video = make_video()
    first = attach_captions(video=video, language="zh-hans", content=SRT, user=None)
    assert attach_captions(video=video, language="zh-hans", content=SRT, user=None) == first
    assert stored(first.path) == "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n您好\n"
    with django_capture_on_commit_callbacks(execute=True):
        second = attach_captions(video=video, language="zh-hans", content=SRT.replace(b"1,000", b"2,000"), user=None)
    assert (second.pk, CaptionTrack.objects.count()) == (first.pk, 1)
    assert list(list_prefix(f"videos/{video.uuid}")) == [second.path]


def test_captions_in_several_languages_stand_beside_each_other():
    video = make_video()
    for language in ("zh-hans", "en"):
        attach_captions(video=video, language=language, content=SRT, user=None)
    assert sorted(track.language for track in video.captions.all()) == ["en", "zh-hans"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"WEBVTT\n\n", "字幕文件第 1 行：没有找到一条字幕；请上传 SRT 或 WebVTT 文件"),
        (b"1\n00:00:02,000 --> 00:00:01,000\nx\n", "字幕文件第 2 行：结束时间不晚于开始时间"),
        (b"0" * (2 * 1024**2 + 1), "字幕文件超过 2 MB"),
    ],
)
def test_captions_that_no_player_shows_are_refused(content, sentence):
    with pytest.raises(CaptionsRefusedError, match="^" + sentence.replace(".", r"\.") + "$"):
        attach_captions(video=make_video(), language="zh-hans", content=content, user=None)
    assert CaptionTrack.objects.count() == 0


def test_mended_captions_are_a_new_version_and_the_old_file_goes_after_the_commit(django_capture_on_commit_callbacks):
    video = make_video()
    track = attach_captions(video=video, language="zh-hans", content=SRT, user=None)
    before, old_path = version_of(track), track.path
    with django_capture_on_commit_callbacks() as callbacks:
        saved = save_cues(
            video=video, language="zh-hans", cues=[Cue(0, 900, "您好！")], expected_version=before, user=None
        )
        assert set(list_prefix(f"videos/{video.uuid}")) == {old_path, saved.path}
    callbacks[-1]()
    assert list(list_prefix(f"videos/{video.uuid}")) == [saved.path]
    assert cues_of(saved) == (Cue(0, 900, "您好！"),)


def test_the_later_of_two_editors_is_told_and_overwrites_nothing():
    video = make_video()
    before = version_of(attach_captions(video=video, language="zh-hans", content=SRT, user=None))
    save_cues(video=video, language="zh-hans", cues=[Cue(0, 900, "甲")], expected_version=before, user=None)
    with pytest.raises(CaptionsChangedError):
        save_cues(video=video, language="zh-hans", cues=[Cue(0, 900, "乙")], expected_version=before, user=None)
    assert cues_of(CaptionTrack.objects.get()) == (Cue(0, 900, "甲"),)


def test_overlapping_cues_are_refused_by_their_number():
    video = make_video()
    version = version_of(attach_captions(video=video, language="zh-hans", content=SRT, user=None))
    cues = [Cue(0, 900, "一"), Cue(800, 1000, "二")]
    with pytest.raises(CaptionsRefusedError, match=r"^第 2 条：上一条还没有结束，这一条就开始了$"):
        save_cues(video=video, language="zh-hans", cues=cues, expected_version=version, user=None)


def test_deleted_captions_take_their_file_along(django_capture_on_commit_callbacks):
    video = make_video()
    attach_captions(video=video, language="en", content=SRT, user=None)
    with django_capture_on_commit_callbacks(execute=True):
        delete_captions(video=video, language="en", user=None)
        delete_captions(video=video, language="en", user=None)
    assert (CaptionTrack.objects.count(), list(list_prefix(f"videos/{video.uuid}"))) == (0, [])


def test_captions_saved_as_they_were_before_outlive_the_clearing_up(django_capture_on_commit_callbacks):
    video = make_video()
    attach_captions(video=video, language="en", content=SRT, user=None)
    with django_capture_on_commit_callbacks() as late:
        attach_captions(video=video, language="en", content=SRT.replace(b"1,000", b"2,000"), user=None)
    with django_capture_on_commit_callbacks(execute=True):
        saved = attach_captions(video=video, language="en", content=SRT, user=None)
    for clear_up in late:
        clear_up()
    assert list(list_prefix(f"videos/{video.uuid}")) == [saved.path]


def test_chapters_are_set_replaced_and_given_to_players():
    video = make_video(duration_ms=60_000)
    set_chapters(video=video, text="0:00 一\n0:10 二", user=None)
    set_chapters(video=video, text="0:00 一\n0:20 三", user=None)
    assert chapters_of(video) == (Chapter(0, 20_000, "一"), Chapter(20_000, 60_000, "三"))
    assert chapters_webvtt(video).count("-->") == 2
    assert chapters_as_typed(video) == "00:00:00 一\n00:00:20 三"
    set_chapters(video=video, text="", user=None)
    assert chapters_of(video) == ()


def test_a_chapter_beyond_the_end_is_refused_and_the_others_stay():
    video = make_video(duration_ms=60_000)
    set_chapters(video=video, text="0:00 一", user=None)
    with pytest.raises(ChaptersRefusedError, match=r"^第 2 行：开始时间超过了视频时长$"):
        set_chapters(video=video, text="0:00 二\n1:00 三", user=None)
    assert chapters_as_typed(video) == "00:00:00 一"


def picture(width: int = 1600, height: int = 900, kind: str = "PNG") -> io.BytesIO:
    stream = io.BytesIO()
    Image.new("RGB", (width, height), "#1f3a5f").save(stream, kind)
    stream.seek(0)
    return stream


def test_one_of_the_pictures_made_is_chosen():
    video = make_video()
    other = f"{video.hls_prefix}/poster-2.jpg"
    Video.objects.filter(pk=video.pk).update(poster_choices=[video.poster_path, other])
    assert choose_poster(video=video, path=other, user=None).poster_path == other
    with pytest.raises(PosterRefusedError):
        choose_poster(video=video, path="originals/secret", user=None)


def test_an_own_picture_is_written_anew_beside_the_video_and_the_made_one_can_be_chosen_again(
    django_capture_on_commit_callbacks,
):
    video = make_video()
    store_playable_files(video)
    made = video.poster_path
    own = upload_poster(video=video, content=picture(), user=None)
    assert own.poster_path.startswith(f"videos/{video.uuid}/posters/")
    with open_file(own.poster_path) as opened, Image.open(opened) as kept:
        assert (kept.format, kept.size) == ("JPEG", (1280, 720))
    assert poster_choices(own) == [made, own.poster_path]
    own_path = own.poster_path
    with django_capture_on_commit_callbacks(execute=True):
        choose_poster(video=video, path=made, user=None)
    assert own_path not in set(list_prefix(f"videos/{video.uuid}"))


def huge_png() -> bytes:
    """A PNG of a few bytes that says it is 30,000 pixels wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "请上传 JPEG、PNG 或 WebP 图片"),
        (huge_png(), "图片太大：最多 10 MB、四千万像素"),
        (b"\xff" * (10 * 1024**2 + 1), "图片太大：最多 10 MB、四千万像素"),
        (picture(319, 900).read(), "图片太小：宽至少 320 像素，高至少 180 像素"),
        (picture(kind="GIF").read(), "请上传 JPEG、PNG 或 WebP 图片"),
        (picture().read()[:60], "请上传 JPEG、PNG 或 WebP 图片"),
    ],
)
def test_what_is_no_poster_is_refused(content, sentence):
    video = make_video()
    with pytest.raises(PosterRefusedError, match=f"^{sentence}$"):
        upload_poster(video=video, content=io.BytesIO(content), user=None)
    assert list(list_prefix(f"videos/{video.uuid}")) == []


def test_poster_waits_until_the_video_is_ready():
    video = make_video(state=VideoState.TRANSCODING)
    with pytest.raises(PosterRefusedError, match="视频可播放后才能选择封面"):
        upload_poster(video=video, content=picture(), user=None)


def test_a_replacement_is_named_once_and_never_in_a_circle():
    old, new, other = make_video(), make_video(), make_video()
    name_replacement(video=new, replaces=old, user=None)
    name_replacement(video=new, replaces=old, user=None)
    new.refresh_from_db()
    assert new.replaces == old
    for video, replaces in ((new, other), (old, old), (old, new)):
        with pytest.raises(ReplacementRefusedError):
            name_replacement(video=video, replaces=replaces, user=None)


def test_poster_given_again_outlives_the_clearing_up(django_capture_on_commit_callbacks):
    video = make_video()
    store_playable_files(video)
    made, own = video.poster_path, upload_poster(video=video, content=picture(), user=None).poster_path
    with django_capture_on_commit_callbacks() as late:
        choose_poster(video=video, path=made, user=None)
    upload_poster(video=video, content=picture(), user=None)
    for clear_up in late:
        clear_up()
    assert own in list(list_prefix(f"videos/{video.uuid}/posters"))
