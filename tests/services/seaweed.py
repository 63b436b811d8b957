"""A real S3 server of our own: SeaweedFS, in a temporary folder, on free ports."""

from __future__ import annotations

import json
import secrets
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.services.running import find_program, free_port, running


@dataclass(frozen=True, slots=True)
class S3Server:
    """A running server, and the keys of its only user."""

    endpoint: str
    access_key: str
    secret_key: str

    def connect(self) -> Any:
        """Give a boto3 client."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name="us-east-1",
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}, retries={"max_attempts": 1}),
        )

    def make_bucket(self, prefix: str = "xueshi") -> str:
        """Make an empty bucket with a name of its own, and give the name."""
        name = f"{prefix}-{secrets.token_hex(4)}"
        self.connect().create_bucket(Bucket=name)
        return name

    def environment(self, bucket: str) -> dict[str, str]:
        """Give the environment that makes a site keep its media in a bucket."""
        return {
            "XUESHI_MEDIA_URL": f"s3://{bucket}?endpoint={self.endpoint}",
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
        }


class RestartableS3:
    """A SeaweedFS that goes away and comes back: the same folder, ports and keys."""

    def __init__(self, folder: Path) -> None:
        """Make the folder ready; nothing runs yet."""
        self._program = find_program(
            "weed", package="(none: it comes with requirements-dev.txt)", folders=[Path(sys.prefix) / "bin"]
        )
        self._folder = folder
        port = free_port()
        self._options = _list_options(folder, port)
        self._running = ExitStack()
        self._closing = Event()
        self._threads: list[Thread] = []
        self.server = S3Server(f"http://127.0.0.1:{port}", secrets.token_hex(8), secrets.token_hex(16))
        (folder / "data").mkdir()
        (folder / "keys.json").write_text(json.dumps(_name_identities(self.server)))

    def start(self) -> None:
        """Start, and wait until it takes and gives bytes.

        :raises ServiceError: it does not.
        """
        self._running.enter_context(
            running(
                "SeaweedFS",
                [self._program, *self._options],
                log=self._folder / "server.log",
                until=lambda: _answers(self.server),
                stop_sign=signal.SIGKILL,
                death_sign=signal.SIGKILL,
            )
        )

    def kill(self) -> None:
        """Kill it as a power cut would: what it had acknowledged is on the disk, what it was doing is lost."""
        self._running.close()

    def away_for(self, seconds: float) -> Callable[[], None]:
        """Give a function that kills it the first time it is called; it comes back by itself ``seconds`` later."""
        goes, lock = Event(), Lock()

        def come_back() -> None:
            while not goes.wait(0.1):
                if self._closing.is_set():
                    return
            if not self._closing.wait(seconds):
                self.start()
            self._closing.wait()  # the kernel would end the server together with the thread that started it

        def go_away() -> None:
            with lock:
                if not goes.is_set():
                    self.kill()
                    goes.set()

        self._threads.append(Thread(target=come_back))
        self._threads[-1].start()
        return go_away

    def close(self) -> None:
        """End it for good."""
        self._closing.set()
        for thread in self._threads:
            thread.join()
        self.kill()


@contextmanager
def restartable_s3_server() -> Iterator[RestartableS3]:
    """Run a SeaweedFS that a test may kill and start again."""
    with tempfile.TemporaryDirectory(prefix="xueshi-s3-", ignore_cleanup_errors=True) as name:
        service = RestartableS3(Path(name))
        try:
            service.start()
            yield service
        finally:
            service.close()


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """Run SeaweedFS; it takes up to a minute to stop by itself, so it is killed.

    :raises ServiceError: it is not installed, or does not start.
    """
    with restartable_s3_server() as service:
        yield service.server


def _list_options(folder: Path, port: int) -> list[str]:
    ports = {"s3.port": port}
    for name in ("s3.port.grpc", "filer.port", "filer.port.grpc", "master.port", "master.port.grpc"):
        ports[name] = free_port()
    ports |= {"volume.port": free_port(), "volume.port.grpc": free_port(), "s3.port.iceberg": 0, "s3.port.lance": 0}
    options = {
        "dir": folder / "data",
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "master.telemetry": "false",  # otherwise it calls home
        "master.volumeSizeLimitMB": 64,
        "volume.max": 1000,  # each bucket takes several volumes, and eight are given by default
        "s3.config": folder / "keys.json",
        "s3.localSocket": folder / "s3.sock",
        "filer.localSocket": folder / "filer.sock",
    }
    return ["server", "-s3", *(f"-{name}={value}" for name, value in {**options, **ports}.items())]


def _name_identities(server: S3Server) -> dict[str, Any]:
    keys = [{"accessKey": server.access_key, "secretKey": server.secret_key}]
    return {"identities": [{"name": "xueshi", "credentials": keys, "actions": ["Admin"]}]}


def _answers(server: S3Server) -> bool:
    """Say whether a bucket can be made, written and removed: it listens well before it can."""
    client = server.connect()
    try:
        client.create_bucket(Bucket="is-it-up")
        client.put_object(Bucket="is-it-up", Key="probe", Body=b"1")
        client.delete_object(Bucket="is-it-up", Key="probe")
        client.delete_bucket(Bucket="is-it-up")
    except (BotoCoreError, ClientError):
        return False
    return True
