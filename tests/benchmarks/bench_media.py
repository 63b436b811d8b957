"""A film of a lecture: the whole way from a stored file to ready against bare ffmpeg, and the way without encoding."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files import File
from django.core.management import call_command
from django.utils import timezone

from media_pipeline.enums import MadeBy
from media_pipeline.gateways.ffmpeg import transcode_command
from media_pipeline.models import Video
from media_pipeline.operations import accept_upload, process_video
from media_pipeline.operations.inspection import examine_source
from tests.benchmarks import Row

ROUNDS = 3
FILM_SECONDS, LIGHT_SECONDS, REPEATS = 60, 60, 10
# pages that change every ten seconds and hold fine text, with someone moving in a corner
_PAGES = "testsrc2=s=1920x1080:r=25:d={seconds},select='not(mod(n,250))',fps=25"
_SPEAKER = "testsrc2=s=480x270:r=25:d={seconds},noise=alls=4:allf=t"
_VOICE = "aevalsrc=exprs='0.2*sin(2*PI*(180+40*sin(3*t))*t)*(0.5+0.5*sin(5*t))':s=48000:d={seconds}"


class _Calm:
    """Where nobody has to be told that work goes on."""

    def beat(self, percent: int | None = None) -> None:
        """Say nothing."""


def rows() -> Iterator[Row]:
    """Yield times of the playing time: the pipeline beside bare ffmpeg making the same ladder, turn by turn; a copy."""
    call_command("migrate", verbosity=0, interactive=False)
    with tempfile.TemporaryDirectory(prefix="xueshi-bench-media-") as name:
        film = _make_film(Path(name) / "film.mp4", FILM_SECONDS, "-g", "250", "-crf", "23")
        whole, bare = [], []
        for _ in range(ROUNDS):
            whole.append(_through_pipeline(film, MadeBy.ENCODING))
            bare.append(_through_ffmpeg(film, Path(name) / "bare"))
        yield Row(
            "media.pipeline_vs_ffmpeg",
            FILM_SECONDS / statistics.median(whole),
            "× real time",
            baseline=FILM_SECONDS / statistics.median(bare),
        )
        light = _make_film(Path(name) / "light.mp4", LIGHT_SECONDS, "-g", "100", "-crf", "30", "-maxrate", "700k")
        light = _repeat(light, Path(name) / "long.mp4")
        copies = [_through_pipeline(light, MadeBy.REPACKAGING) for _ in range(ROUNDS)]
        yield Row(
            "media.repackage_x_realtime",
            LIGHT_SECONDS * REPEATS / statistics.median(copies),
            "× real time",
            baseline=100,
        )


def _make_film(path: Path, seconds: int, *options: str) -> Path:
    graph = "[1:v]scale=480:270[speaker];[0:v][speaker]overlay=1400:780,format=yuv420p"
    given = [
        part for source in (_PAGES, _SPEAKER, _VOICE) for part in ("-f", "lavfi", "-i", source.format(seconds=seconds))
    ]
    made = ["-c:v", "libx264", "-preset", "superfast", *options, "-bufsize", "1400k", "-c:a", "aac", "-b:a", "96k"]
    command = ["ffmpeg", "-v", "error", *given, "-filter_complex", graph, *made, "-af", "volume=1.5", str(path)]
    subprocess.run(command, check=True)
    return path


def _repeat(film: Path, path: Path) -> Path:
    """Ten minutes of a minute, without encoding again."""
    given = ["-stream_loop", str(REPEATS - 1), "-i", str(film)]
    subprocess.run(["ffmpeg", "-v", "error", *given, "-c", "copy", str(path)], check=True)
    return path


def _through_pipeline(film: Path, made_by: MadeBy) -> float:
    """Seconds from a stored file to ready, with every picture, playlist and check.

    :raises RuntimeError: it did not become ready, or not in the way that is to be measured.
    """
    with film.open("rb") as content:
        given = accept_upload(file=File(content, name=film.name), title="", user=None, now=timezone.now(), send=False)
    started = time.perf_counter()
    video = process_video(video_id=given.pk, clock=timezone.now)
    seconds = time.perf_counter() - started
    if video.made_by != made_by:
        raise RuntimeError(f"{video.state} {video.failure_reason} {video.failure_detail} {video.made_by}")
    Video.objects.filter(pk=video.pk).delete()
    return seconds


def _through_ffmpeg(film: Path, folder: Path) -> float:
    """Seconds of bare ffmpeg for the same renditions, as low in priority as the pipeline's."""
    command = transcode_command(film, examine_source(film, claim=_Calm()).plan)  # type: ignore[arg-type]
    with _emptied(folder):
        started = time.perf_counter()
        subprocess.run(
            command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=_yield
        )
        return time.perf_counter() - started


def _yield() -> None:
    os.nice(10)


@contextmanager
def _emptied(folder: Path) -> Iterator[None]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield
    finally:
        shutil.rmtree(folder)
