"""The files behind a pass, from a folder, as staff's preview asks for them."""

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.test import Client
from django.utils import timezone

from media_pipeline.enums import VideoState
from media_pipeline.gateways.storage import put_bytes
from media_pipeline.models import Video
from media_pipeline.operations import attach_captions
from media_pipeline.queries import PlaybackSources, VideoNotReadyError, playback_sources
from tests.factories.media_pipeline import make_video, store_playable_files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]

BODY = bytes(range(256)) * 40
VTT = "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n您好\n".encode()


@pytest.fixture
def sources(client: Client) -> PlaybackSources:
    video = make_video()
    store_playable_files(video, body=BODY)
    attach_captions(video=video, language="en", content=VTT, user=None)
    attach_captions(video=video, language="zh-hans", content=VTT, user=None)
    return sources_for(client, video)


def sources_for(client: Client, video: Video, seconds: int = 3600) -> PlaybackSources:
    holder = client.session.session_key
    return playback_sources(video, holder=holder or "", expires_at=timezone.now() + timedelta(seconds=seconds))


def beside(url: str, path: str) -> str:
    return f"{url.rsplit('/', 1)[0]}/{path}"


def body_of(response) -> bytes:
    return b"".join(response.streaming_content)


def test_sources_name_every_file_and_need_one_statement(django_assert_num_queries):
    video = make_video()
    attach_captions(video=video, language="zh-hans", content=VTT, user=None)
    with django_assert_num_queries(1):
        given = playback_sources(video, holder="l", expires_at=timezone.now())
    assert given.hls_url.endswith("/master.m3u8")
    assert given.mp4_url.endswith("/video.mp4")
    assert given.poster_url.endswith("/poster.jpg")
    assert [(c.language, c.label) for c in given.captions] == [("zh-hans", "简体中文")]
    assert given.duration_ms == 60_000


def test_sources_give_chinese_captions_first(sources):
    assert [caption.language for caption in sources.captions] == ["zh-hans", "en"]


def test_video_that_is_not_ready_has_no_sources():
    with pytest.raises(VideoNotReadyError):
        playback_sources(make_video(state=VideoState.INSPECTING), holder="l", expires_at=timezone.now())


def test_playlists_and_their_pieces_are_served_without_a_statement(client, sources, django_assert_num_queries):
    variant = beside(sources.hls_url, "720p/index.m3u8")
    with django_assert_num_queries(0):
        master, playlist = client.get(sources.hls_url), client.get(variant)
        piece = client.get(beside(variant, "00000.m4s"))
    assert (master.status_code, playlist.status_code) == (200, 200)
    assert master["Content-Type"] == "application/vnd.apple.mpegurl"
    assert b"00000.m4s" in body_of(playlist)
    assert (piece.status_code, piece["Content-Type"], body_of(piece)) == (200, "video/mp4", BODY)
    assert (piece["Content-Length"], piece["Accept-Ranges"]) == (str(len(BODY)), "bytes")
    assert piece["Cache-Control"].startswith("private, max-age=3")
    assert piece["Cache-Control"].endswith(", immutable")
    assert (master["Cache-Control"], playlist["Cache-Control"]) == ("private, no-store", "private, no-store")
    body_of(master)


def test_captions_are_text_in_utf_8(client, sources):
    response = client.get(sources.captions[0].url)
    assert (response["Content-Type"], body_of(response)) == ("text/vtt; charset=utf-8", VTT)


def test_range_is_answered_with_its_bytes(client, sources):
    response = client.get(sources.mp4_url, headers={"range": "bytes=100-199"})
    assert (response.status_code, response["Content-Range"]) == (206, f"bytes 100-199/{len(BODY)}")
    assert (response["Content-Length"], body_of(response)) == ("100", BODY[100:200])


def test_range_of_the_last_bytes_is_answered(client, sources):
    response = client.get(sources.mp4_url, headers={"range": "bytes=-10"})
    assert (response.status_code, body_of(response)) == (206, BODY[-10:])


def test_range_outside_is_refused(client, sources):
    response = client.get(sources.mp4_url, headers={"range": f"bytes={len(BODY)}-"})
    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{len(BODY)}")


def test_head_tells_the_length_and_sends_nothing(client, sources):
    response = client.head(sources.mp4_url)
    assert (response.status_code, response["Content-Length"], response.content) == (200, str(len(BODY)), b"")


def test_post_is_not_allowed(sources):
    assert Client().post(sources.mp4_url).status_code == 405


def test_body_flows_under_asgi(async_client, client, sources):
    async_client.cookies[settings.SESSION_COOKIE_NAME] = client.session.session_key

    async def read() -> bytes:
        response = await async_client.get(sources.mp4_url, headers={"range": "bytes=5-9"})
        return b"".join([chunk async for chunk in response.streaming_content])

    assert async_to_sync(read)() == BODY[5:10]


def assert_refused(response) -> None:
    assert (response.status_code, response.content, response["Cache-Control"]) == (403, b"", "no-store")


def test_expired_pass_gets_403_and_nothing_else(client):
    video = make_video()
    store_playable_files(video)
    assert_refused(client.get(sources_for(client, video, seconds=0).hls_url))


def test_pass_works_in_the_browser_that_it_was_given_to_and_nowhere_else(sources):
    for stranger in (Client(), Client(headers={"cookie": f"{settings.SESSION_COOKIE_NAME}=guessed"})):
        for url in (sources.hls_url, sources.mp4_url, sources.captions[0].url):
            assert_refused(stranger.get(url))


def test_forged_pass_gets_403(client, sources):
    token = sources.hls_url.split("/")[2]
    for wrong in (token[:-1] + ("a" if token[-1] != "a" else "b"), "x", "p" + token[1:]):
        assert_refused(client.get(sources.hls_url.replace(token, wrong)))


def test_pass_of_one_video_does_not_open_another(client, sources):
    other = make_video()
    store_playable_files(other)
    path = other.mp4_path.removeprefix("videos/")
    _, _, token, own, *_ = sources.hls_url.split("/")
    for wrong in (path, f"{own}/../{path}", f"{own}/%2e%2e/{path}", f"{own}/renditions/../../{path}"):
        assert_refused(client.get(f"/media-files/{token}/{wrong}"))


@pytest.mark.parametrize(
    "path", ["renditions", "renditions/a.txt", "a%00.mp4", "/etc/passwd.mp4", "..%5cx.mp4", f"{'a' * 300}.mp4"]
)
def test_what_is_nothing_for_players_gets_403(client, sources, path):
    folder = "/".join(sources.hls_url.split("/")[:4])
    assert_refused(client.get(f"{folder}/{path}"))


def test_missing_file_is_not_found_by_who_holds_a_pass(client, sources):
    folder = "/".join(sources.hls_url.split("/")[:4])
    assert client.get(f"{folder}/nothing.mp4").status_code == 404
    assert client.get(f"{sources.mp4_url}/nothing.mp4").status_code == 404
    assert_refused(Client().get(f"{folder}/nothing.mp4"))


def test_folder_with_the_name_of_a_file_is_not_there(client):
    video = make_video()
    put_bytes(f"videos/{video.uuid}/a.mp4/b.mp4", b"x")
    folder = "/".join(sources_for(client, video).hls_url.split("/")[:4])
    assert client.get(f"{folder}/a.mp4").status_code == 404
