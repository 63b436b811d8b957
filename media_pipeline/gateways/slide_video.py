"""ffmpeg: pictures and tones become a video. Every input is made here, so none is guarded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ffmpeg
from django.conf import settings

from media_pipeline.gateways.slides import HEIGHT, SEAL, WIDTH
from media_pipeline.gateways.tools import run_tool

FRAME_RATE = 10
_STRIP_HEIGHT = 6
_SAMPLE_RATE = 24000
# quiet open chords of the pentatonic scale, in hertz: nothing clashes, whatever follows whatever
_CHORDS = ((146.83, 220.0, 329.63), (130.81, 196.0, 293.66), (164.81, 246.94, 329.63), (110.0, 220.0, 293.66))


def encode_slides(pictures: Sequence[Path], seconds: Sequence[int], target: Path) -> None:
    """Show each picture for its seconds, with soft tones beneath and a thin strip that tells the time passed.

    :raises ToolError: it failed.
    """
    total = sum(seconds)
    shown = [_still(path, length) for path, length in zip(pictures, seconds, strict=True)]
    film = ffmpeg.concat(*shown, v=1, a=0)
    strip = ffmpeg.input(f"color=c={SEAL}:s={WIDTH}x{_STRIP_HEIGHT}:r={FRAME_RATE}:d={total}", f="lavfi")
    film = film.overlay(strip, x=f"-w+w*t/{total}", y=HEIGHT - _STRIP_HEIGHT, shortest=1).filter("format", "yuv420p")
    tones = [_tone(number, length) for number, length in enumerate(seconds)]
    sound = ffmpeg.concat(*tones, v=0, a=1).filter("lowpass", f=2400).filter("aecho", 0.8, 0.6, "170|260", "0.25|0.15")
    options = {
        "c:v": "libx264",
        "preset": "ultrafast",
        "tune": "stillimage",
        "crf": 16,
        "g": FRAME_RATE * 4,
        "c:a": "aac",
        "b:a": "96k",
        "movflags": "+faststart",
        "t": total,
        "f": "mp4",
    }
    output = ffmpeg.output(film, sound, str(target), **options).global_args("-nostdin", "-v", "error")
    arguments = [settings.XUESHI_FFMPEG, *(str(argument) for argument in output.overwrite_output().get_args())]
    run_tool(arguments, time_limit_seconds=600)


def _still(path: Path, seconds: int) -> Any:
    frames = seconds * FRAME_RATE
    picture = ffmpeg.input(str(path), framerate=FRAME_RATE, f="image2")
    held = picture.filter("loop", loop=frames - 1, size=1, start=0).filter("setpts", f"N/({FRAME_RATE}*TB)")
    return held.filter("setsar", 1)


def _tone(number: int, seconds: int) -> Any:
    """A chord that swells and ebbs, and a small bell every four seconds; the next slide takes the next chord."""
    chord = _CHORDS[number % len(_CHORDS)]
    envelope = f"min(1,t/1.5)*min(1,({seconds}-t)/1.5)*(0.8+0.2*sin(2*PI*0.2*t))"
    pad = "+".join(f"sin(2*PI*{hertz}*t)" for hertz in chord)
    bell = f"if(mod(floor(t/4),2),{chord[2] * 2},{chord[1] * 2})"
    struck = f"exp(-2.2*mod(t,4))*min(1,mod(t,4)*200)*(sin(2*PI*{bell}*t)+0.4*sin(4*PI*{bell}*t))"
    expression = f"0.035*({pad})*{envelope}+0.05*{struck}"
    return ffmpeg.input(f"aevalsrc='{expression}':s={_SAMPLE_RATE}:d={seconds}", f="lavfi")
