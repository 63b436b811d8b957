"""How loud a source is, and what brings it to the loudness that all lessons have."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

TARGET_LUFS = -16.0  # of streamed speech, EBU R 128 s2 and AES TD1008
PEAK_DBFS = -2.0
_TOLERANCE_LU = 2.0
_SILENCE_LUFS = -60.0  # below there is nothing to be heard, and nothing to be raised
_MOST_GAIN_DB = 30.0
_BOTH_EARS_DB = 10 * math.log10(2)
_DEAD_DBFS = -60.0
_DEADER_DB = 40.0

_INTEGRATED = re.compile(r"^\s*I:\s+(-?[\d.]+|-inf) LUFS")
_PEAK = re.compile(r"^\s*Peak:\s+(-?[\d.]+|-inf) dBFS")
_RMS = re.compile(r"RMS level dB: (-?[\d.]+|-?inf|nan)")


@dataclass(frozen=True, slots=True)
class Loudness:
    """The integrated loudness (ITU-R BS.1770) as stereo, the highest sample, and the level of each channel."""

    integrated_lufs: float
    peak_dbfs: float
    channels_dbfs: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Gain:
    """What is done to the sound; see ``TranscodePlan``."""

    gain_db: float = 0.0
    limited: bool = False
    only_channel: int | None = None


def parse_loudness(words: str) -> Loudness | None:
    """Read what ffmpeg's filters ``ebur128`` and ``astats`` say at the end; None where they said nothing."""
    integrated = [_decibels(found[1]) for line in words.splitlines() if (found := _INTEGRATED.match(line))]
    peaks = [_decibels(found[1]) for line in words.splitlines() if (found := _PEAK.match(line))]
    channels = [_decibels(level) for level in _RMS.findall(words)]
    if not integrated or not peaks:
        return None
    return Loudness(integrated[-1], peaks[-1], tuple(channels[-2:]))


def choose_gain(loudness: Loudness | None, *, channels: int) -> Gain:
    """Choose what brings a source of so many channels to −16 LUFS; silence stays silent.

    Of two channels of which one is dead (a microphone plugged into one side), the living one is heard on both sides.
    """
    if loudness is None or loudness.integrated_lufs < _SILENCE_LUFS:
        return Gain()
    living = _only_living(loudness.channels_dbfs) if channels == 2 else None
    integrated = loudness.integrated_lufs + (_BOTH_EARS_DB if living is not None else 0)
    wanted = max(-_MOST_GAIN_DB, min(_MOST_GAIN_DB, TARGET_LUFS - integrated))
    return Gain(
        gain_db=round(wanted, 2),
        limited=loudness.peak_dbfs + wanted > PEAK_DBFS,
        only_channel=living,
    )


def is_loud_enough(gain: Gain) -> bool:
    """Whether the sound may stay as it is: within 2 LU of what it should be, on both sides."""
    return abs(gain.gain_db) <= _TOLERANCE_LU and gain.only_channel is None


def _only_living(levels: tuple[float, ...]) -> int | None:
    if len(levels) != 2:
        return None
    quiet, loud = sorted(levels)
    if quiet > _DEAD_DBFS or loud - quiet < _DEADER_DB:
        return None
    return levels.index(loud)


def _decibels(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else -200.0
