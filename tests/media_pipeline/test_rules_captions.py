"""Captions in the shapes that people's programs write them, and what no player could show."""

import time

import pytest

from media_pipeline.enums import CaptionFault
from media_pipeline.rules.captions import (
    MAX_CUES,
    CaptionsInvalidError,
    Cue,
    check_cues,
    clean_text,
    decode_captions,
    parse_captions,
    shift_cues,
    write_captions,
)
from media_pipeline.rules.stamps import parse_stamp, stamp_text

SRT = "1\r\n00:00:01,000 --> 00:00:02,500\r\n第一句\r\n第二行\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\n完\r\n"
CUES = (Cue(1000, 2500, "第一句\n第二行"), Cue(3000, 4000, "完"))


def test_captions_are_read_back_as_written():
    cues = (Cue(0, 1500, "您好。"), Cue(3_600_000, 3_601_001, "第二句"), Cue(3_601_001, 3_602_000, "a < b && c --> d"))
    assert parse_captions(write_captions(cues)) == cues


def test_subtitles_become_webvtt():
    assert write_captions(parse_captions(SRT)) == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n第一句\n第二行\n\n00:00:03.000 --> 00:00:04.000\n完\n"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_captions_are_read_in_every_usual_encoding(encoding):
    assert parse_captions(decode_captions(SRT.encode(encoding))) == CUES


def test_big_endian_utf_16_with_its_mark_is_read():
    assert parse_captions(decode_captions(b"\xfe\xff" + SRT.encode("utf-16-be"))) == CUES


def test_bytes_of_no_encoding_are_refused():
    with pytest.raises(CaptionsInvalidError) as caught:
        decode_captions(b"\xff\x80\x80\xff")
    assert caught.value.fault == CaptionFault.ENCODING


def test_captions_with_a_mark_windows_line_ends_and_short_times_are_read():
    text = "\ufeffWEBVTT - 测试\r\n\r\n1\r\n00:01.000 --> 00:02.500 align:start\r\n一\r\n二\r\n"
    assert parse_captions(text) == (Cue(1000, 2500, "一\n二"),)


def test_notes_styles_and_regions_are_left_out():
    text = "WEBVTT\n\nSTYLE\n::cue { color: red }\n\nNOTE 备注\n\n00:01.000 --> 00:02.000\n一\n"
    assert parse_captions(text) == (Cue(1000, 2000, "一"),)


def test_cues_without_empty_lines_between_them_are_told_apart():
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\n一\n2\n00:00:02,000 --> 00:00:03,000\n二\n00:00:03,000 --> 00:00:04,000\n3\n"
    )
    assert parse_captions(text) == (Cue(1000, 2000, "一"), Cue(2000, 3000, "二"), Cue(3000, 4000, "3"))


def test_cues_without_words_are_left_out():
    text = "1\n00:00:01,000 --> 00:00:02,000\n\n2\n00:00:02,000 --> 00:00:03,000\n<b> </b>\n\n"
    assert parse_captions(text + "00:00:03,000 --> 00:00:04,000\n三") == (Cue(3000, 4000, "三"),)


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ('<font color="#fff">注意</font> <b>安全</b>', "注意 安全"),
        (r"{\an8}上方", "上方"),
        ("<v 张三>您好", "张三：您好"),
        ("<v.loud 张三>您好</v>", "张三：您好"),
        ("<c.yellow>黄</c>色", "黄色"),
        ("一<00:00:01.000>二", "一二"),
        ("a &lt; b &amp;&nbsp;c", "a < b & c"),
        ("x<y 且 z>3", "x<y 且 z>3"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("<img src=x onerror=alert(1)>图", "图"),
        (" 一 \n\n 二 ", "一\n二"),
        ("倒\u202e写", "倒写"),
    ],
)
def test_marks_inside_words_go_and_words_stay(given, plain):
    assert clean_text(given) == plain


def test_what_looks_like_a_tag_is_written_as_text():
    assert "&lt;script&gt;" in write_captions((Cue(0, 1, "<script>"),))


@pytest.mark.parametrize(
    ("text", "line", "fault"),
    [
        ("WEBVTT\n\n00:02.000 --> 00:02.000\n一\n", 3, CaptionFault.ENDS_EARLY),
        ("WEBVTT\n\n00:05.000 --> 00:06.000\n一\n\n00:01.000 --> 00:02.000\n二\n", 6, CaptionFault.BACKWARDS),
        ("WEBVTT\n\n00:05.000 --> 00:06.000\n一\n\n00:05.999 --> 00:07.000\n二\n", 6, CaptionFault.OVERLAP),
        ("1\n00:00:61,000 --> 00:01:02,000\n一\n", 2, CaptionFault.TIME),
        ("1\n一 --> 二\n一\n", 2, CaptionFault.TIME),
        ("WEBVTT", 1, CaptionFault.NO_CUE),
        ("", 1, CaptionFault.NO_CUE),
        ("PK\x03\x04", 1, CaptionFault.NO_CUE),
        ("00:01.000 --> 00:02.000\n" + "长" * 1001, 1, CaptionFault.TOO_LONG),
    ],
)
def test_captions_name_the_wrong_line(text, line, fault):
    with pytest.raises(CaptionsInvalidError) as caught:
        parse_captions(text)
    assert (caught.value.line, caught.value.fault) == (line, fault)


def test_a_cue_may_start_where_the_one_before_ends():
    assert len(parse_captions("00:01.000 --> 00:02.000\n一\n\n00:02.000 --> 00:03.000\n二")) == 2


def test_more_cues_than_anybody_reads_are_refused_soon():
    many = [Cue(number * 10, number * 10 + 5, "字") for number in range(100_000)]
    text = write_captions(many)
    began = time.monotonic()
    with pytest.raises(CaptionsInvalidError) as caught:
        parse_captions(text)
    assert caught.value.fault == CaptionFault.TOO_MANY
    assert time.monotonic() - began < 5
    assert len(parse_captions(write_captions(many[:MAX_CUES]))) == MAX_CUES


def test_lines_without_end_are_read_once():
    began = time.monotonic()
    with pytest.raises(CaptionsInvalidError):
        parse_captions("00:01.000 --> 00:02.000\n" + "<" * 500_000 + "\n" * 500_000)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("cues", "line", "fault"),
    [
        ((), 1, CaptionFault.NO_CUE),
        ((Cue(0, 10, "一"), Cue(10, 20, "  ")), 2, CaptionFault.NO_TEXT),
        ((Cue(0, 10, "一"), Cue(9, 20, "二")), 2, CaptionFault.OVERLAP),
        ((Cue(10, 20, "一"), Cue(0, 5, "二")), 2, CaptionFault.BACKWARDS),
    ],
)
def test_mended_cues_are_checked_and_the_wrong_one_is_named(cues, line, fault):
    with pytest.raises(CaptionsInvalidError) as caught:
        check_cues(cues)
    assert (caught.value.line, caught.value.fault) == (line, fault)


def test_cues_are_shifted_but_not_before_the_start():
    assert shift_cues(CUES, -1000) == (Cue(0, 1500, "第一句\n第二行"), Cue(2000, 3000, "完"))
    with pytest.raises(CaptionsInvalidError):
        shift_cues(CUES, -1001)


@pytest.mark.parametrize(
    ("text", "value_ms"),
    [
        ("1:02:03.5", 3_723_500),
        ("02:03,5", 123_500),
        ("90:00", 5_400_000),
        ("0：05", 5000),
        ("1:60:00", None),
        ("00:60", None),
        ("5", None),
        ("99:59:59.999", 359_999_999),
        ("100:00:00", None),
        ("-1:00", None),
        ("", None),
    ],
)
def test_times_are_read_as_people_write_them(text, value_ms):
    assert parse_stamp(text) == value_ms


def test_times_are_written_in_full():
    assert stamp_text(3_723_500) == "01:02:03.500"
