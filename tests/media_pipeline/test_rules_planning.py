"""From packets to a plan: pace, clock, turn, colours, loudness, and what may be copied."""

import json
from fractions import Fraction

import pytest

from media_pipeline.enums import FailureReason
from media_pipeline.rules.colours import colours_of
from media_pipeline.rules.failures import judge_probe, judge_samples, reason_of_words
from media_pipeline.rules.frame_rates import Pace, measure_pace
from media_pipeline.rules.ladder import choose_ladder, display_size, group_frames
from media_pipeline.rules.loudness import Gain, Loudness, choose_gain, is_loud_enough, parse_loudness
from media_pipeline.rules.orientation import turn_of
from media_pipeline.rules.packets import PacketTally
from media_pipeline.rules.planning import plan_source, with_loudness
from media_pipeline.rules.plans import Colours, plan_from_json, plan_to_json
from media_pipeline.rules.probe import AudioStream, Probe, VideoStream

LECTURE = VideoStream(0, "h264", 1280, 720, frame_rate=Fraction(25), pixel_format="yuv420p", profile="High", level=31)
VOICE = AudioStream(1, "aac", 2, sample_rate=48_000, profile="LC")
FILE = Probe(format_name="mov,mp4,m4a,3gp,3g2,mj2", videos=(LECTURE,), audios=(VOICE,))


def packets(
    *, seconds: int = 150, group: int = 100, size: int = 1000, sound_from: float = 0.0, sound_size: int = 300
) -> PacketTally:
    """The packets of a lecture at 25 a second, and of its voice at 50."""
    pictures = [f"0,{n / 25:.6f},{n / 25:.6f},0.04,{size},{'__' if n % group else 'K_'}" for n in range(seconds * 25)]
    sound = [f"1,{n / 50 + sound_from:.6f},{n / 50:.6f},0.02,{sound_size},K_" for n in range(seconds * 50)]
    return PacketTally().add_all([*pictures, *sound])


@pytest.mark.parametrize(
    ("gaps", "header", "expected"),
    [
        ({40_000: 100}, Fraction(25), Pace(Fraction(25), False)),
        ({33_000: 67, 34_000: 33}, Fraction(1000), Pace(Fraction(30), False)),
        ({33_000: 60, 34_000: 36}, Fraction(30000, 1001), Pace(Fraction(30000, 1001), False)),
        ({40_000: 49, 80_000: 1}, Fraction(25), Pace(Fraction(25), False)),
        ({33_333: 30, 500_000: 7}, Fraction(9), Pace(Fraction(30), True)),
        ({27_000: 30, 33_000: 30, 40_000: 30}, None, Pace(Fraction(30), True)),
        ({}, Fraction(24), Pace(Fraction(24), False)),
        ({}, None, Pace(None, False)),
    ],
)
def test_pace_is_that_of_the_packets(gaps, header, expected):
    assert measure_pace(gaps, header) == expected


def test_key_frames_are_four_seconds_apart_and_never_less():
    assert [group_frames(Fraction(rate)) for rate in (25, Fraction(30000, 1001), Fraction(71, 10))] == [100, 120, 29]


@pytest.mark.parametrize(
    ("rows", "turn"),
    [
        ((1, 0, 0, 1), ""),
        ((0, 1, -1, 0), "clock"),
        ((0, -1, 1, 0), "cclock"),
        ((-1, 0, 0, -1), "half"),
        ((-1, 0, 0, 1), "hflip"),
        ((1, 0, 0, -1), "vflip"),
        ((0, 1, 1, 0), "cclock_flip"),
        ((0, -1, -1, 0), "clock_flip"),
        ((1, 1, -1, 1), ""),
        ((0, 0, 0, 0), ""),
    ],
)
def test_turn_follows_from_the_matrix(rows, turn):
    a, b, c, d = (number * 65536 for number in rows)
    text = f"\n00000000: {a} {b} 0\n00000001: {c} {d} 0\n00000002: 0 0 1073741824\n"
    assert turn_of({"displaymatrix": text, "rotation": -9223372036854775808}) == turn


@pytest.mark.parametrize(
    ("video", "expected"),
    [
        (VideoStream(0, "h264", 1280, 720), Colours("bt709")),
        (VideoStream(0, "h264", 720, 576), Colours("bt601")),
        (VideoStream(0, "h264", 720, 576, colour_matrix="bt709"), Colours("bt709")),
        (VideoStream(0, "mjpeg", 640, 480, pixel_format="yuvj420p", full_range=True), Colours("bt601", "", True)),
        (VideoStream(0, "qtrle", 640, 480, pixel_format="rgb24"), Colours("rgb")),
        (VideoStream(0, "hevc", 640, 480, colour_curve="smpte2084"), Colours("bt2020", "pq")),
        (
            VideoStream(0, "hevc", 1920, 1080, colour_matrix="bt2020nc", colour_curve="arib-std-b67"),
            Colours("bt2020", "hlg"),
        ),
    ],
)
def test_colours_are_those_told_or_those_of_the_size(video, expected):
    assert colours_of(video) == expected


def test_pixels_a_mile_wide_are_taken_for_square():
    assert display_size(640, 480, Fraction(1000), 0) == (640, 480)
    assert display_size(640, 480, Fraction(4), 0) == (2560, 480)


def test_ladder_has_no_more_pixels_than_a_phone_decodes():
    assert (choose_ladder(3440, 1440)[0].width, choose_ladder(3440, 1440)[0].height) == (2222, 930)
    assert [(rung.width, rung.height) for rung in choose_ladder(4000, 100)] == [(4000, 100)]


def test_meters_are_read_and_the_last_of_them_counts():
    words = "  I:  -26.5 LUFS\n  Peak:  -10.0 dBFS\nRMS level dB: -29.4\nRMS level dB: -inf\n"
    words += "  I:  -20.0 LUFS\n  Peak: -3.0 dBFS"
    assert parse_loudness(words) == Loudness(-20.0, -3.0, (-29.4, -200.0))
    assert parse_loudness("nothing") is None


@pytest.mark.parametrize(
    ("loudness", "channels", "expected"),
    [
        (Loudness(-26.0, -15.0), 2, Gain(10.0, False, None)),
        (Loudness(-26.0, -11.9), 2, Gain(10.0, True, None)),
        (Loudness(-70.0, -200.0), 2, Gain()),
        (None, 2, Gain()),
        (Loudness(-59.0, -50.0), 2, Gain(30.0, False, None)),
        (Loudness(-26.01, -30.0, (-28.0, -200.0)), 2, Gain(7.0, False, 0)),
        (Loudness(-26.0, -30.0, (-28.0, -200.0)), 1, Gain(10.0, False, None)),
        (Loudness(-26.0, -30.0, (-28.0, -66.0)), 2, Gain(10.0, False, None)),
    ],
)
def test_gain_brings_speech_to_its_loudness(loudness, channels, expected):
    assert choose_gain(loudness, channels=channels) == expected


def test_two_units_off_is_loud_enough():
    assert [is_loud_enough(Gain(gain_db=gain)) for gain in (2.0, -2.0, 2.01)] == [True, True, False]


def test_light_lecture_is_copied_and_says_so():
    plan = plan_source(FILE, packets())
    assert (plan.copy_video, plan.copy_sound, len(plan.rungs), plan.frames) == (True, True, 1, 3750)
    louder = with_loudness(plan, Loudness(-26.0, -12.0), channels=2)
    assert (louder.copy_video, louder.copy_sound, louder.gain_db) == (True, False, 10.0)
    other = plan.encoded_instead()
    assert (other.copy_video, other.copy_sound, len(other.rungs), other.frames) == (False, False, 3, 3750)


@pytest.mark.parametrize(
    "changes",
    [
        {"seconds": 119},
        {"group": 251},
        {"size": 4501},
        {"sound_from": 0.06},
    ],
)
def test_lecture_that_is_short_coarse_heavy_or_apart_is_encoded(changes):
    assert plan_source(FILE, packets(**changes)).copy_video is False


def test_lecture_just_light_and_regular_enough_is_copied():
    assert plan_source(FILE, packets(seconds=120, group=250, size=4500, sound_from=0.05)).copy_video is True


def test_sound_too_heavy_is_encoded_beside_copied_pictures():
    plan = plan_source(FILE, packets(sound_size=401))
    assert (plan.copy_video, plan.copy_sound) == (True, False)


def test_pictures_before_their_key_frame_are_never_copied():
    lines = [f"0,{n / 25:.6f},0,0.04,900,{'__' if n % 50 else 'K_'}" for n in range(3750)]
    lines[51] = "0,1.990000,0,0.04,900,__"
    assert plan_source(FILE, PacketTally().add_all(lines)).copy_video is False


def test_sound_that_begins_first_moves_the_beginning():
    lines = ["0,1.0,1.0,0.04,9,K_", "0,1.04,1.04,0.04,9,__", "1,0.5,0.5,0.6,9,K_"]
    plan = plan_source(FILE, PacketTally().add_all(lines))
    assert (plan.origin_us, plan.duration_ms, plan.pad_sound) == (500_000, 560, False)


def test_sound_that_begins_a_little_first_loses_its_beginning():
    lines = ["0,1.0,1.0,0.04,9,K_", "0,1.04,1.04,0.04,9,__", "1,0.9,0.9,0.2,9,K_"]
    plan = plan_source(FILE, PacketTally().add_all(lines))
    assert (plan.origin_us, plan.duration_ms, plan.pad_sound) == (1_000_000, 80, True)


def test_clock_of_a_transport_stream_may_jump():
    lines = [f"0,{t},{t},1,9,K_" for t in (1, 2, 3, 500, 501, 1, 2)]
    assert PacketTally(jumps=True).add_all(lines).of_stream(0).duration_ms == 7000
    assert PacketTally().add_all(lines).of_stream(0).duration_ms == 501_000


def test_default_track_is_heard():
    quiet, loud = AudioStream(1, "aac", 2), AudioStream(2, "aac", 2, is_default=True)
    assert Probe("mp4", (LECTURE,), (quiet, loud)).audio is loud
    assert Probe("mp4", (LECTURE,), (quiet,)).audio is quiet


def test_plan_travels_as_json():
    plan = with_loudness(plan_source(FILE, packets(seconds=2)), Loudness(-26.0, -11.0), channels=2)
    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan)))) == plan


def test_streams_without_a_decoder_are_unsupported():
    assert judge_probe(Probe("mp4", (), (), unknown_streams=1)) is FailureReason.UNSUPPORTED
    assert (
        reason_of_words("Decoder (codec av1) not found for input stream #0:0", FailureReason.BROKEN)
        is FailureReason.UNSUPPORTED
    )
    assert reason_of_words("malloc: Cannot allocate memory", FailureReason.BROKEN) is FailureReason.TOO_LARGE
    for words in (
        "[pcm_s16le @ 0x1] Too many channels: 1000",
        "[SWR @ 0x1] Rematrix is needed between 64 channels and stereo but there is not enough information to do it",
    ):
        assert reason_of_words(words, FailureReason.BROKEN) is FailureReason.UNSUPPORTED


def test_a_tenth_of_damaged_samples_passes_and_more_does_not():
    assert [judge_samples(2, 3), judge_samples(3, 30), judge_samples(3, 29)] == [None, None, FailureReason.BROKEN]
