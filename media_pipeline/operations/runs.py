"""How a run of a video ends, whatever happens in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from media_pipeline.gateways.workplace import NoSpaceError, is_full
from media_pipeline.models import Video
from media_pipeline.operations.claims import Claim, ClaimLostError
from media_pipeline.operations.inspection import SourceRefusedError
from media_pipeline.operations.troubles import clear_away, judge_trouble, log_trouble
from media_pipeline.rules.pieces import pieces_prefix


@contextmanager
def run_of(claim: Claim, prefix: str) -> Iterator[None]:
    """Do a run's work; what it stored under ``prefix`` goes unless it ends well.

    A source that is refused makes the video fail. A run that lost its claim leaves the video alone. Any other error is
    not the source's: the work is given back and the error goes on, until the last attempt, after which the video has
    failed for the error's reason.
    """
    try:
        yield
    except SourceRefusedError as refusal:
        if is_full():  # ffmpeg's HLS writer says nothing of a full disk, and leaves empty lists behind
            clear_away(prefix)
            if _settle(claim, NoSpaceError(str(refusal))):
                return
            raise NoSpaceError(str(refusal)) from refusal
        clear_away(prefix, pieces_prefix(claim.video.uuid))
        with suppress(ClaimLostError):
            claim.fail(refusal.reason, refusal.detail)
    except ClaimLostError:
        clear_away(prefix)
    except BaseException as error:
        _clear_away_unless_played(prefix)
        if not _settle(claim, error):
            raise


def _clear_away_unless_played(prefix: str) -> None:
    """Delete what a run has stored, but not what a ready video plays: a run may be stopped while it tidies up."""
    if not Video.objects.filter(hls_prefix=prefix).exists():
        clear_away(prefix)


def _settle(claim: Claim, error: BaseException) -> bool:
    """Give the work back, or the video up; say whether that ends the matter."""
    trouble = judge_trouble(error)
    log_trouble(claim.video.uuid, trouble, attempt=claim.video.attempt)
    if trouble.stopped or not (trouble.hopeless or claim.is_last_attempt):
        claim.give_back(later=trouble.later, counted=not trouble.stopped)
        return False
    with suppress(ClaimLostError):
        claim.fail(trouble.reason, trouble.detail)
        clear_away(pieces_prefix(claim.video.uuid))
    return True
