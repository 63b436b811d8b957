"""Playlists, ranges, places, captions, progress, slides: what is text goes through here."""

import pytest

from media_pipeline.enums import FailureReason
from media_pipeline.rules.clock import clock_text
from media_pipeline.rules.places import is_servable
from media_pipeline.rules.playlists import (
    BitRate,
    measure_bit_rate,
    parse_media_playlist,
    piece_holding,
    point_elsewhere,
    with_measured_bit_rates,
)
from media_pipeline.rules.progress import done_ms_of_line, percent_of
from media_pipeline.rules.ranges import MAX_RANGE_BYTES, ByteRange, RangeNotSatisfiableError, parse_range
from media_pipeline.rules.signatures import reason_of_head
from media_pipeline.rules.slides import break_lines, caption_cues, parse_slide_script

PLAYLIST = """#EXTM3U
#EXT-X-MAP:URI="init_0.mp4"
#EXTINF:4.000000,
00000.m4s
#EXTINF:1.280000,
00001.m4s
#EXT-X-ENDLIST
"""


def test_playlist_gives_its_pieces_and_duration():
    playlist = parse_media_playlist(PLAYLIST)
    assert playlist.init_name == "init_0.mp4"
    assert [(s.name, s.starts_at_us, s.duration_us) for s in playlist.segments] == [
        ("00000.m4s", 0, 4_000_000),
        ("00001.m4s", 4_000_000, 1_280_000),
    ]
    assert playlist.duration_ms == 5280


def test_piece_at_a_border_is_the_later_one_and_after_the_end_the_last():
    segments = parse_media_playlist(PLAYLIST).segments
    assert piece_holding(segments, 3_999_999).name == "00000.m4s"
    assert piece_holding(segments, 4_000_000).name == "00001.m4s"
    assert piece_holding(segments, 9_000_000).name == "00001.m4s"


def test_bit_rate_is_measured_from_the_files():
    rate = measure_bit_rate(parse_media_playlist(PLAYLIST), {"00000.m4s": 500_000, "00001.m4s": 16_000})
    assert rate == BitRate(peak=1_000_000, average=781_818)


def test_master_gets_measured_bit_rates():
    master = '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=2855600,RESOLUTION=1280x720,CODECS="x"\n720p/index.m3u8\n\n'
    assert with_measured_bit_rates(master, {"720p/index.m3u8": BitRate(900, 500)}) == (
        '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=900,AVERAGE-BANDWIDTH=500,RESOLUTION=1280x720,CODECS="x"\n'
        "720p/index.m3u8\n"
    )


def test_pieces_are_pointed_elsewhere_and_playlists_stay():
    assert point_elsewhere(PLAYLIST, lambda name: f"https://s3/{name}?s").splitlines()[1:4] == [
        '#EXT-X-MAP:URI="https://s3/init_0.mp4?s"',
        "#EXTINF:4.000000,",
        "https://s3/00000.m4s?s",
    ]
    assert point_elsewhere("720p/index.m3u8\n", str.upper) == "720p/index.m3u8\n"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-99", ByteRange(0, 99)),
        ("bytes=900-", ByteRange(900, 999)),
        ("bytes=-100", ByteRange(900, 999)),
        ("bytes=-5000", ByteRange(0, 999)),
        ("bytes=990-5000", ByteRange(990, 999)),
        ("bytes=999-999", ByteRange(999, 999)),
        ("", None),
        ("bytes=-", None),
        ("bytes=5-2", None),
        ("bytes=0-1,5-6", None),
        ("items=0-1", None),
        ("bytes=0-" + "9" * 5000, None),
        ("bytes=" + "9" * 5000 + "-", None),
        ("bytes=１-２", None),
    ],
)
def test_range_is_understood(header, expected):
    assert parse_range(header, 1000) == expected


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=1000-1001", "bytes=-0"])
def test_range_outside_the_file_is_refused(header):
    with pytest.raises(RangeNotSatisfiableError):
        parse_range(header, 1000)


def test_range_without_an_end_is_cut_at_four_mebibytes():
    assert parse_range("bytes=10-", 2 * MAX_RANGE_BYTES) == ByteRange(10, 10 + MAX_RANGE_BYTES - 1)


@pytest.mark.parametrize("path", ["renditions/ab/master.m3u8", "captions/zh-hans-1.vtt", "a/b.m4s", "poster.jpg"])
def test_player_files_are_servable(path):
    assert is_servable(path) is True


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/a.m4s",
        "../a.m4s",
        "a/../../b.m4s",
        "a//b.m4s",
        "./a.m4s",
        "a\\..\\b.m4s",
        "a\0.m4s",
        "a",
        "a.exe",
        "a/.m4s/",
    ],
)
def test_anything_else_is_not_servable(path):
    assert is_servable(path) is False


def test_progress_is_read_in_milliseconds():
    assert done_ms_of_line("out_time_us=1500999\n") == 1500
    assert done_ms_of_line("out_time_us=N/A") is None
    assert done_ms_of_line("out_time=00:00:01.5") is None


def test_percent_stays_below_100_until_the_end():
    assert [percent_of(done, 1000) for done in (0, 9, 10, 995, 1000, 2000)] == [0, 0, 1, 99, 99, 99]
    assert percent_of(10, 0) == 0


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"", FailureReason.EMPTY),
        (b"\x89PNG\r\n\x1a\n....", FailureReason.STILL_PICTURE),
        (b"\x00\x00\x00\x18ftypheic", FailureReason.STILL_PICTURE),
        (b"PK\x03\x04....", FailureReason.NOT_MEDIA),
        (b"\xef\xbb\xbf#EXTM3U", FailureReason.NOT_MEDIA),
        (b"\x00\x00\x00\x18ftypisom", None),
    ],
)
def test_first_bytes_give_a_file_away(head, reason):
    assert reason_of_head(head) is reason


def test_clock_is_rounded_down_and_has_hours_where_needed():
    assert [clock_text(ms) for ms in (999, 67_000, 3_600_000)] == ["0:00", "1:07", "1:00:00"]


def test_lines_break_between_characters_but_not_in_numbers_nor_before_marks():
    assert break_lines("依据GB50666-2011，应当验收", 8, len) == ["依据", "GB50666-2011，", "应当验收"]
    assert break_lines("他说《标准》好", 3, len) == ["他说", "《标准》", "好"]


def test_sentences_share_the_time_of_their_slide():
    script = parse_slide_script(
        {
            "name": "n",
            "title": "t",
            "slides": [
                {"title": "一", "lines": [], "seconds": 10, "narration": "一二三。四五六七八九十。"},
                {"title": "二", "seconds": 5, "narration": "末。"},
            ],
        }
    )
    assert [(cue.starts_at_ms, cue.ends_at_ms, cue.text) for cue in caption_cues(script)] == [
        (0, 3250, "一二三。"),
        (3250, 9750, "四五六七八九十。"),
        (10000, 14750, "末。"),
    ]
