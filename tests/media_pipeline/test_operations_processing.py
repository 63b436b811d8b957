"""Real clips through the real ffmpeg: what becomes ready, what fails and why, and what is left behind."""

import json
import os
import signal
import subprocess
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image

from media_pipeline.enums import FailureReason, VideoState
from media_pipeline.gateways.storage import list_prefix, local_path, open_file
from media_pipeline.gateways.workplace import left_work_folders, workplace
from media_pipeline.models import Video
from media_pipeline.operations import process_video
from media_pipeline.operations.claims import CLAIM_LASTS, ClaimLostError, claim_video
from media_pipeline.rules.places import run_prefix, video_prefix
from media_pipeline.rules.playlists import parse_media_playlist
from tests.factories.media_pipeline import NOW, make_clip, make_video, process_file, upload_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]


def sizes(video: Video) -> list[tuple[int, int]]:
    return [(item["width"], item["height"]) for item in video.renditions]


def probe(path: Path | None, entries: str) -> dict:
    shown = ["ffprobe", "-v", "error", "-show_entries", entries, "-of", "json", str(path)]
    return json.loads(subprocess.run(shown, check=True, capture_output=True).stdout)


def stored_text(name: str) -> str:
    with open_file(name) as stored:
        return stored.read().decode()


def assert_failed(video: Video, reason: FailureReason) -> None:
    assert (video.state, video.failure_reason) == (VideoState.FAILED, reason)
    assert (video.claim_token, video.claimed_at, video.percent) == (None, None, 0)
    assert list(list_prefix(video_prefix(video.uuid))) == []
    assert left_work_folders() == []


def test_clip_becomes_ready_with_every_file_it_names(tmp_path):
    video = process_file(make_clip(tmp_path / "a.mp4", size="1280x720", seconds=5))
    assert (video.state, video.percent, video.duration_ms) == (VideoState.READY, 100, 5000)
    assert (video.width, video.height) == (1280, 720)
    assert sizes(video) == [(1280, 720), (960, 540), (640, 360)]
    names = {name.removeprefix(f"{video.hls_prefix}/") for name in list_prefix(video.hls_prefix)}
    pieces = {f"{rung}/{file}" for rung in ("720p", "540p", "360p", "audio") for file in ("00000.m4s", "00001.m4s")}
    lists = {f"{rung}/index.m3u8" for rung in ("720p", "540p", "360p", "audio")}
    inits = {"720p/init_0.mp4", "540p/init_1.mp4", "360p/init_2.mp4", "audio/init_3.mp4"}
    posters, previews = {"poster.jpg", "poster-2.jpg"}, {"previews.vtt", "previews-0.jpg"}
    assert names == {*pieces, *lists, *inits, "master.m3u8", "video.mp4", *posters, *previews}
    assert left_work_folders() == []


def test_renditions_are_cut_at_the_same_moments(tmp_path):
    video = process_file(make_clip(tmp_path / "a.mp4", size="640x450", seconds=9, rate="30000/1001"))
    lists = [parse_media_playlist(stored_text(f"{video.hls_prefix}/{r}/index.m3u8")) for r in ("450p", "360p")]
    assert [s.starts_at_us for s in lists[0].segments] == [s.starts_at_us for s in lists[1].segments]
    assert len(lists[0].segments) == 3


def test_master_playlist_tells_measured_bit_rates(tmp_path):
    video = process_file(make_clip(tmp_path / "a.mp4", size="320x180", seconds=2))
    line = stored_text(f"{video.hls_prefix}/master.m3u8").splitlines()[4]
    assert line.startswith("#EXT-X-STREAM-INF:BANDWIDTH=")
    assert f"AVERAGE-BANDWIDTH={video.renditions[0]['bits_per_second']}," in line
    assert 'CODECS="avc1' in line


def test_single_file_is_small_and_starts_with_its_index(tmp_path):
    video = process_file(make_clip(tmp_path / "a.mp4", size="1280x720", seconds=2))
    path = local_path(video.mp4_path)
    facts = probe(path, "stream=codec_name,height")
    assert [(s["codec_name"], s.get("height")) for s in facts["streams"]] == [("h264", 540), ("aac", None)]
    head = path.read_bytes()[:4096]
    assert head.index(b"moov") < 64


def test_poster_is_as_large_as_the_video(tmp_path):
    video = process_file(make_clip(tmp_path / "a.mp4", size="640x360", seconds=2))
    with Image.open(local_path(video.poster_path)) as poster:
        assert (poster.format, poster.size) == ("JPEG", (640, 360))


def test_silent_clip_becomes_ready_without_sound(tmp_path):
    video = process_file(make_clip(tmp_path / "a.mp4", sound=False))
    assert video.state == VideoState.READY
    assert "EXT-X-MEDIA" not in stored_text(f"{video.hls_prefix}/master.m3u8")


def test_small_clip_is_never_enlarged(tmp_path):
    assert sizes(process_file(make_clip(tmp_path / "a.mp4", size="160x90"))) == [(160, 90)]


def test_odd_sizes_become_even(tmp_path):
    path = make_clip(tmp_path / "a.mkv", size="321x243", options=("-pix_fmt", "yuv444p"))
    assert sizes(process_file(path)) == [(320, 242)]


def test_turned_clip_is_shown_upright(tmp_path):
    path = make_clip(tmp_path / "a.mp4", size="320x180")
    turned = tmp_path / "turned.mp4"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-c", "copy", "-metadata:s:v:0", "rotate=90", turned], check=True
    )
    video = process_file(turned)
    assert sizes(video) == [(180, 320)]
    facts = probe(local_path(video.mp4_path), "stream=width,height:stream_side_data=rotation")
    assert (facts["streams"][0]["width"], facts["streams"][0]["height"]) == (180, 320)
    assert "side_data_list" not in facts["streams"][0]


def test_wide_pixels_become_square(tmp_path):
    path = make_clip(tmp_path / "a.mp4", size="360x288", options=("-vf", "setsar=16/11"))
    video = process_file(path)
    assert sizes(video) == [(524, 288)]
    facts = probe(local_path(video.mp4_path), "stream=sample_aspect_ratio")
    assert facts["streams"][0]["sample_aspect_ratio"] == "1:1"


def test_sixty_frames_become_thirty(tmp_path):
    video = process_file(make_clip(tmp_path / "a.mp4", rate="60"))
    facts = probe(local_path(video.mp4_path), "stream=r_frame_rate")
    assert facts["streams"][0]["r_frame_rate"] == "30/1"


def test_picture_that_ends_before_the_sound_is_held(tmp_path):
    path = tmp_path / "a.mkv"
    sources = ["-f", "lavfi", "-i", "testsrc=s=160x90:r=10:d=1", "-f", "lavfi", "-i", "sine=d=3"]
    subprocess.run(["ffmpeg", "-v", "error", *sources, "-c:v", "libx264", "-c:a", "aac", str(path)], check=True)
    assert process_file(path).duration_ms == pytest.approx(3000, abs=100)


@pytest.mark.parametrize("name", ["a.mkv", "a.avi", "a.ts", "a.mov", "a.flv", "a.mpg"])
def test_containers_of_cameras_and_recorders_are_read(tmp_path, name):
    options = ("-c:v", "mpeg2video", "-c:a", "mp2") if name.endswith(".mpg") else ()
    video = process_file(make_clip(tmp_path / name, options=options))
    assert (video.state, sizes(video)) == (VideoState.READY, [(320, 180)])


def test_header_that_lies_about_the_duration_is_not_believed(tmp_path):
    path = make_clip(tmp_path / "a.mp4", seconds=2, sound=False)
    content = bytearray(path.read_bytes())
    for box, offset in ((b"mvhd", 20), (b"tkhd", 24)):  # the duration of version 0 boxes: ten hours, in milliseconds
        start = content.index(box) + offset
        content[start : start + 4] = (36_000_000).to_bytes(4, "big")
    path.write_bytes(content)
    assert process_file(path).duration_ms == 2000


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.mp4", b"", FailureReason.EMPTY),
        ("text.mp4", "这不是视频。".encode() * 50, FailureReason.NOT_MEDIA),
        ("zip.mp4", b"PK\x03\x04" + b"\0" * 400, FailureReason.NOT_MEDIA),
        ("zeros.mp4", b"\0" * 5000, FailureReason.NOT_MEDIA),
        ("list.mp4", b"#EXTM3U\n#EXTINF:5,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n", FailureReason.NOT_MEDIA),
        ("list2.mp4", b"\n\n#EXTM3U\n#EXTINF:5,\nhttp://127.0.0.1/a.ts\n", FailureReason.NOT_MEDIA),
        ("concat.mp4", b"ffconcat version 1.0\nfile /etc/passwd\n", FailureReason.NOT_MEDIA),
        ("dash.mp4", b'<?xml version="1.0"?><MPD><BaseURL>http://127.0.0.1/</BaseURL></MPD>', FailureReason.NOT_MEDIA),
    ],
)
def test_what_is_no_video_fails_with_its_reason(tmp_path, name, content, reason):
    path = tmp_path / name
    path.write_bytes(content)
    assert_failed(process_file(path), reason)


def test_playlist_that_names_a_real_clip_does_not_make_it_play(tmp_path):
    clip = make_clip(tmp_path / "a.ts")
    path = tmp_path / "hidden.mp4"
    path.write_bytes(b"# a comment first\n" + f"ffconcat version 1.0\nfile {clip}\n".encode())
    assert_failed(process_file(path), FailureReason.NOT_MEDIA)


def test_picture_fails_as_a_picture(tmp_path):
    path = tmp_path / "picture.mp4"
    Image.new("RGB", (64, 64)).save(path, "PNG")
    assert_failed(process_file(path), FailureReason.STILL_PICTURE)


def test_sound_alone_fails_for_want_of_pictures(tmp_path):
    path = tmp_path / "a.m4a"
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=d=1", "-c:a", "aac", str(path)], check=True)
    assert_failed(process_file(path), FailureReason.NO_VIDEO)


@pytest.mark.parametrize("options", [("-movflags", "+faststart"), ()])
def test_clip_cut_in_half_fails_as_truncated(tmp_path, options):
    path = make_clip(tmp_path / "a.mp4", seconds=3, options=options)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert_failed(process_file(path), FailureReason.TRUNCATED)


def test_encrypted_clip_fails_as_encrypted(tmp_path):
    key, name = "76a6c65c5ea762046bd749a2e632ccbb", "a7e61c373e219033c21091fa607bf3b8"
    locks = ("-encryption_scheme", "cenc-aes-ctr", "-encryption_key", key, "-encryption_kid", name)
    assert_failed(process_file(make_clip(tmp_path / "a.mp4", options=locks)), FailureReason.ENCRYPTED)


def test_clip_of_too_many_pixels_fails_before_it_is_decoded(tmp_path):
    path = make_clip(tmp_path / "a.mp4", size="4200x2400", seconds=0.1, sound=False)
    assert_failed(process_file(path), FailureReason.TOO_LARGE)


def test_clip_with_damaged_pictures_fails_as_broken(tmp_path):
    path = make_clip(tmp_path / "a.mkv", seconds=3, sound=False, options=("-g", "75"))
    damaged = tmp_path / "damaged.mkv"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-c", "copy", "-bsf:v", "noise=amount=300", damaged], check=True
    )
    assert_failed(process_file(damaged), FailureReason.BROKEN)


def test_missing_program_gives_the_work_back(tmp_path, settings):
    settings.XUESHI_FFMPEG = "/nowhere/ffmpeg"
    video = upload_file(make_clip(tmp_path / "a.mp4"))
    with pytest.raises(Exception, match="nowhere"):
        process_video(video_id=video.pk, clock=timezone.now)
    video.refresh_from_db()
    assert (video.state, video.claim_token, video.queued_at) == (VideoState.INSPECTING, None, None)
    assert (left_work_folders(), list(list_prefix(video_prefix(video.uuid)))) == ([], [])


def test_ready_video_is_not_processed_again(tmp_path):
    video = process_file(make_clip(tmp_path / "a.mp4"))
    again = process_video(video_id=video.pk, clock=timezone.now)
    assert (again.hls_prefix, again.ready_at, again.attempt) == (video.hls_prefix, video.ready_at, 1)


def test_second_worker_does_nothing_while_a_living_run_has_the_video():
    video = make_video(state=VideoState.INSPECTING)
    assert claim_video(video_id=video.pk, clock=lambda: NOW) is not None
    assert claim_video(video_id=video.pk, clock=lambda: NOW + CLAIM_LASTS) is None
    after = process_video(video_id=video.pk, clock=lambda: NOW + CLAIM_LASTS)
    assert (after.state, after.attempt) == (VideoState.INSPECTING, 1)


def test_run_that_was_taken_over_can_write_nothing_more():
    video = make_video(state=VideoState.INSPECTING)
    old = claim_video(video_id=video.pk, clock=lambda: NOW)
    new = claim_video(video_id=video.pk, clock=lambda: NOW + CLAIM_LASTS + timedelta(seconds=1))
    with pytest.raises(ClaimLostError):
        old.finish(duration_ms=1, hls_prefix="x")
    with pytest.raises(ClaimLostError):
        old.fail(FailureReason.BROKEN, "")
    video.refresh_from_db()
    assert (video.state, video.claim_token) == (VideoState.INSPECTING, new.token)


def test_percent_is_written_at_most_every_second_and_a_half(django_assert_num_queries):
    moments = iter(NOW + timedelta(seconds=step) for step in (0, 0, 0.1, 1, 1.4, 1.6, 2))
    video = make_video(state=VideoState.INSPECTING)
    claim = claim_video(video_id=video.pk, clock=lambda: next(moments))
    with django_assert_num_queries(2):
        for percent in (10, 20, 30, 40, 50):
            claim.beat(percent)
    video.refresh_from_db()
    assert video.percent == 40


def test_killed_run_is_healed_by_the_next_one_which_clears_what_it_left(tmp_path):
    video = upload_file(make_clip(tmp_path / "a.mp4"))
    dead = claim_video(video_id=video.pk, clock=lambda: NOW)
    left = workplace() / f"{video.uuid}.{dead.token.hex}"
    left.mkdir(parents=True)
    (left / "half.mp4").write_bytes(b"half")
    half = local_path(f"{run_prefix(video.uuid, dead.token)}/720p/00000.m4s")
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half")
    done = process_video(video_id=video.pk, clock=timezone.now)
    assert (done.state, done.attempt) == (VideoState.READY, 2)
    assert (half.exists(), left_work_folders()) == (False, [])


def test_killed_encoder_gives_the_work_back(tmp_path):
    video = upload_file(make_clip(tmp_path / "a.mp4", size="1920x1080", seconds=8))
    killer = threading.Thread(target=_kill_encoder_of, args=(workplace(),))
    killer.start()
    with pytest.raises(Exception, match="-9"):
        process_video(video_id=video.pk, clock=timezone.now)
    killer.join()
    video.refresh_from_db()
    assert (video.state, video.claim_token, left_work_folders()) == (VideoState.TRANSCODING, None, [])


def _kill_encoder_of(folder: Path) -> None:
    """Wait for the encoder that works below ``folder``, and kill that one process."""
    waiting = threading.Event()
    for _ in range(600):
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if (entry / "cwd").readlink().is_relative_to(folder) and b"ffmpeg" in (entry / "cmdline").read_bytes():
                    os.kill(int(entry.name), signal.SIGKILL)
                    return
            except OSError:
                continue
        waiting.wait(0.05)
