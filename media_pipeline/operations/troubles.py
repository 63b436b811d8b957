"""A run that broke for a reason that is not the source's: what it means, and what becomes of the work."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded

from media_pipeline.enums import FailureReason
from media_pipeline.gateways.storage import StorageAwayError, StorageRefusedError, delete_prefix
from media_pipeline.gateways.tools import ToolError
from media_pipeline.gateways.workplace import is_out_of_space

_LOG = logging.getLogger(__name__)
_NO_SPACE_WORDS = ("No space left on device", "Disk quota exceeded")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a run broke: ``reason`` and ``detail`` are what the video fails for if it never gets better.

    ``later`` where the cause lasts longer than a minute; ``hopeless`` where another run would end alike; ``stopped``
    where the run was told to stop and nothing went wrong.
    """

    reason: FailureReason
    detail: str
    later: bool = False
    hopeless: bool = False
    stopped: bool = False


def judge_trouble(error: BaseException) -> Trouble:
    """Understand an error that ended a run."""
    detail = f"{type(error).__name__}: {error}"
    if isinstance(error, ToolError):
        detail = f"{error}\n{error.last_words}"
        if any(words in error.last_words for words in _NO_SPACE_WORDS):
            return Trouble(FailureReason.NO_SPACE, detail, later=True)
    if is_out_of_space(error):
        return Trouble(FailureReason.NO_SPACE, detail, later=True)
    if isinstance(error, StorageAwayError | StorageRefusedError):
        return Trouble(FailureReason.STORAGE_AWAY, detail, later=True)
    if isinstance(error, SoftTimeLimitExceeded):
        return Trouble(FailureReason.TIMED_OUT, detail, hopeless=True)
    return Trouble(FailureReason.INTERNAL, detail, stopped=not isinstance(error, Exception))


def log_trouble(video: UUID, trouble: Trouble, *, attempt: int) -> None:
    """Write down why a run broke, with a tool's last words."""
    _LOG.error("video %s, attempt %s: %s: %s", video, attempt, trouble.reason, trouble.detail)


def clear_away(*prefixes: str) -> None:
    """Delete what was stored on the way; a storage that is away does not matter here: the sweep of leftovers comes."""
    for prefix in prefixes:
        try:
            delete_prefix(prefix)
        except Exception:
            _LOG.warning("could not delete %s yet", prefix, exc_info=True)
