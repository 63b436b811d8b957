"""The services that tests lean on: they answer, they are empty, and they are gone afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from playwright.sync_api import Page
from redis import Redis

from lms.bootstrap.place import ROOT
from tests.services import RestartableS3, S3Server, redis_server
from tests.services.fixtures import StartSite, StartWorker
from tests.services.pool import SitePool
from tests.services.running import ServiceError, find_program, is_listening
from tests.services.site import site_environment


def test_postgres_url_is_a_migrated_database_without_rows_of_anybody(postgres_url: str) -> None:
    files = {path.stem for path in ROOT.glob("tracking/migrations/0*.py")}
    with psycopg.connect(postgres_url) as connection:
        applied = connection.execute("SELECT name FROM django_migrations WHERE app = 'tracking'").fetchall()
        users = connection.execute("SELECT count(*) FROM accounts_user").fetchone()

        assert ({name for (name,) in applied}, users) == (files, (0,))


def test_redis_url_is_an_empty_redis(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0


def test_s3_keeps_what_it_is_given(s3: S3Server) -> None:
    client, bucket = s3.connect(), s3.make_bucket()
    client.put_object(Bucket=bucket, Key="文件/一.txt", Body="内容".encode())

    assert client.get_object(Bucket=bucket, Key="文件/一.txt")["Body"].read().decode() == "内容"


def test_a_restarted_s3_has_what_it_had(restartable_s3: RestartableS3) -> None:
    server = restartable_s3.server
    client, bucket = server.connect(), server.make_bucket()
    client.put_object(Bucket=bucket, Key="a/b.txt", Body=b"kept")

    restartable_s3.kill()
    with pytest.raises(EndpointConnectionError):
        client.get_object(Bucket=bucket, Key="a/b.txt")
    restartable_s3.start()

    assert client.get_object(Bucket=bucket, Key="a/b.txt")["Body"].read() == b"kept"


def test_s3_refuses_a_strangers_key(s3: S3Server) -> None:
    bucket = s3.make_bucket()
    stranger = S3Server(s3.endpoint, s3.access_key, "another secret")

    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        stranger.connect().list_objects_v2(Bucket=bucket)


def test_service_is_gone_when_its_block_ends() -> None:
    with redis_server() as url:
        port = int(url.rpartition(":")[2].partition("/")[0])
        assert is_listening(port) is True

    assert is_listening(port) is False


def test_services_die_with_a_killed_test_process(tmp_path: Path) -> None:
    note = tmp_path / "url"
    command = [
        sys.executable,
        "-m",
        "tests.services",
        "redis",
        "--",
        "sh",
        "-c",
        f"echo $CELERY_BROKER_URL > {note}; sleep 60",
    ]
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    _wait(lambda: note.exists() and note.read_text().endswith("\n"))
    port = int(note.read_text().strip().rpartition(":")[2].partition("/")[0])
    assert is_listening(port) is True

    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    _wait(lambda: not is_listening(port))
    os.killpg(process.pid, signal.SIGKILL)


def test_missing_program_is_named_with_the_command_that_installs_it() -> None:
    with pytest.raises(ServiceError, match="no-such-server is missing; run: sudo apt-get install some-package"):
        find_program("no-such-server", package="some-package")


def test_worker_runs_on_postgres_redis_and_s3(
    postgres_url: str, redis_url: str, s3: S3Server, celery_worker_process: StartWorker, tmp_path: Path
) -> None:
    names = {"DATABASE_URL": postgres_url, "CELERY_BROKER_URL": redis_url, **s3.environment(s3.make_bucket())}

    assert celery_worker_process(site_environment(tmp_path, names)).poll() is None


def test_embedded_site_answers_and_its_worker_can_be_killed_and_started_again(live_site: StartSite) -> None:
    site = live_site(demo=False)
    first = site.worker
    assert first is not None
    site.kill_worker()
    site.start_worker()

    assert first.poll() == -signal.SIGKILL
    assert site.is_healthy() is True
    assert site.worker is not None
    assert site.worker.poll() is None


def test_a_site_that_serves_the_next_story_has_nothing_of_the_last(empty_home: Path, tmp_path: Path) -> None:
    pool = SitePool(tmp_path)
    look = "from accounts.models import User; print(User.objects.count())"
    try:
        site = pool.take(empty_home)
        site.start_beat()
        site.tell("from accounts.models import User; User.objects.create(username='earlier')")
        (site.home / "media" / "private").mkdir(parents=True)
        (site.home / "media" / "private" / "left").write_text("by the last")
        assert site.tell(look) == "1\n"
        pool.give_back(site, empty_home)

        again = pool.take(empty_home)

        assert (again is site, again.is_healthy(), again.beat) == (True, True, None)
        assert again.tell(look) == "0\n"
        assert [path for path in (again.home / "media").rglob("*") if path.is_file()] == []
        assert pool.take(empty_home) is not site
    finally:
        pool.close()


def test_what_a_site_is_told_and_cannot_do_is_told_with_its_traceback(live_site: StartSite) -> None:
    site = live_site(demo=False, worker=False)
    with pytest.raises(ServiceError, match="ZeroDivisionError"):
        site.tell("1 / 0")
    assert site.tell("print(1)") == "1\n"


def test_browser_opens_a_live_site(live_site: StartSite, browser_page: Page) -> None:
    site = live_site(demo=False, worker=False)

    response = browser_page.goto(f"{site.url}/healthz")

    assert response is not None
    assert (response.status, response.json()) == (200, {"status": "ok"})


def _wait(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
