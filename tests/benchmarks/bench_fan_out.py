"""A lecture made in one run, and in pieces by one worker and by two on this machine; a model of more machines.

The model: a lecture of two hours, workers with a machine each as large as this one, pieces of two minutes. A worker
that takes a piece needs for each second of it as long as was measured here with one worker, so

    T(W) = H * inspect + ceil(pieces(H) / W) * 120 * encode + H * join

where ``inspect``, ``encode`` and ``join`` are seconds of work for a second of film, measured here; ``join`` is all that
follows the last piece: joining, posters, previews, the single file and storing. The sound is one more piece, which is
sent first and is done before the rest. On S3 each machine fetches the source once besides: its bytes by the network's
speed, less than a minute for 5 GB at 1 Gbit/s, which is not in the figures.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from math import ceil
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from tests.benchmarks import Row

SECONDS = 360
MODEL_SECONDS, PIECE_SECONDS = 7200, 120
SLIDE_SECONDS = 20


def rows(seconds: int = SECONDS) -> Iterator[Row]:
    """Yield seconds for a second of film: with two workers (the baseline is one run), with one, and by the model."""
    from lms.celery import app as celery_app

    celery_app.conf.update(broker_url="memory://", broker_transport_options={})
    call_command("migrate", verbosity=0)
    source = make_lecture(Path(settings.XUESHI_HOME) / "lecture.mp4", seconds)
    settings.XUESHI_PIECE_SECONDS = min(PIECE_SECONDS, seconds // 6)  # enough pieces to share between two
    whole = time_one_run(source)
    parts = time_pieces(source, workers=1)
    both = time_pieces(source, workers=2)
    yield Row("media.fan_out", sum(both) / seconds, "s/s", baseline=whole / seconds, less_is_better=True)
    yield Row("media.fan_out_1_worker", sum(parts) / seconds, "s/s", baseline=whole / seconds, less_is_better=True)
    inspect, encode, join = (part / seconds for part in parts)
    for workers in (8, 32):
        rounds = ceil(MODEL_SECONDS / PIECE_SECONDS / workers)
        modelled = inspect + join + rounds * PIECE_SECONDS * encode / MODEL_SECONDS
        name = f"media.fan_out_{workers}_workers_model"
        yield Row(name, modelled, "s/s", baseline=whole / seconds, less_is_better=True)


def make_lecture(target: Path, seconds: int) -> Path:
    """Make a film like a lecture: a slide that changes every twenty seconds, a face in the corner, a voice."""
    slides = f"testsrc2=s=1280x720:r=25,select='not(mod(n,{SLIDE_SECONDS * 25}))',fps=25"
    face = "life=s=160x120:r=25:mold=10:ratio=0.1:death_color=#202020:life_color=#c0a080,scale=320:240"
    voice = "aevalsrc='0.2*sin(2*PI*180*t)*abs(sin(3*t))+0.02*random(0)':s=48000"
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", slides, "-f", "lavfi", "-i", face]
    command += ["-f", "lavfi", "-i", voice, "-filter_complex", "[0:v][1:v]overlay=940:460,format=yuv420p"]
    encoding = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "18", "-g", "250", "-bf", "2", "-c:a", "aac"]
    # more than the ladder's ceiling, so that it is not just packed again
    subprocess.run(
        [*command, *encoding, "-profile:v", "high422", "-pix_fmt", "yuv422p", "-t", str(seconds), target], check=True
    )
    return target


def time_one_run(source: Path) -> float:
    """Seconds from the message to a video that is ready, in one run."""
    from media_pipeline.operations import process_video

    settings.XUESHI_PIECES_FROM_MINUTES = 0
    video = _take_in(source)
    took = _seconds(lambda: process_video(video_id=video, clock=timezone.now))
    _expect_ready(video)
    return took


def time_pieces(source: Path, *, workers: int) -> tuple[float, float, float]:
    """Seconds for inspecting, for all the pieces, and for what follows them."""
    from media_pipeline.models import VideoPiece
    from media_pipeline.operations import join_video, process_piece, process_video

    settings.XUESHI_PIECES_FROM_MINUTES = 0.01
    video = _take_in(source)
    inspecting = _seconds(lambda: process_video(video_id=video, clock=timezone.now))
    pieces = list(VideoPiece.objects.filter(video_id=video).order_by("number").values_list("pk", flat=True))

    def work(piece: int) -> None:
        process_piece(piece_id=piece, clock=timezone.now)
        connections.close_all()

    with ThreadPoolExecutor(workers) as pool:
        encoding = _seconds(lambda: list(pool.map(work, pieces)))
    joining = _seconds(lambda: join_video(video_id=video, clock=timezone.now))
    _expect_ready(video)
    return inspecting, encoding, joining


def _take_in(source: Path) -> int:
    from media_pipeline.operations import accept_upload

    with source.open("rb") as content:
        file = File(content, name="lecture.mp4")
        return accept_upload(file=file, title="测试课", user=None, now=timezone.now(), send=False).pk


def _expect_ready(video: int) -> None:
    from media_pipeline.models import Video

    row = Video.objects.get(pk=video)
    if row.state != "ready" or row.made_by != "encoding":
        raise RuntimeError(f"{row.state} {row.made_by} {row.failure_reason} {row.failure_detail}")


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started
