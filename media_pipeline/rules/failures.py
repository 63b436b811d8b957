"""Why a source is refused, in a word that an editor can act on."""

from __future__ import annotations

import re

from media_pipeline.enums import FailureReason
from media_pipeline.rules.packets import PacketTally
from media_pipeline.rules.probe import Probe

MAX_PIXELS = 4096 * 2304
MAX_DURATION_MS = 6 * 3600 * 1000
# demuxers that read one file and nothing else: no playlist, no list of files, no picture series, no network
SAFE_DEMUXERS = "mov,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,mxf,mp3,wav,flac,aac"
_CORRUPT_SHARE, _CORRUPT_ALLOWED = 100, 2

_BY_WORDS = (
    (re.compile(r"exceeds specified max pixel count"), FailureReason.TOO_LARGE),
    (re.compile(r"No space left on device"), FailureReason.INTERNAL),
    (re.compile(r"Cannot allocate memory|Failed to allocate"), FailureReason.TOO_LARGE),  # we set the limit
    (re.compile(r"moov atom not found|partial file|File ended prematurely"), FailureReason.TRUNCATED),
    (re.compile(r"decryption key|is encrypted|Incorrect decryption"), FailureReason.ENCRYPTED),
    (re.compile(r"Format not on whitelist"), FailureReason.NOT_MEDIA),
    (re.compile(r"Too many channels|Rematrix is needed"), FailureReason.UNSUPPORTED),  # more than a layout names
    (re.compile(r"[Dd]ecoder .{0,80}not found|no decoder found"), FailureReason.UNSUPPORTED),
)


def reason_of_words(words: str, otherwise: FailureReason) -> FailureReason:
    """Read the reason out of a tool's last words; ``otherwise`` where they say nothing known."""
    return next((reason for pattern, reason in _BY_WORDS if pattern.search(words)), otherwise)


def judge_probe(probe: Probe) -> FailureReason | None:
    """Refuse what the streams already show; None lets the file through."""
    if probe.encrypted:
        return FailureReason.ENCRYPTED
    video = probe.video
    if video is None and probe.unknown_streams:
        return FailureReason.UNSUPPORTED
    if video is None:
        return FailureReason.NO_VIDEO if probe.audios else FailureReason.NOT_MEDIA
    if video.width * video.height == 0:
        return FailureReason.BROKEN if video.pixel_format else FailureReason.UNSUPPORTED
    if video.width * video.height > MAX_PIXELS:
        return FailureReason.TOO_LARGE
    return None


def judge_packets(probe: Probe, tally: PacketTally, words: str) -> FailureReason | None:
    """Refuse what reading every packet shows: a file cut off, no time at all, too much of it."""
    if (reason := reason_of_words(words, FailureReason.NOT_MEDIA)) is FailureReason.TRUNCATED:
        return reason
    video = probe.video
    duration_ms = tally.of_stream(video.index).duration_ms if video else 0
    if duration_ms < 1:
        return FailureReason.TOO_SHORT
    return FailureReason.TOO_LONG if duration_ms > MAX_DURATION_MS else None


def judge_length(duration_ms: int) -> FailureReason | None:
    """Refuse what would come out too long, be it that a picture has to stand for hours while the sound goes on."""
    return FailureReason.TOO_LONG if duration_ms > MAX_DURATION_MS else None


def judge_decoding(corrupt_frames: int, frames: int) -> FailureReason | None:
    """Refuse a source of which more than two frames, and more than one in a hundred, could not be decoded whole.

    A single damaged frame of a recorder passes: 2 of 150 do, 3 of 150 do not, 3 of 300 do.
    """
    if corrupt_frames > _CORRUPT_ALLOWED and corrupt_frames * _CORRUPT_SHARE > frames:
        return FailureReason.BROKEN
    return None


def judge_samples(corrupt_frames: int, frames: int) -> FailureReason | None:
    """Refuse a source of which a tenth of the pictures in samples, and more than two, could not be decoded whole.

    Nothing decoded at all is no reason by itself: the samples may lie between two pictures.
    """
    if corrupt_frames > _CORRUPT_ALLOWED and corrupt_frames * 10 > frames:
        return FailureReason.BROKEN
    return None
