"""The first playlist: every rendition with what a player must know before it fetches any (RFC 8216, 4.3.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from media_pipeline.rules.ladder import Rung, progressive_rung
from media_pipeline.rules.playlists import BitRate, add_bit_rates

SOUND_CODEC = "mp4a.40.2"
_GROUP = "sound"
_LEAST_BITS = 1000


class NotAvcError(ValueError):
    """These headers are not of H.264."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A rendition of pictures: its size, its codec in the words of RFC 6381, and its bit rate without the sound."""

    rung: Rung
    codec: str
    rate: BitRate


def codec_of_init(init: bytes) -> str:
    """Read ``avc1.64001f`` out of a rendition's headers (ISO/IEC 14496-15, 5.3.3.1).

    :raises NotAvcError: there is no configuration of H.264 in them.
    """
    at = init.find(b"avcC")
    if at < 0 or len(init) < at + 8:
        raise NotAvcError
    return f"avc1.{init[at + 5 : at + 8].hex()}"


def write_master(variants: Sequence[Variant], frame_rate: Fraction, sound: BitRate | None) -> str:
    """Write ``master.m3u8`` for renditions whose playlists are ``<name>/index.m3u8``, and ``audio/index.m3u8``.

    A player that does not know its network begins with the first: that is the one of the single file, at most 540. The
    others follow from the largest down; last stands the sound alone, for those whose network bears no more.
    """
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if sound is not None:
        named = f'GROUP-ID="{_GROUP}",NAME="audio",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="audio/index.m3u8"'
        lines.append(f"#EXT-X-MEDIA:TYPE=AUDIO,{named}")
    first = progressive_rung(tuple(variant.rung for variant in variants)).name
    for variant in sorted(variants, key=lambda variant: variant.rung.name != first):
        lines += [_stream_line(variant, frame_rate, sound), f"{variant.rung.name}/index.m3u8"]
    if sound is not None:
        lines += [_sound_line(sound), "audio/index.m3u8"]
    return "\n".join(lines) + "\n"


def rates_with_sound(rates: Mapping[str, BitRate], sound: BitRate | None) -> dict[str, BitRate]:
    """What each rendition takes of a network."""
    return {name: rate if sound is None else add_bit_rates(rate, sound) for name, rate in rates.items()}


def _stream_line(variant: Variant, frame_rate: Fraction, sound: BitRate | None) -> str:
    rate = variant.rate if sound is None else add_bit_rates(variant.rate, sound)
    codecs = variant.codec if sound is None else f"{variant.codec},{SOUND_CODEC}"
    facts = [
        f"BANDWIDTH={max(_LEAST_BITS, rate.peak)}",
        f"AVERAGE-BANDWIDTH={max(_LEAST_BITS, rate.average)}",
        f'CODECS="{codecs}"',
        f"RESOLUTION={variant.rung.width}x{variant.rung.height}",
        f"FRAME-RATE={float(frame_rate):.3f}",
        *([f'AUDIO="{_GROUP}"'] if sound is not None else []),
    ]
    return "#EXT-X-STREAM-INF:" + ",".join(facts)


def _sound_line(sound: BitRate) -> str:
    peak, average = max(_LEAST_BITS, sound.peak), max(_LEAST_BITS, sound.average)
    return f'#EXT-X-STREAM-INF:BANDWIDTH={peak},AVERAGE-BANDWIDTH={average},CODECS="{SOUND_CODEC}",AUDIO="{_GROUP}"'
