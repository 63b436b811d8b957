"""The first playlist, and the pictures that stand for moments."""

from fractions import Fraction

import pytest

from media_pipeline.rules.ladder import choose_ladder
from media_pipeline.rules.masters import NotAvcError, Variant, codec_of_init, write_master
from media_pipeline.rules.playlists import BitRate
from media_pipeline.rules.previews import Look, choose_posters, tile_distance_ms, write_previews

RUNGS = choose_ladder(1280, 720)
VARIANTS = [Variant(rung, "avc1.64001f", BitRate(3000 - at, 2000 - at)) for at, rung in enumerate(RUNGS)]


def test_master_begins_with_the_middle_and_ends_with_the_sound_alone():
    assert write_master(VARIANTS, Fraction(30000, 1001), BitRate(100, 90)).splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="audio",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",'
        'URI="audio/index.m3u8"',
        '#EXT-X-STREAM-INF:BANDWIDTH=3099,AVERAGE-BANDWIDTH=2089,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=960x540,'
        'FRAME-RATE=29.970,AUDIO="sound"',
        "540p/index.m3u8",
        '#EXT-X-STREAM-INF:BANDWIDTH=3100,AVERAGE-BANDWIDTH=2090,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,'
        'FRAME-RATE=29.970,AUDIO="sound"',
        "720p/index.m3u8",
        '#EXT-X-STREAM-INF:BANDWIDTH=3098,AVERAGE-BANDWIDTH=2088,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=640x360,'
        'FRAME-RATE=29.970,AUDIO="sound"',
        "360p/index.m3u8",
        '#EXT-X-STREAM-INF:BANDWIDTH=1000,AVERAGE-BANDWIDTH=1000,CODECS="mp4a.40.2",AUDIO="sound"',
        "audio/index.m3u8",
    ]


def test_master_of_a_silent_film_names_no_sound():
    text = write_master(VARIANTS[2:], Fraction(25), None)
    assert text.splitlines()[3:] == [
        '#EXT-X-STREAM-INF:BANDWIDTH=2998,AVERAGE-BANDWIDTH=1998,CODECS="avc1.64001f",RESOLUTION=640x360,'
        "FRAME-RATE=25.000",
        "360p/index.m3u8",
    ]


def test_codec_is_read_out_of_the_headers():
    assert codec_of_init(b"\0\0\0\x20avcC\x01\x64\x00\x1f\xff") == "avc1.64001f"
    with pytest.raises(NotAvcError):
        codec_of_init(b"hvcC" * 4)


@pytest.mark.parametrize(("minutes", "expected"), [(0, 4000), (20, 4000), (21, 8000), (360, 72_000)])
def test_seek_bar_never_has_more_than_300_pictures(minutes, expected):
    assert tile_distance_ms(minutes * 60_000) == expected


def test_previews_name_parts_of_sheets():
    text = write_previews([80, 4080, *range(8080, 110_000, 4000)], 112_000, width=160, height=90)
    lines = [line for line in text.splitlines() if "xywh" in line or "-->" in line]
    assert lines[:4] == [
        "00:00:00.000 --> 00:00:04.080",
        "previews-0.jpg#xywh=0,0,160,90",
        "00:00:04.080 --> 00:00:08.080",
        "previews-0.jpg#xywh=160,0,160,90",
    ]
    assert lines[11] == "previews-0.jpg#xywh=0,90,160,90"
    assert lines[51] == "previews-1.jpg#xywh=0,0,160,90"
    assert lines[-2].endswith("--> 00:01:52.000")


def test_posters_are_lively_and_the_liveliest_is_first():
    black, dull, slide, face = Look(0, 0), Look(5, 1), Look(40, 5), Look(50, 7)
    looks = {0: black, 10_000: black, 12_000: slide, 30_000: dull, 50_000: face, 70_000: slide, 90_000: black}
    assert choose_posters(looks, 100_000) == [50_000, 12_000, 70_000]


def test_poster_of_a_black_film_is_black():
    assert choose_posters({0: Look(0, 0), 4000: Look(0, 0)}, 8000) == [0]
    assert choose_posters({}, 8000) == []
