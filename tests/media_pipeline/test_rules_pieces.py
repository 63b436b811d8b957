from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_pipeline.rules.ladder import choose_ladder
from media_pipeline.rules.pieces import (
    cut_stretches,
    first_moment_of_crc,
    is_whole,
    is_worth_cutting,
    percent_of_pieces,
)
from media_pipeline.rules.playlists import MediaPlaylist, Segment
from media_pipeline.rules.space import encoder_bytes, output_bytes


@given(frames=st.integers(1, 200_000), group=st.integers(1, 250), seconds=st.integers(4, 600))
def test_stretches_follow_one_another_without_a_gap(frames, group, seconds):
    stretches = cut_stretches(frames, group, seconds=seconds)
    ends = [stretch.first_frame + stretch.frame_count for stretch in stretches]
    assert [stretch.first_frame for stretch in stretches] == [0, *ends[:-1]]
    assert ends[-1] == frames
    assert [stretch.number for stretch in stretches] == list(range(1, len(stretches) + 1))


@given(frames=st.integers(1, 200_000), group=st.integers(1, 250), seconds=st.integers(4, 600))
def test_stretches_begin_where_segments_begin_and_the_last_is_no_scrap(frames, group, seconds):
    stretches = cut_stretches(frames, group, seconds=seconds)
    assert all(stretch.first_frame % group == 0 for stretch in stretches)
    if len(stretches) > 1:
        assert stretches[-1].frame_count * 2 >= stretches[0].frame_count - 1


def test_a_film_of_an_hour_is_thirty_stretches_of_two_minutes():
    assert len(cut_stretches(90_000, 100, seconds=120)) == 30


@pytest.mark.parametrize(
    ("minutes", "limit", "container", "cut"),
    [(21, 20, "mp4", True), (20, 20, "mp4", False), (600, 0, "mp4", False), (600, 20, "mpegts", False)],
)
def test_films_are_cut_that_are_longer_than_the_limit_and_whose_clock_is_steady(minutes, limit, container, cut):
    assert is_worth_cutting(minutes * 60_000, container, from_minutes=limit) is cut


def test_percent_weighs_pieces_by_their_frames_and_leaves_the_end_to_the_joining():
    assert percent_of_pieces([(100, 100), (300, 0), (0, 50)]) == 25
    assert percent_of_pieces([(100, 100), (0, 100)]) == 99
    assert percent_of_pieces([]) == 0


def playlist(*seconds: float) -> MediaPlaylist:
    return MediaPlaylist("init.mp4", tuple(Segment("x", 0, round(length * 1_000_000)) for length in seconds))


def test_joined_rendition_is_whole_to_within_half_a_frame():
    assert is_whole(playlist(4, 4, 2), 250, 100, 10_000_000)
    assert is_whole(playlist(4, 4, 2.019), 250, 100, 10_000_000)
    assert not is_whole(playlist(4, 4, 2.04), 250, 100, 10_000_000)
    assert not is_whole(playlist(4, 4), 250, 100, 10_000_000)
    assert not is_whole(playlist(4, 4, 1, 1), 250, 100, 10_000_000)


def test_first_moment_is_read_by_the_clock_of_the_stream():
    lines = ["#software: x", "#tb 0: 1/12800", "0,   -1024,   512,   512,  88, 0xabc"]
    assert first_moment_of_crc(lines) == Fraction(1, 25)
    assert first_moment_of_crc(["#tb 0: 1/25"]) is None


def test_room_for_an_hour_of_a_lecture_is_a_few_gigabytes():
    rungs = choose_ladder(1920, 1080)
    assert 3 * 10**9 < output_bytes(rungs, 3_600_000) < 8 * 10**9
    assert output_bytes(rungs, 3_600_000) == 2 * encoder_bytes(rungs, 3_600_000)
