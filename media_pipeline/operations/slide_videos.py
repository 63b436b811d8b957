"""Videos made of slides, for demonstrations."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files import File

from lms.lib.digests import digest
from media_pipeline.enums import VideoState
from media_pipeline.gateways.slide_video import encode_slides
from media_pipeline.gateways.slides import draw_slide
from media_pipeline.models import Video
from media_pipeline.operations.captions import attach_captions
from media_pipeline.operations.processing import process_video
from media_pipeline.operations.uploads import accept_upload
from media_pipeline.rules.captions import write_captions
from media_pipeline.rules.slides import SlideScript, caption_cues

if TYPE_CHECKING:
    from accounts.models import User

_DRAWING = 1  # raised when slides look or sound different, so that caches are not taken for the new ones


class SlideVideoFailedError(Exception):
    """A video of ours did not become playable."""


def make_slide_video(*, script: SlideScript, target_path: Path) -> Path:
    """Draw and encode a script as MP4 (H.264, AAC, 1280 × 720) at ``target_path``, in about a second a minute.

    :raises FontMissingError: no Chinese font.
    :raises ToolError: ffmpeg failed.
    """
    target_path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target_path.parent, prefix=".slides-") as folder:
        pictures = [Path(folder) / f"{number:03d}.png" for number in range(len(script.slides))]
        for number, picture in enumerate(pictures):
            draw_slide(script, number, picture)
        draft = Path(folder) / "draft.mp4"
        encode_slides(pictures, [slide.seconds for slide in script.slides], draft)
        draft.replace(target_path)
    return target_path


def ready_slide_video(*, script: SlideScript, user: User | None, clock: Callable[[], datetime]) -> Video:
    """Give a script's video, playable and with captions; make it at once, without a worker, where there is none yet.

    The MP4 is kept under XUESHI_HOME/cache/demo-videos, under the digest of the script.

    :raises SlideVideoFailedError: it did not become playable.
    """
    name = f"{script.name}-{digest([_DRAWING, asdict(script)])[:16]}.mp4"
    found = Video.objects.filter(original_name=name, state=VideoState.READY).order_by("pk").first()
    if found is not None:
        return found
    cached = Path(settings.XUESHI_HOME) / "cache" / "demo-videos" / name
    if not cached.exists():
        make_slide_video(script=script, target_path=cached)
    with cached.open("rb") as content:
        file = File(content, name=name)
        video = accept_upload(file=file, title=script.title, user=user, now=clock(), send=False)
    captions = write_captions(caption_cues(script)).encode()
    attach_captions(video=video, language="zh-hans", content=captions, user=user)
    done = process_video(video_id=video.pk, clock=clock)
    if done.state != VideoState.READY:
        raise SlideVideoFailedError(f"{name}: {done.state} {done.failure_reason} {done.failure_detail}")
    return done
