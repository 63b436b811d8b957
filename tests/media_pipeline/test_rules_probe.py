from fractions import Fraction

from media_pipeline.enums import FailureReason
from media_pipeline.rules.failures import MAX_DURATION_MS, judge_decoding, judge_packets, judge_probe, reason_of_words
from media_pipeline.rules.packets import PacketTally
from media_pipeline.rules.probe import AudioStream, Probe, VideoStream, parse_probe

PICTURES = {"index": 0, "codec_type": "video", "codec_name": "h264", "width": 640, "height": 480}
SOUND = {"index": 1, "codec_type": "audio", "codec_name": "aac", "channels": 2}


def test_probe_reads_streams_turn_and_pixels():
    stream = {
        **PICTURES,
        "sample_aspect_ratio": "16:9",
        "avg_frame_rate": "30000/1001",
        "field_order": "tt",
        "side_data_list": [{"rotation": -90}],
    }
    assert parse_probe({"format": {"format_name": "mov"}, "streams": [stream, SOUND]}) == Probe(
        format_name="mov",
        videos=(VideoStream(0, "h264", 640, 480, Fraction(16, 9), "clock", Fraction(30000, 1001), True),),
        audios=(AudioStream(1, "aac", 2),),
    )


def test_probe_takes_a_broken_turn_for_upright():
    stream = {**PICTURES, "side_data_list": [{"rotation": -9223372036854775808}]}
    video = parse_probe({"streams": [stream]}).videos[0]
    assert (video.turn, video.rotation) == ("", 0)


def test_probe_takes_pixels_it_does_not_know_for_square():
    assert parse_probe({"streams": [{**PICTURES, "sample_aspect_ratio": "0:1"}]}).videos[0].sar == Fraction(1)


def test_probe_leaves_covers_and_unknown_streams_out():
    cover = {**PICTURES, "disposition": {"attached_pic": 1}}
    assert parse_probe({"streams": [cover, {"index": 2, "codec_type": "video"}, SOUND]}).videos == ()


def test_probe_sees_encryption_at_the_packets():
    packets = [{"side_data_list": [{"side_data_type": "Encryption info"}]}]
    probe = parse_probe({"streams": [PICTURES], "packets": packets})
    assert judge_probe(probe) is FailureReason.ENCRYPTED


def test_sound_alone_has_no_video():
    assert judge_probe(parse_probe({"streams": [SOUND]})) is FailureReason.NO_VIDEO


def test_nothing_at_all_is_no_media():
    assert judge_probe(parse_probe({})) is FailureReason.NOT_MEDIA


def test_pixels_are_limited_before_anything_is_decoded():
    assert judge_probe(parse_probe({"streams": [{**PICTURES, "width": 4096, "height": 2304}]})) is None
    over = parse_probe({"streams": [{**PICTURES, "width": 4097, "height": 2304}]})
    assert judge_probe(over) is FailureReason.TOO_LARGE


def test_packets_give_the_duration_whatever_their_order():
    lines = ["0,0.08,0.00,0.04,9,__", "0,0.00,N/A,0.04,9,K_", "", "0,N/A,0.12,0.04,9,__"]
    assert PacketTally().add_all(lines).of_stream(0).duration_ms == 160


def test_packets_that_are_never_shown_do_not_count_as_time():
    lines = ["1,-0.023220,-0.023220,0.023220,9,KD", "1,0.000000,0.000000,0.023220,9,K_"]
    tally = PacketTally().add_all(lines).of_stream(1)
    assert (tally.packets, tally.duration_ms) == (2, 23)


def test_duration_of_nothing_is_too_short():
    probe = parse_probe({"streams": [PICTURES]})
    assert judge_packets(probe, PacketTally(), "") is FailureReason.TOO_SHORT


def test_duration_of_exactly_six_hours_passes():
    probe = parse_probe({"streams": [PICTURES]})
    seconds = MAX_DURATION_MS // 1000
    assert judge_packets(probe, PacketTally().add_all([f"0,0.0,0.0,{seconds}.0,9,K_"]), "") is None
    longer = PacketTally().add_all([f"0,0.0,0.0,{seconds}.001,9,K_"])
    assert judge_packets(probe, longer, "") is FailureReason.TOO_LONG


def test_one_corrupt_frame_in_a_hundred_passes_and_more_do_not():
    assert judge_decoding(2, 3) is None
    assert judge_decoding(3, 300) is None
    assert judge_decoding(3, 299) is FailureReason.BROKEN


def test_last_words_give_the_reason():
    assert reason_of_words("[mov] moov atom not found", FailureReason.NOT_MEDIA) is FailureReason.TRUNCATED
    assert reason_of_words("Format not on whitelist 'mov'", FailureReason.BROKEN) is FailureReason.NOT_MEDIA
    assert reason_of_words("No space left on device", FailureReason.BROKEN) is FailureReason.INTERNAL
    assert reason_of_words("something else", FailureReason.BROKEN) is FailureReason.BROKEN
