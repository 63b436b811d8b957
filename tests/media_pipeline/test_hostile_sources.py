"""Files that would make ffmpeg read other files or call addresses: nothing is read, and nobody is called."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from media_pipeline.enums import FailureReason, VideoState
from media_pipeline.gateways.workplace import left_work_folders
from tests.factories.media_pipeline import make_clip, process_file
from tests.factories.sources import film, point_track_at, run

pytestmark = [pytest.mark.tools, pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]

CANARY_SIZE = (176, 144)


@dataclass(frozen=True, slots=True)
class Bait:
    """A film that must never be seen, an address that must never be called, and how often it was."""

    film: Path
    address: str
    calls: list[object]


@pytest.fixture(scope="module")
def bait(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bait]:
    """Lay the bait."""
    calls: list[object] = []

    class Listener(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            calls.append(self.request.recv(200))

    film(size="176x144", sound=None)(canary := tmp_path_factory.mktemp("bait") / "canary.ts")
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Bait(canary, f"http://127.0.0.1:{server.server_address[1]}/canary.ts", calls)
        server.shutdown()


def playlist(address: str) -> str:
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{address}\n#EXT-X-ENDLIST\n"


TEXTS: dict[str, Callable[[Bait], str]] = {
    "hls-of-file": lambda bait: playlist(f"file://{bait.film}"),
    "hls-of-path": lambda bait: playlist(str(bait.film)),
    "hls-of-address": lambda bait: playlist(bait.address),
    "hls-by-concat": lambda bait: playlist(f"concat:{bait.film}|{bait.address}"),
    "hls-after-mark": lambda bait: "\ufeff\n" + playlist(bait.address),
    "master": lambda bait: f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{bait.address}\n",
    "concat": lambda bait: f"ffconcat version 1.0\nfile '{bait.film}'\n",
    "concat-after-comment": lambda bait: f"# a film\nffconcat version 1.0\nfile {bait.film}\n",
    "dash": lambda bait: (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet>'
        f'<Representation id="1"><BaseURL>{bait.address}</BaseURL></Representation></AdaptationSet></Period></MPD>'
    ),
    "asx": lambda bait: f"[Reference]\nRef1={bait.address}\n",
    "sdp": lambda bait: "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n",
    "lavfi": lambda bait: f"movie={bait.film}",
    "avisynth": lambda bait: f'AVISource("{bait.film}")\n',
    "series": lambda bait: f"{bait.film.parent}/canary%03d.ts\n",
    "subfile": lambda bait: f"subfile,,start,0,end,0,,:{bait.film}",
    "smil": lambda bait: f'<smil><body><video src="{bait.address}"/></body></smil>',
}


@pytest.mark.parametrize("name", TEXTS)
def test_texts_that_name_films_are_no_films(name: str, bait: Bait, tmp_path: Path):
    path = tmp_path / f"{name}.mp4"
    path.write_text(TEXTS[name](bait))
    video = process_file(path)
    assert (video.state, video.failure_reason) == (VideoState.FAILED, FailureReason.NOT_MEDIA)
    assert (bait.calls, left_work_folders()) == ([], [])


@pytest.mark.parametrize(
    "name", ["../../canary.ts", "subfile,,start,0,end,0,,:canary.ts", "img%03d.mp4", "-i.mp4", "a\nb"]
)
def test_names_are_never_taken_for_words_of_a_command(name: str, tmp_path: Path):
    path = make_clip(tmp_path / "clip.mp4", size="160x90", seconds=0.4, sound=False)
    named = tmp_path / name.replace("/", "_")
    path.rename(named)
    video = process_file(named)
    assert (video.state, video.width, video.height) == (VideoState.READY, 160, 90)


def test_index_that_points_to_another_file_does_not_show_it(bait: Bait, tmp_path: Path):
    for number, address in enumerate((bait.address, f"file://{bait.film}", str(bait.film), "canary.ts")):
        path = tmp_path / f"{number}.mov"
        film(sound=None, seconds=0.4)(path)
        path.write_bytes(point_track_at(address.encode())(bytearray(path.read_bytes())))
        video = process_file(path)
        assert (video.width, video.height) in ((320, 180), (None, None))
    assert bait.calls == []


def test_subtitles_in_an_avi_are_not_opened_as_a_playlist(bait: Bait, tmp_path: Path):
    path = tmp_path / "a.avi"
    film("-c:a", "pcm_s16le", seconds=1)(path)
    data = bytearray(path.read_bytes())
    text = playlist(bait.address).encode() + playlist(f"file://{bait.film}").encode()
    head = b"GAB2\0\x02\0" + (2).to_bytes(4, "little") + b"\0\0" + b"\x04\0" + len(text).to_bytes(4, "little")
    data[data.index(b"auds") : data.index(b"auds") + 4] = b"txts"
    at = data.index(b"01wb", data.index(b"movi")) + 8
    data[at : at + len(head) + len(text)] = head + text
    path.write_bytes(data)
    video = process_file(path)
    assert (video.state, video.width, video.height) == (VideoState.READY, 320, 180)
    assert bait.calls == []


def test_attachments_of_a_matroska_file_are_left_alone(bait: Bait, tmp_path: Path):
    path, attached = tmp_path / "a.mkv", tmp_path / "list.m3u8"
    attached.write_text(playlist(bait.address))
    clip = make_clip(tmp_path / "clip.mp4", size="160x90", seconds=0.4)
    marks = ["-attach", attached, "-metadata:s:t", "mimetype=application/vnd.apple.mpegurl"]
    run("-i", clip, "-c", "copy", *marks, path)
    video = process_file(path)
    assert (video.state, video.width, video.height) == (VideoState.READY, 160, 90)
    assert bait.calls == []


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.mxf", ("-c:v", "mpeg2video", "-f", "mxf_opatom", "-map", "0:v")),
        ("a.ogv", ("-c:v", "libtheora", "-c:a", "libopus")),
    ],
)
def test_broadcast_and_free_containers_are_read(name: str, options: tuple[str, ...], tmp_path: Path):
    path = tmp_path / name
    film(*options, size="1920x1080" if name == "a.mxf" else "320x180", seconds=0.4)(path)
    assert process_file(path).state == VideoState.READY


def test_film_that_grows_on_the_way_is_shown_at_its_first_size(tmp_path: Path):
    """A few small pictures, then large ones: the plan's memory and sizes hold."""
    small, large, path = tmp_path / "s.ts", tmp_path / "l.ts", tmp_path / "a.ts"
    film(size="160x120", seconds=1, sound=None)(small)
    film("-output_ts_offset", "1", size="1920x1080", seconds=0.4, sound=None)(large)
    path.write_bytes(small.read_bytes() + large.read_bytes())
    video = process_file(path)
    assert (video.state, video.width, video.height) == (VideoState.READY, 160, 120)
    assert video.duration_ms == pytest.approx(1400, abs=41)


def test_film_that_grows_beyond_the_limit_on_the_way_is_refused_or_cut(tmp_path: Path):
    small, large, path = tmp_path / "s.ts", tmp_path / "l.ts", tmp_path / "a.ts"
    film(size="160x120", seconds=1, sound=None)(small)
    film("-output_ts_offset", "1", size="4400x2400", seconds=0.2, sound=None)(large)
    path.write_bytes(small.read_bytes() + large.read_bytes())
    video = process_file(path)
    assert (video.state, video.failure_reason) == (VideoState.FAILED, FailureReason.BROKEN)
