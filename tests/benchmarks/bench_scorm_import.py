"""A SCORM package into an S3 service: the whole import beside boto3 that uploads the same files, already unpacked."""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from django.core.files import File
from django.core.management import call_command
from django.utils import timezone

from media_pipeline.enums import VideoState
from media_pipeline.models import Video
from media_pipeline.operations import accept_upload, process_video
from tests.benchmarks import Row
from tests.benchmarks.heartbeat_site import resident_kib
from tests.benchmarks.upload_client import peak_of
from tests.factories.scorm_archives import PAGE
from tests.factories.scorm_manifests import make_manifest
from tests.services import S3Server, s3_server
from tests.services.media_storage import media_in_bucket

ROUNDS = 3
PARALLEL = 8
ALLOWED_MIB = 64.0
MIB = 1024**2
# pages and scripts, pictures and sounds, a few films: as exports of authoring tools are made up
USUAL = ((1_500, 24 * 1024, ".html"), (3_000, 64 * 1024, ".png"), (490, 256 * 1024, ".mp3"), (10, 15 * MIB, ".mp4"))
LARGE = ((2_000, 64 * 1024, ".png"), (3, 640 * MIB, ".mp4"))


@dataclass(frozen=True, slots=True)
class Given:
    """A package as a zip and as the folder of its files."""

    package: Path
    folder: Path
    size_bytes: int


def rows() -> Iterator[Row]:
    """Yield the rate of the import (500 MB in 5,000 files) beside boto3's, and what 500 MB and 2 GB add in memory."""
    call_command("migrate", verbosity=0, interactive=False)
    with tempfile.TemporaryDirectory(prefix="xueshi-scorm-", dir="/var/tmp") as name, s3_server() as server:
        warm = make_package(Path(name) / "warm", ((20, 64 * 1024, ".png"), (1, 2 * MIB, ".mp4")))
        usual = make_package(Path(name) / "usual", USUAL)
        import_seconds(warm, server)
        before = resident_kib(os.getpid())
        with peak_of(lambda: resident_kib(os.getpid())) as most:
            ours, theirs = [import_seconds(usual, server)], []
        growth = _growth("scorm.import_memory", most[0] - before)
        for _ in range(ROUNDS):  # turn by turn: the machine has other work now and then
            theirs.append(upload_seconds(usual, server))
            ours.append(import_seconds(usual, server))
        mib = usual.size_bytes / MIB
        our_rate, their_rate = mib / statistics.median(ours[1:]), mib / statistics.median(theirs)
        yield Row("scorm.import_vs_boto3", our_rate, "MiB/s", baseline=their_rate)
        yield growth
        large = make_package(Path(name) / "large", LARGE)
        before = resident_kib(os.getpid())
        with peak_of(lambda: resident_kib(os.getpid())) as most:
            import_seconds(large, server)
        yield _growth("scorm.import_memory_2gb", most[0] - before)


def make_package(folder: Path, files: tuple[tuple[int, int, str], ...]) -> Given:
    """Make a package of so many files of each size; media are random bytes, which no zip makes smaller."""
    folder.mkdir()
    unpacked, size, chance = folder / "files", 0, random.Random(1)
    package = folder / "package.zip"
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for name, data in _contents(files, chance):
            path = unpacked / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            made.write(path, name)
            size += len(data)
    return Given(package, unpacked, size)


def import_seconds(given: Given, server: S3Server) -> float:
    """Import a package that was uploaded, in a bucket of its own, and give the seconds it took."""
    with media_in_bucket(server, server.make_bucket()):
        with given.package.open("rb") as content:
            video = accept_upload(
                file=File(content, name="package.zip"), title="测试", user=None, now=timezone.now(), send=False
            )
        started = time.perf_counter()
        done = process_video(video_id=video.pk, clock=timezone.now)
        seconds = time.perf_counter() - started
    if done.state != VideoState.READY:
        raise RuntimeError(f"{done.failure_reason}: {done.failure_detail}")
    Video.objects.filter(pk=video.pk).delete()
    return seconds


def upload_seconds(given: Given, server: S3Server) -> float:
    """Upload the same files with boto3, several at a time, and give the seconds it took."""
    bucket, client = server.make_bucket(), _client(server)
    paths = sorted(path for path in given.folder.rglob("*") if path.is_file())
    started = time.perf_counter()
    with ThreadPoolExecutor(PARALLEL) as pool:
        for done in [pool.submit(_upload, client, bucket, path, given.folder) for path in paths]:
            done.result()
    return time.perf_counter() - started


def _upload(client: Any, bucket: str, path: Path, folder: Path) -> None:
    client.upload_file(str(path), bucket, path.relative_to(folder).as_posix())


def _client(server: S3Server) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=server.endpoint,
        aws_access_key_id=server.access_key,
        aws_secret_access_key=server.secret_key,
        region_name="us-east-1",
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}, max_pool_connections=4 * PARALLEL),
    )


def _contents(files: tuple[tuple[int, int, str], ...], chance: random.Random) -> Iterator[tuple[str, bytes]]:
    yield "imsmanifest.xml", make_manifest().encode()
    yield "a.html", PAGE
    for count, size, suffix in files:
        for number in range(count):
            data = _page(size, chance) if suffix == ".html" else os.urandom(size)
            yield f"assets/{number % 40:02d}/{number:05d}{suffix}", data


def _page(size: int, chance: random.Random) -> bytes:
    line = "<p class='text'>第 {} 段：安全技术教育，<img src='../img/{}.png' alt=''></p>\n"
    lines = [line.format(chance.random(), chance.random()) for _ in range(size // 100)]
    return "".join(lines).encode()[:size]


def _growth(name: str, kib: int) -> Row:
    return Row(name, max(kib, 1) / 1024, "MiB", baseline=ALLOWED_MIB, less_is_better=True)
