"""Packages in a bucket: read through the site, in as few requests as it takes, and films from the bucket itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from django.test import Client
from django.utils import timezone

from media_pipeline.gateways.bucket import private_bucket
from media_pipeline.queries import content_address
from tests.factories.scorm_content import FILES, make_stored_package
from tests.services.media_storage import media_in_bucket

pytestmark = [pytest.mark.services, pytest.mark.django_db]

FILM = bytes(range(256)) * 8_000  # 2 MB
PLAYER = {"sec-fetch-dest": "video", "sec-fetch-mode": "no-cors"}


@pytest.fixture(autouse=True)
def bucket(s3, settings):
    """Keep private files in an empty bucket."""
    settings.XUESHI_SITE_URL = "https://learn.example.cn"
    settings.XUESHI_CONTENT_URL = "https://*.content.example.cn"
    with media_in_bucket(s3, s3.make_bucket()) as name:
        yield name


@pytest.fixture
def package():
    return make_stored_package(
        {**FILES, "film.mp4": FILM, "sound.mp3": FILM, "图片/一.png": b"picture", "empty.txt": b""}
    )


@pytest.fixture
def asked_of_bucket(package):
    """The requests that the bucket is asked, by name."""
    asked: list[str] = []
    client = private_bucket().client

    def note(model: Any, **_: Any) -> None:
        asked.append(model.name)

    client.meta.events.register("before-call.s3", note)
    yield asked
    client.meta.events.unregister("before-call.s3", note)


def get(video, path: str, **headers: str):
    address = content_address(video, expires_at=timezone.now() + timedelta(hours=12))
    parts = urlsplit(address.file_base + path)
    return Client().get(parts.path, headers={"host": parts.netloc, **headers})


def body_of(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_files_pass_through_the_site_on_their_own_origin(package):
    for path, body in FILES.items():
        response = get(package, path)
        assert (response.status_code, body_of(response)) == (200, body)
    assert body_of(get(package, "%E5%9B%BE%E7%89%87/%E4%B8%80.png")) == b"picture"
    assert (get(package, "empty.txt").content, get(package, "nothing.html").status_code) == (b"", 404)
    assert body_of(get(package, "film.mp4")) == FILM


def test_a_small_file_is_one_request(package, asked_of_bucket):
    body_of(get(package, "index.html"))
    assert asked_of_bucket == ["GetObject"]


def test_what_the_browser_has_asks_the_bucket_nothing(package, asked_of_bucket):
    response = get(package, "index.html")
    asked_of_bucket.clear()
    assert get(package, "index.html", **{"if-none-match": response["ETag"]}).status_code == 304
    assert asked_of_bucket == []


def test_ranges_are_read_from_where_they_begin(package):
    response = get(package, "film.mp4", range="bytes=1000000-1000099")
    assert (response.status_code, body_of(response)) == (206, FILM[1_000_000:1_000_100])
    response = get(package, "film.mp4", range="bytes=1000000-")
    assert (response.status_code, body_of(response)) == (206, FILM[1_000_000:])


def test_a_films_player_is_sent_to_the_bucket_itself(package):
    response = get(package, "film.mp4", **PLAYER)
    assert (response.status_code, response["Cache-Control"]) == (302, "no-store")
    with urlopen(response["Location"], timeout=20) as film:  # noqa: S310 - our own server
        assert film.read() == FILM


def test_what_a_script_reads_stays_on_the_packages_own_origin(package):
    for path, headers in (
        ("film.mp4", {"sec-fetch-dest": "empty", "sec-fetch-mode": "cors"}),
        ("film.mp4", {"sec-fetch-dest": "video", "sec-fetch-mode": "cors"}),
        ("film.mp4", {}),
        ("sound.mp3", {"sec-fetch-dest": "audio", "sec-fetch-mode": "no-cors"}),
        ("index.html", PLAYER),
    ):
        response = get(package, path, **headers)
        assert response.status_code == 200
        body_of(response)


def test_players_may_load_from_the_bucket_and_scripts_may_not(package, s3):
    policy = dict(
        line.split(" ", 1) for line in get(package, "index.html")["Content-Security-Policy"].split("; ") if " " in line
    )
    assert policy["media-src"].split()[-1] == s3.endpoint
    assert s3.endpoint not in policy["default-src"]
    assert s3.endpoint not in policy["connect-src"]


def test_a_file_that_the_bucket_lost_is_not_there(package):
    bucket = private_bucket()
    for path in ("index.html", "film.mp4"):
        bucket.client.delete_object(Bucket=bucket.name, Key=bucket.key(f"{package.hls_prefix}/{path}"))
        response = get(package, path)
        assert (response.status_code, response.content) == (404, b"")


def test_while_the_bucket_is_refused_a_file_is_asked_for_again_later(package, settings):
    options = settings.STORAGES["private"]["OPTIONS"]
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {**settings.STORAGES["private"], "OPTIONS": {**options, "secret_key": "wrong"}},
    }
    response = get(package, "index.html")
    assert (response.status_code, response["Retry-After"], response.content) == (503, "5", b"")
