"""The same film from a real S3 server: playlists under the lease, pieces at presigned addresses that expire."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from media_pipeline.gateways.storage import presigned_url
from tests.factories.films import (
    BODY,
    CAPTIONS,
    make_classmate,
    make_watched_lesson,
    open_film,
    sign_in,
)
from tests.services import S3Server
from tests.services.media_storage import media_in_bucket
from tests.services.running import free_port
from tests.tracking.test_film import addresses, assert_refused, get, playlist_of
from tracking.models import PlayLease

pytestmark = [pytest.mark.services, pytest.mark.django_db]


@pytest.fixture
def bucket(s3: S3Server) -> Iterator[str]:
    cache.clear()
    with media_in_bucket(s3, s3.make_bucket()) as name:
        yield name


def fetch(url: str, **headers: str) -> tuple[int, bytes]:
    """Fetch from the bucket as a player does: without any cookie."""
    try:
        with urlopen(Request(url, headers=headers), timeout=20) as answer:  # noqa: S310 - our own server
            return answer.status, answer.read()
    except HTTPError as refusal:
        return refusal.code, refusal.read()


def test_leaseholder_plays_from_the_bucket(bucket: str) -> None:
    enrolment, _ = make_watched_lesson()
    browser = sign_in(enrolment)
    film = open_film(browser, enrolment)
    text = get(browser, playlist_of(film)).content.decode()
    pieces = [line for line in text.splitlines() if line.startswith("http")]
    assert len(pieces) == 1
    assert 'URI="http' in text
    assert "X-Amz-Signature=" in pieces[0]
    assert 299 <= int(pieces[0].partition("X-Amz-Expires=")[2].partition("&")[0]) <= 600
    assert fetch(pieces[0]) == (200, BODY)
    assert fetch(pieces[0], Range="bytes=100-199") == (206, BODY[100:200])
    assert get(browser, film["base"] + film["captions"][0]["path"]).content == CAPTIONS
    assert fetch(get(browser, film["base"] + film["mp4"])["Location"]) == (200, BODY)
    picture = get(browser, film["base"] + film["previews"]).content.decode().splitlines()[3]
    assert fetch(picture.partition("#")[0]) == (200, BODY)


def test_storage_that_is_away_is_told_apart_from_a_refusal(s3: S3Server, monkeypatch: Any) -> None:
    monkeypatch.setattr("media_pipeline.gateways.storage.REQUEST_PATIENCE_SECONDS", 1)
    enrolment, _ = make_watched_lesson()
    browser = sign_in(enrolment)
    nobody = S3Server(f"http://127.0.0.1:{free_port()}", s3.access_key, s3.secret_key)
    with media_in_bucket(nobody, "none"):
        film = open_film(browser, enrolment)
        answer = get(browser, film["base"] + film["captions"][0]["path"])
    assert film["manifest"] == ""
    assert (answer.status_code, answer["Retry-After"], answer.content) == (503, "5", b"")


def test_changed_addresses_of_the_bucket_are_refused(bucket: str) -> None:
    enrolment, video = make_watched_lesson()
    browser = sign_in(enrolment)
    piece = piece_on(browser, open_film(browser, enrolment))
    assert fetch(piece.partition("?")[0])[0] == 403
    assert fetch(piece.replace("00000.m4s", "init.mp4"))[0] == 403
    assert fetch(piece.replace(str(video.uuid), "00000000-0000-4000-8000-000000000000"))[0] == 403
    longer = piece.replace("X-Amz-Expires=", "X-Amz-Expires=9")
    assert fetch(longer)[0] == 403


def test_address_of_the_bucket_expires(bucket: str) -> None:
    _, video = make_watched_lesson()
    url = presigned_url(video.mp4_path, expires_seconds=1)
    assert url is not None
    assert fetch(url) == (200, BODY)
    time.sleep(2.1)
    status, answer = fetch(url)
    assert status == 403
    assert BODY[:64] not in answer


def test_everybody_else_gets_403_and_no_address(bucket: str) -> None:
    enrolment, _ = make_watched_lesson()
    browser = sign_in(enrolment)
    film = open_film(browser, enrolment)
    kept = addresses(browser, film)
    classmate = make_classmate(enrolment)
    neighbour = sign_in(classmate)
    open_film(neighbour, classmate)
    get(browser, playlist_of(film))  # what was signed for one lies in the cache
    for stranger in (Client(), neighbour, sign_in(enrolment)):
        for url in kept:
            assert_refused(get(stranger, url))
    PlayLease.objects.filter(uuid=film["lease"]).update(ended_at=timezone.now(), end_reason="left")
    for url in kept:
        assert_refused(get(browser, url))


def test_playlist_is_signed_once_for_all_in_a_window(bucket: str) -> None:
    enrolment, _ = make_watched_lesson()
    browser = sign_in(enrolment)
    film = open_film(browser, enrolment)
    classmate = make_classmate(enrolment)
    neighbour = sign_in(classmate)
    own = open_film(neighbour, classmate)
    assert get(browser, playlist_of(film)).content == get(neighbour, playlist_of(own)).content


def test_missing_playlist_in_a_bucket_gets_403(bucket: str) -> None:
    enrolment, _ = make_watched_lesson()
    browser = sign_in(enrolment)
    film = open_film(browser, enrolment)
    assert_refused(get(browser, film["base"] + film["master"].replace("master", "1080p/index")))


def piece_on(browser: Client, film: dict[str, Any]) -> str:
    text = get(browser, playlist_of(film)).content.decode()
    return next(line for line in text.splitlines() if "00000.m4s" in line)
