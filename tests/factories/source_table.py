"""Every source of the matrix, with what must become of it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from media_pipeline.enums import FailureReason
from tests.factories.sources import (
    BARS,
    QUICK,
    SQUEAK,
    TONE,
    Maker,
    content,
    copied,
    cut,
    edited,
    film,
    joined,
    lie_about_duration,
    run,
    set_matrix,
    swap,
)

KEY, KEY_NAME = "76a6c65c5ea762046bd749a2e632ccbb", "a7e61c373e219033c21091fa607bf3b8"
HEVC = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error", "-pix_fmt", "yuv420p10le")
PQ = ("-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc")
HLG = ("-color_primaries", "bt2020", "-color_trc", "arib-std-b67", "-colorspace", "bt2020nc")


@dataclass(frozen=True, slots=True)
class Ready:
    """A source that becomes playable: its sizes, largest first, its length, its pace, and facts that are told of it."""

    sizes: list[tuple[int, int]]
    ms: int
    rate: Fraction = Fraction(25)
    sound: bool = True
    copied: bool = False
    facts: dict[str, object] = field(default_factory=dict)
    picture_facts: dict[str, object] = field(default_factory=dict)
    sound_facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """A source that fails, and why."""

    reason: FailureReason


SMALL = [(320, 180)]


def _moments_of_a_screen(path: Path) -> None:
    """Four seconds of a screen recorder: 30 a second while something moves, one in half a second while nothing does."""
    chosen = "select='lt(t,1)+not(mod(n,15))'"
    given = ["-f", "lavfi", "-i", f"{BARS}=s=320x180:r=30:d=4", "-f", "lavfi", "-i", f"{TONE}:d=4"]
    run(*given, *QUICK, "-vf", chosen, "-fps_mode", "vfr", "-enc_time_base", "1/1000", "-c:a", "libopus", path)


def _moments_of_a_phone(path: Path) -> None:
    """Three seconds of a phone whose clock trembles around 30 a second."""
    trembling = "settb=1/90000,setpts='(N/29.9+0.004*sin(N*1.7))/TB'"
    given = ["-f", "lavfi", "-i", f"{BARS}=s=320x180:r=30:d=3", "-f", "lavfi", "-i", f"{TONE}:d=3"]
    run(*given, *QUICK, "-vf", trembling, "-fps_mode", "vfr", "-enc_time_base", "1/90000", "-c:a", "aac", path)


def _two_tracks(path: Path) -> None:
    given = ["-f", "lavfi", "-i", f"{BARS}=s=320x180:d=2", "-f", "lavfi", "-i", f"{TONE}:d=2"]
    given += ["-f", "lavfi", "-i", "anullsrc=r=44100:cl=mono:d=2"]
    marks = ["-disposition:a:0", "default", "-disposition:a:1", "0"]
    run(*given, *QUICK, "-map", "0", "-map", "2", "-map", "1", *marks, "-c:a", "aac", path)


def _sound_with_a_cover(path: Path) -> None:
    given = ["-f", "lavfi", "-i", f"{TONE}:d=1", "-f", "lavfi", "-i", f"{BARS}=s=64x64:d=0.04:r=25"]
    run(*given, "-map", "0", "-map", "1", "-c:a", "libmp3lame", "-c:v", "mjpeg", "-disposition:v", "attached_pic", path)


def _held_picture(path: Path) -> None:
    given = ["-f", "lavfi", "-i", f"{BARS}=s=320x180:r=25:d=1", "-f", "lavfi", "-i", f"{TONE}:d=3"]
    run(*given, *QUICK, "-c:a", "aac", path)


def _apart(offset: float, *, of_sound: bool) -> Maker:
    """Two seconds of both, of which one begins later."""

    def make(path: Path) -> None:
        late = ["-itsoffset", str(offset)]
        given = [*([] if of_sound else late), "-f", "lavfi", "-i", f"{BARS}=s=320x180:r=25:d=2"]
        given += [*(late if of_sound else []), "-f", "lavfi", "-i", f"{TONE}:d=2"]
        run(*given, *QUICK, "-c:a", "aac", path)

    return make


def _sound_for_days(path: Path) -> None:
    """A picture, and two packets of sound that are a day apart."""
    sound = path.with_name("sound.mka")
    run("-f", "lavfi", "-i", "sine=d=2:samples_per_frame=44100", "-c:a", "pcm_s16le", sound)
    given = ["-f", "lavfi", "-i", f"{BARS}=s=320x180:d=1", "-itsscale", "86400", "-i", sound]
    run(*given, *QUICK, "-map", "0", "-map", "1", "-c:a", "copy", path)


def _packed_header(path: Path) -> None:
    """An index said to unpack to four gigabytes (QuickTime's ``cmov``)."""
    packed = zlib.compress(b"\0" * 1000)
    body = (0xFFFFFFF0).to_bytes(4, "big") + packed
    inner = (len(body) + 8).to_bytes(4, "big") + b"cmvd" + body
    kind = (12).to_bytes(4, "big") + b"dcomzlib"
    cmov = (len(kind) + len(inner) + 8).to_bytes(4, "big") + b"cmov" + kind + inner
    path.write_bytes(b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + (len(cmov) + 8).to_bytes(4, "big") + b"moov" + cmov)


SOURCES: dict[str, tuple[Maker, Ready | Refused]] = {
    # cameras and phones
    "camera.mp4": (
        film(size="640x450", rate="30000/1001"),
        Ready([(640, 450), (512, 360)], 2002, Fraction(30000, 1001)),
    ),
    "portrait-phone.mov": (
        copied(film(), "-metadata:s:v:0", "rotate=90", kind=".mp4"),
        Ready([(180, 320)], 2000, picture_facts={"rotation": 270, "width": 320}),
    ),
    "upside-down.mp4": (edited(film(), set_matrix(-1, 0, 0, -1)), Ready(SMALL, 2000, picture_facts={"rotation": 180})),
    "mirrored.mp4": (edited(film(), set_matrix(-1, 0, 0, 1)), Ready(SMALL, 2000, picture_facts={"mirrored": True})),
    "mirrored-portrait.mp4": (
        edited(film(), set_matrix(0, 1, 1, 0)),
        Ready([(180, 320)], 2000, picture_facts={"mirrored": True, "rotation": 270}),
    ),
    "slanted.mp4": (edited(film(), set_matrix(1, 1, -1, 1)), Ready(SMALL, 2000, picture_facts={"rotation": 0})),
    "phone-that-trembles.mp4": (
        _moments_of_a_phone,
        Ready(SMALL, 3003, Fraction(30000, 1001), picture_facts={"variable_frame_rate": True}),
    ),
    "sixty.mp4": (film(rate="60"), Ready(SMALL, 2000, Fraction(30))),
    "fifty.mp4": (film(rate="50"), Ready(SMALL, 2000, Fraction(25))),
    "slow-motion-240.mp4": (film(rate="240", seconds=1, sound=None), Ready(SMALL, 1000, Fraction(30), sound=False)),
    "interlaced.ts": (
        film("-c:v", "mpeg2video", "-flags", "+ilme+ildct", "-top", "1", "-c:a", "mp2", size="360x288"),
        Ready([(360, 288)], 2000, picture_facts={"codec": "mpeg2video"}),
    ),
    "wide-pixels.mp4": (film("-vf", "setsar=16/11", size="360x288"), Ready([(524, 288)], 2000)),
    "pixels-a-mile-wide.mp4": (film("-bsf:v", "h264_metadata=sample_aspect_ratio=1000"), Ready(SMALL, 2000)),
    "odd.mkv": (film("-pix_fmt", "yuv444p", size="321x243"), Ready([(320, 242)], 2000)),
    "four-k.mp4": (
        film(size="3840x2160", rate="5", seconds=0.6, sound=None),
        Ready([(1920, 1080), (1280, 720), (960, 540), (640, 360)], 600, Fraction(5), sound=False),
    ),
    "very-wide.mp4": (
        film(size="3440x1440", rate="5", seconds=0.4, sound=None),
        Ready([(2222, 930), (1720, 720), (1290, 540), (860, 360)], 400, Fraction(5), sound=False),
    ),
    "hdr-pq.mkv": (film(*HEVC, *PQ), Ready(SMALL, 2000, picture_facts={"hdr": "PQ", "bit_depth": 10})),
    "hdr-hlg.mp4": (film(*HEVC, *HLG), Ready(SMALL, 2000, picture_facts={"hdr": "HLG", "bit_depth": 10})),
    "prores.mov": (film("-c:v", "prores_ks", "-pix_fmt", "yuv422p10le", "-c:a", "pcm_s16le"), Ready(SMALL, 2000)),
    "full-range.avi": (film("-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-c:a", "pcm_s16le"), Ready(SMALL, 2000)),
    # screen recorders and conferences
    "screen-that-waits.webm": (
        lambda path: (
            copied(_moments_of_a_screen, kind=".mkv")(path.with_suffix(".mkv"))
            or path.with_suffix(".mkv").replace(path)
        ),
        Ready(SMALL, 4000, Fraction(30), picture_facts={"variable_frame_rate": True}),
    ),
    "screen-10.mkv": (film(rate="10"), Ready(SMALL, 2000, Fraction(10), picture_facts={"frame_rate": "10"})),
    "screen-12.mp4": (film(rate="12"), Ready(SMALL, 2000, Fraction(12))),
    "one-a-second.mkv": (film(rate="1", seconds=3), Ready(SMALL, 3000, Fraction(5))),
    "screen-rgb.mov": (film("-c:v", "qtrle", "-pix_fmt", "rgb24", sound=None), Ready(SMALL, 2000, sound=False)),
    "conference.webm": (
        film("-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"),
        Ready(SMALL, 2000, facts={"container": "matroska"}, sound_facts={"codec": "opus"}),
    ),
    "size-changes-on-the-way.ts": (
        joined(film(size="320x180"), copied(film(size="160x120"), "-output_ts_offset", "2", kind=".ts"), kind=".ts"),
        Ready(SMALL, 4000),
    ),
    "clock-jumps.ts": (
        joined(film(), copied(film(), "-output_ts_offset", "500", kind=".ts"), film(), kind=".ts"),
        Ready(SMALL, 6000),
    ),
    "cut-off.ts": (edited(film(seconds=3, sound=None), cut(0.9)), Ready(SMALL, 2700, sound=False)),
    # old and other
    "old.avi": (film("-c:v", "mpeg4", "-c:a", "libmp3lame"), Ready(SMALL, 2000)),
    "windows.wmv": (film("-c:v", "wmv2", "-c:a", "wmav2"), Ready(SMALL, 2000)),
    "flash.flv": (film("-c:v", "flv1", "-c:a", "libmp3lame", "-ar", "44100"), Ready(SMALL, 2000)),
    "disc.mpg": (film("-c:v", "mpeg2video", "-c:a", "mp2"), Ready(SMALL, 2000)),
    "header-lies.mp4": (
        edited(film(sound=None), lie_about_duration),
        Ready(SMALL, 2000, sound=False, facts={"header_duration_ms": 36_000_000, "duration_ms": 2000}),
    ),
    "one-picture.mp4": (film(seconds=0.04, sound=None), Ready(SMALL, 40, sound=False)),
    # sound
    "mono-8000.mp4": (
        film("-ac", "1", "-ar", "8000"),
        Ready(SMALL, 2000, sound_facts={"channels": 1, "sample_rate": 8000}),
    ),
    "surround.mkv": (
        film("-c:a", "ac3", "-ac", "6"),
        Ready(SMALL, 2000, sound_facts={"channels": 6, "layout": "5.1(side)"}),
    ),
    "seven-one.mkv": (
        film("-c:a", "flac", "-ac", "8"),
        Ready(SMALL, 2000, sound_facts={"channels": 8, "layout": "7.1"}),
    ),
    "one-ear.mp4": (film("-af", "pan=stereo|c0=0*c0|c1=c0"), Ready(SMALL, 2000)),
    "two-tracks.mkv": (_two_tracks, Ready(SMALL, 2000, sound_facts={"tracks": 2, "loudness_lufs": None})),
    "sound-comes-later.mp4": (_apart(0.5, of_sound=True), Ready(SMALL, 2500)),
    "pictures-come-later.mp4": (_apart(0.5, of_sound=False), Ready(SMALL, 2500)),
    "sound-goes-on.mkv": (_held_picture, Ready(SMALL, 3000)),
    "silent.mp4": (film(sound=None), Ready(SMALL, 2000, sound=False)),
    # copied
    "light-lecture.mp4": (
        film("-g", "40", size="160x90", rate="10", seconds=121, sound=SQUEAK, pictures="smptebars"),
        Ready([(160, 90)], 121_000, Fraction(10), copied=True),
    ),
    "light-lecture-of-long-groups.mkv": (
        film("-g", "200", size="160x90", rate="10", seconds=121, sound=None, pictures="smptebars"),
        Ready([(160, 90)], 121_000, Fraction(10), sound=False),
    ),
    # what never becomes a video
    "empty.mp4": (content(b""), Refused(FailureReason.EMPTY)),
    "text.mp4": (content("这不是视频。".encode() * 50), Refused(FailureReason.NOT_MEDIA)),
    "zip.mp4": (content(b"PK\x03\x04" + b"\0" * 400), Refused(FailureReason.NOT_MEDIA)),
    "zeros.mp4": (content(b"\0" * 5000), Refused(FailureReason.NOT_MEDIA)),
    "picture.mp4": (
        lambda path: run("-f", "lavfi", "-i", f"{BARS}=s=64x64", "-frames:v", "1", "-f", "apng", path),
        Refused(FailureReason.STILL_PICTURE),
    ),
    "animation.gif": (
        film("-c:v", "gif", "-pix_fmt", "rgb8", size="64x64", sound=None),
        Refused(FailureReason.STILL_PICTURE),
    ),
    "web-picture.mp4": (content(b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 60), Refused(FailureReason.STILL_PICTURE)),
    "sound.m4a": (lambda path: run("-f", "lavfi", "-i", f"{TONE}:d=1", path), Refused(FailureReason.NO_VIDEO)),
    "song-with-cover.mp3": (_sound_with_a_cover, Refused(FailureReason.NO_VIDEO)),
    "half.mp4": (edited(film(seconds=3), cut(0.5)), Refused(FailureReason.TRUNCATED)),
    "half-index-first.mp4": (
        edited(film("-movflags", "+faststart", seconds=3), cut(0.5)),
        Refused(FailureReason.TRUNCATED),
    ),
    "encrypted.mp4": (
        film("-encryption_scheme", "cenc-aes-ctr", "-encryption_key", KEY, "-encryption_kid", KEY_NAME),
        Refused(FailureReason.ENCRYPTED),
    ),
    "too-large.mp4": (film(size="4200x2400", seconds=0.1, sound=None), Refused(FailureReason.TOO_LARGE)),
    "damaged.mkv": (
        copied(film("-g", "75", seconds=3, sound=None), "-bsf:v", "noise=amount=300"),
        Refused(FailureReason.BROKEN),
    ),
    "unknown-codec.mp4": (edited(film(sound=None), swap(b"avc1", b"xyz1")), Refused(FailureReason.UNSUPPORTED)),
    "packed-header.mov": (_packed_header, Refused(FailureReason.TOO_LARGE)),
    "sound-for-days.mkv": (_sound_for_days, Refused(FailureReason.TOO_LONG)),
    "seven-hours.mkv": (
        copied(film(rate="1", seconds=2, sound=None), before=("-itsscale", "25000"), kind=".mp4"),
        Refused(FailureReason.TOO_LONG),
    ),
}
