"""Captions as their editors see them."""

from __future__ import annotations

from media_pipeline.gateways.storage import open_file
from media_pipeline.models import CaptionTrack
from media_pipeline.rules.captions import CaptionsInvalidError, Cue, parse_captions


class CaptionsUnreadableError(Exception):
    """The stored file is gone, or is no captions."""


def caption_text(track: CaptionTrack) -> str:
    """The WebVTT of captions.

    :raises CaptionsUnreadableError: there is no such file.
    """
    try:
        with open_file(track.path) as stored:
            return stored.read().decode()
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise CaptionsUnreadableError(track.path) from error


def cues_of(track: CaptionTrack) -> tuple[Cue, ...]:
    """The cues of captions, in the order they are shown.

    :raises CaptionsUnreadableError: see ``caption_text``.
    """
    try:
        return parse_captions(caption_text(track))
    except CaptionsInvalidError as error:
        raise CaptionsUnreadableError(track.path) from error
