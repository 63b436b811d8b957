"""Work outside the request, on the queue ``media``."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

# ffmpeg has its own limits, by the length of what it works on. These are for what hangs elsewhere: the soft one lets
# the run give the video up with a reason, the hard one frees the worker.
_LONGEST_RUN = {"soft_time_limit": 24 * 3600, "time_limit": 24 * 3600 + 300}
_LONGEST_PIECE = {"soft_time_limit": 12 * 3600, "time_limit": 12 * 3600 + 300}
_LONGEST_JOIN = {"soft_time_limit": 4 * 3600, "time_limit": 4 * 3600 + 300}


@shared_task(acks_late=True, reject_on_worker_lost=True, **_LONGEST_RUN)
def process_video(video_id: int) -> None:
    """Make one video playable; may run twice."""
    from media_pipeline.operations import process_video as run
    from media_pipeline.operations import shared_clock

    run(video_id=video_id, clock=shared_clock(timezone.now))


@shared_task(acks_late=True, reject_on_worker_lost=True, **_LONGEST_PIECE)
def process_piece(piece_id: int) -> None:
    """Make one piece of a long video; may run twice."""
    from media_pipeline.operations import process_piece as run
    from media_pipeline.operations import shared_clock

    run(piece_id=piece_id, clock=shared_clock(timezone.now))


@shared_task(acks_late=True, reject_on_worker_lost=True, **_LONGEST_JOIN)
def join_video(video_id: int) -> None:
    """Join the pieces of a long video; may run twice."""
    from media_pipeline.operations import join_video as run
    from media_pipeline.operations import shared_clock

    run(video_id=video_id, clock=shared_clock(timezone.now))


@shared_task
def sweep_videos() -> None:
    """Send out again what got stuck."""
    from media_pipeline.operations import shared_clock
    from media_pipeline.operations import sweep_videos as run

    run(now=shared_clock(timezone.now)())


@shared_task
def sweep_left_files() -> None:
    """Remove what dead runs have left in the storage."""
    from media_pipeline.operations import sweep_left_files as run

    run(now=timezone.now())


@shared_task
def sweep_uploads() -> None:
    """End uploads that nobody went on with, and remove what no row names."""
    from media_pipeline.operations import sweep_uploads as run

    run(now=timezone.now())
