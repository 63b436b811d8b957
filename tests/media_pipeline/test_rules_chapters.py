"""Chapters as typed."""

import pytest

from media_pipeline.enums import ChapterFault
from media_pipeline.rules.chapters import (
    MAX_CHAPTERS,
    ChapterLine,
    ChaptersInvalidError,
    chapters_text,
    parse_chapters,
    write_chapters,
)


def test_chapters_are_read_one_a_line_and_put_in_order():
    text = "00:01:30 浇筑\n\n0:00　开场\n2：00  拆模  要求 "
    chapters = (ChapterLine(0, "开场"), ChapterLine(90_000, "浇筑"), ChapterLine(120_000, "拆模 要求"))
    assert parse_chapters(text, 180_000) == chapters
    assert chapters_text(chapters) == "00:00:00 开场\n00:01:30 浇筑\n00:02:00 拆模 要求"
    assert parse_chapters(chapters_text(chapters), 180_000) == chapters


def test_no_line_is_no_chapter():
    assert parse_chapters(" \n", 1000) == ()


@pytest.mark.parametrize(
    ("text", "line", "fault"),
    [
        ("开场", 1, ChapterFault.TIME),
        ("0:00 开场\n90 浇筑", 2, ChapterFault.TIME),
        ("0:00", 1, ChapterFault.NO_TITLE),
        ("0:00 " + "长" * 81, 1, ChapterFault.TITLE_TOO_LONG),
        ("0:00 一\n\n00:00:00 二", 3, ChapterFault.TWICE),
        ("1:00 在结尾", 1, ChapterFault.BEYOND_END),
        ("\n".join(f"0:{n // 10:02d}.{n % 10}00 章" for n in range(MAX_CHAPTERS + 1)), 101, ChapterFault.TOO_MANY),
    ],
)
def test_chapters_name_the_wrong_line(text, line, fault):
    with pytest.raises(ChaptersInvalidError) as caught:
        parse_chapters(text, 60_000)
    assert (caught.value.line, caught.value.fault) == (line, fault)


def test_chapter_in_the_last_millisecond_is_taken_and_a_length_that_is_unknown_limits_nothing():
    assert parse_chapters("0:59.999 尾", 60_000) == (ChapterLine(59_999, "尾"),)
    assert parse_chapters("9:00 尾", None) == (ChapterLine(540_000, "尾"),)


def test_chapters_are_written_for_players_each_until_the_next():
    text = write_chapters((ChapterLine(0, "<b>一"), ChapterLine(1000, "二")), 3000)
    assert text == ("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n&lt;b&gt;一\n\n00:00:01.000 --> 00:00:03.000\n二\n")
