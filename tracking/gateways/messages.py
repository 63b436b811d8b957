"""The message queue, as far as this app speaks to it: by name, because data flows up."""

from __future__ import annotations

from celery import current_app
from django.conf import settings


def announce_recognition(ce_year_id: int) -> None:
    """Wake whatever follows a recognition. A message that is lost is made good by the follower's own sweep."""
    current_app.send_task(settings.XUESHI_AFTER_RECOGNITION_TASK, args=[ce_year_id])
