"""Uploads in parts: as fast as boto3's own transfer, and no larger in memory however large the file is."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from boto3.s3.transfer import TransferConfig

from tests.benchmarks import Row
from tests.benchmarks.heartbeat_site import children_of, resident_kib
from tests.benchmarks.upload_client import PARALLEL, Uploader, peak_of, upload_site
from tests.services import LiveSite, S3Server, s3_server
from tests.services.running import ServiceError

FILE_BYTES = 256 * 1024**2
LARGE_BYTES = 5 * 1000**3
PART_BYTES = 8 * 1024**2
ROUNDS = 3
ALLOWED_MIB = 50.0


def rows(large_bytes: int = LARGE_BYTES) -> Iterator[Row]:
    """Yield the rate of our uploads to an S3 service beside boto3's, and what a 5 GB upload adds to each process."""
    with tempfile.TemporaryDirectory(prefix="xueshi-upload-", dir="/var/tmp") as name:
        folder = Path(name)
        with s3_server() as server:
            yield _rate_row(folder, server)
        yield from _memory_rows(folder, large_bytes)


def _rate_row(folder: Path, server: S3Server) -> Row:
    path, bucket = folder / "film.bin", server.make_bucket()
    path.write_bytes(os.urandom(FILE_BYTES))
    client = server.connect()
    config = TransferConfig(multipart_threshold=1, multipart_chunksize=PART_BYTES, max_concurrency=PARALLEL)
    ours, theirs = [], []
    with upload_site(folder, server.environment(bucket)) as site:
        uploader = Uploader(site)
        for number in range(ROUNDS + 1):  # the first warms everything up
            started = time.perf_counter()
            uploader.upload(path, name=f"{number}.bin")
            between = time.perf_counter()
            client.upload_file(str(path), bucket, f"theirs/{number}", Config=config)
            ours.append(between - started)
            theirs.append(time.perf_counter() - between)
    path.unlink()
    mib = FILE_BYTES / 1024**2
    our_rate, their_rate = mib / statistics.median(ours[1:]), mib / statistics.median(theirs[1:])
    return Row("media.upload_vs_boto3", our_rate, "MiB/s", baseline=their_rate)


def _memory_rows(folder: Path, large_bytes: int) -> Iterator[Row]:
    path, small = folder / "large.bin", folder / "small.bin"
    small.write_bytes(b"\0" * (3 * PART_BYTES))
    with path.open("wb") as file:
        file.truncate(large_bytes)
    with upload_site(folder, {"XUESHI_UPLOAD_MAX_BYTES": str(2 * large_bytes)}) as site:
        site.start_worker()
        uploader = Uploader(site)
        for number in range(4):  # both processes of the worker take one
            _wait_for_end(site, uploader.upload(small, name=f"{number}.bin"))
        web, worker = _processes(site, "granian"), _processes(site, "celery")
        before = _largest(web), _largest(worker)
        with peak_of(lambda: _largest(web)) as web_most, peak_of(lambda: _largest(worker)) as worker_most:
            _wait_for_end(site, uploader.upload(path, name="large.bin"))
    yield _growth("media.upload_memory_web", web_most[0] - before[0])
    yield _growth("media.upload_memory_worker", worker_most[0] - before[1])


def _growth(name: str, kib: int) -> Row:
    return Row(name, max(kib, 1) / 1024, "MiB", baseline=ALLOWED_MIB, less_is_better=True)


def _largest(pids: list[int]) -> int:
    return max(resident_kib(pid) for pid in pids)


def _processes(site: LiveSite, word: str) -> list[int]:
    """Give the site's own processes of a kind: those whose home is the site's."""
    found = []
    for pid in children_of(os.getpid()):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
            env = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if word in command and f"XUESHI_HOME={site.home}\0" in env:
            found.append(pid)
    if not found:
        raise ServiceError(f"no process of {word} is found")
    return found


def _wait_for_end(site: LiveSite, video: str) -> None:
    """Wait until the worker has read the file, and refused it: zeros are no film."""
    look = f"from media_pipeline.models import Video; print('S=' + Video.objects.get(uuid='{video}').state)"
    for _ in range(120):
        if "S=failed" in site.manage("shell", "--no-imports", "-c", look):
            return
        time.sleep(0.5)
    raise ServiceError(f"the worker did not end: {site.read_log('worker')}")
