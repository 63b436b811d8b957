"""Work outside the request, on the queue ``media``."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone


@shared_task(acks_late=True)
def process_video(video_id: int) -> None:
    """Make one video playable; may run twice."""
    from media_pipeline.operations import process_video as run

    run(video_id=video_id, clock=timezone.now)


@shared_task
def sweep_videos() -> None:
    """Send out again what got stuck."""
    from media_pipeline.operations import sweep_videos as run

    run(now=timezone.now())
