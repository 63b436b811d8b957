"""Decks of slides of our own, for demonstrations."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.files import File

from lms.lib.digests import digest
from media_pipeline.enums import MediaKind, VideoState
from media_pipeline.gateways.deck_setting import set_deck
from media_pipeline.models import Video
from media_pipeline.operations.processing import process_video
from media_pipeline.operations.slide_decks import set_page_seconds
from media_pipeline.operations.slide_videos import SlideVideoFailedError
from media_pipeline.operations.uploads import accept_upload
from media_pipeline.rules.slides import SlideScript

if TYPE_CHECKING:
    from accounts.models import User

_SETTING = 1  # raised when decks look different, so that those made before are not taken for the new ones


def ready_deck(*, script: SlideScript, user: User | None, clock: Callable[[], datetime]) -> Video:
    """Give a script's deck, ready to be read; set and draw it at once, without a worker, where there is none yet.

    Each page is to be read for the seconds of the first.

    :raises SlideVideoFailedError: it did not become readable.
    """
    name = f"{script.name}-{digest([_SETTING, asdict(script)])[:16]}.pdf"
    found = Video.objects.filter(original_name=name, state=VideoState.READY).order_by("pk").first()
    if found is not None:
        return found
    with tempfile.TemporaryDirectory(prefix="deck-") as folder:
        path = Path(folder) / name
        set_deck(script, path)
        with path.open("rb") as content:
            file = File(content, name=name)
            video = accept_upload(file=file, title=script.title, user=user, now=clock(), send=False)
    done = process_video(video_id=video.pk, clock=clock)
    if done.state != VideoState.READY or done.kind != MediaKind.SLIDES:
        raise SlideVideoFailedError(f"{name}: {done.state} {done.failure_reason} {done.failure_detail}")
    return set_page_seconds(video=done, page_seconds=script.slides[0].seconds, user=user)
