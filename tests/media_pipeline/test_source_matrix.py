"""Many kinds of sources through a real worker, Redis and an S3 server: what becomes of each, and whether it plays."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from lms.bootstrap.place import ROOT
from media_pipeline.rules.playlists import parse_media_playlist
from tests.factories.source_table import SOURCES, Ready
from tests.services import LiveSite, S3Server
from tests.services.site import site_environment

pytestmark = [pytest.mark.services, pytest.mark.timeout(900)]

READY = [name for name, (_, expected) in SOURCES.items() if isinstance(expected, Ready)]
REFUSED = [name for name in SOURCES if name not in READY]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The rows of all sources, and the folder of what was made."""

    rows: dict[str, dict[str, Any]]
    folder: Path


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory, empty_home: Path, s3: S3Server, redis: str) -> Outcome:
    """Make every source, and give them all to one site at once."""
    folder = tmp_path_factory.mktemp("matrix")
    sources, results = folder / "sources", folder / "results"
    for place in (sources, results):
        place.mkdir()
    with ThreadPoolExecutor(2) as makers:
        list(makers.map(lambda name: _make(name, folder / "making", sources), SOURCES))
    env = site_environment(folder / "home", {"CELERY_BROKER_URL": redis, **s3.environment(s3.make_bucket())})
    shutil.copytree(empty_home, folder / "home")
    with LiveSite(folder / "home", env) as site:
        site.start_worker()
        command = [sys.executable, "-m", "tests.media_pipeline.matrix_site", str(sources), str(results)]
        subprocess.run(command, cwd=ROOT, env={**env, "DJANGO_SETTINGS_MODULE": "lms.settings"}, check=True)
    return Outcome(json.loads((results / "rows.json").read_text()), results)


def _make(name: str, workshop: Path, sources: Path) -> None:
    place = workshop / name.replace(".", "-")
    place.mkdir(parents=True)
    SOURCES[name][0](place / name)
    (place / name).replace(sources / name)


def probe(path: Path, *options: str) -> dict[str, Any]:
    shown = ["ffprobe", "-v", "error", "-show_streams", "-show_format", *options, "-of", "json", str(path)]
    return json.loads(subprocess.run(shown, check=True, capture_output=True).stdout)


@pytest.mark.parametrize("name", REFUSED)
def test_source_is_refused_for_its_reason(outcome: Outcome, name: str):
    row = outcome.rows[name]
    assert (row["state"], row["failure_reason"]) == ("failed", SOURCES[name][1].reason)
    assert (row["attempt"], row["hls_prefix"], row["renditions"]) == (1, "", [])


@pytest.mark.parametrize("name", READY)
def test_source_becomes_what_it_should(outcome: Outcome, name: str):
    row, expected = outcome.rows[name], SOURCES[name][1]
    assert (row["state"], row["failure_reason"], row["attempt"]) == ("ready", "", 1), row["failure_detail"]
    assert [(item["width"], item["height"]) for item in row["renditions"]] == expected.sizes
    assert row["duration_ms"] == pytest.approx(expected.ms, abs=float(1000 / expected.rate) + 1)
    assert row["made_by"] == ("repackaging" if expected.copied else "encoding")
    facts = row["source_facts"]
    assert {key: facts[key] for key in expected.facts} == expected.facts
    assert {key: facts["video"][key] for key in expected.picture_facts} == expected.picture_facts
    assert {key: facts["audio"][key] for key in expected.sound_facts} == expected.sound_facts


@pytest.mark.parametrize("name", READY)
def test_single_file_plays_as_a_phone_wants_it(outcome: Outcome, name: str):
    expected = SOURCES[name][1]
    streams = probe(outcome.folder / name / "video.mp4")["streams"]
    video = next(stream for stream in streams if stream["codec_type"] == "video")
    sounds = [stream for stream in streams if stream["codec_type"] == "audio"]
    assert (video["codec_name"], video["pix_fmt"], video["sample_aspect_ratio"]) == ("h264", "yuv420p", "1:1")
    assert "side_data_list" not in video
    assert [(sound["codec_name"], sound["sample_rate"]) for sound in sounds] == [("aac", "48000")] * expected.sound
    if not expected.copied:
        told = [video.get(key) for key in ("color_range", "color_space", "color_transfer", "color_primaries")]
        assert told == ["tv", "bt709", "bt709", "bt709"]
        assert Fraction(video["r_frame_rate"]) == expected.rate
        assert [sound["channels"] for sound in sounds] == [2] * expected.sound
    for sound in sounds:
        assert float(sound["duration"]) == pytest.approx(float(video["duration"]), abs=0.07)
        assert float(sound["start_time"]) == pytest.approx(float(video["start_time"]), abs=0.03)


@pytest.mark.parametrize("name", READY)
def test_renditions_are_whole_and_cut_alike(outcome: Outcome, name: str, tmp_path: Path):
    folder, row = outcome.folder / name, outcome.rows[name]
    lists = {
        item["name"]: parse_media_playlist((folder / item["name"] / "index.m3u8").read_text())
        for item in row["renditions"]
    }
    starts = [[segment.starts_at_us for segment in playlist.segments] for playlist in lists.values()]
    assert all(each == starts[0] for each in starts)
    for item in row["renditions"]:
        pieces = [lists[item["name"]].init_name, *(segment.name for segment in lists[item["name"]].segments)]
        whole = tmp_path / f"{item['name']}.mp4"
        whole.write_bytes(b"".join((folder / item["name"] / piece).read_bytes() for piece in pieces))
        told = probe(whole, "-count_packets")["streams"][0]
        assert (told["width"], told["height"]) == (item["width"], item["height"])
        rate = float(SOURCES[name][1].rate)
        assert int(told["nb_read_packets"]) == pytest.approx(row["duration_ms"] * rate / 1000, abs=1)


@pytest.mark.parametrize("name", READY)
def test_pictures_of_the_seek_bar_and_posters_are_there(outcome: Outcome, name: str):
    folder, row = outcome.folder / name, outcome.rows[name]
    names = [path.removeprefix(f"{row['hls_prefix']}/") for path in row["poster_choices"]]
    assert row["poster_path"] == row["poster_choices"][0]
    for poster in names:
        picture = probe(folder / poster)["streams"][0]
        assert (picture["width"], picture["height"]) == (row["width"], row["height"])
    text = (folder / "previews.vtt").read_text()
    assert text.startswith("WEBVTT\n\n00:00:00.000 --> ")
    assert "previews-0.jpg#xywh=0,0,160," in text


def test_nothing_is_left_behind(outcome: Outcome):
    assert outcome.rows[""]["left"] == []


def test_master_playlist_names_every_rendition_and_the_sound_alone(outcome: Outcome):
    lines = (outcome.folder / "camera.mp4" / "master.m3u8").read_text().splitlines()
    shown = [
        (lines[at].split("RESOLUTION=")[-1], lines[at + 1]) for at in range(len(lines)) if "STREAM-INF" in lines[at]
    ]
    assert [address for _, address in shown] == ["450p/index.m3u8", "360p/index.m3u8", "audio/index.m3u8"]
    assert shown[0][0] == '640x450,FRAME-RATE=29.970,AUDIO="sound"'
    assert 'CODECS="mp4a.40.2",AUDIO="sound"' in lines[-2]


@pytest.mark.parametrize("name", ["camera.mp4", "mono-8000.mp4", "surround.mkv", "one-ear.mp4", "light-lecture.mp4"])
def test_sound_is_as_loud_as_all_lessons(outcome: Outcome, name: str):
    command = ["ffmpeg", "-hide_banner", "-nostats", "-i", outcome.folder / name / "video.mp4", "-vn"]
    said = subprocess.run([*command, "-af", "ebur128", "-f", "null", "-"], check=True, capture_output=True, text=True)
    loudness = float(said.stderr.rpartition("I:")[2].split()[0])
    assert loudness == pytest.approx(-16, abs=2 if name.startswith("light") else 1)
