"""A lesson's film that can be fetched, and the browsers that may or may not fetch it."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from media_pipeline.gateways.storage import put_bytes
from media_pipeline.models import Video
from media_pipeline.operations import attach_captions
from tests.factories.media_pipeline import store_playable_files
from tests.factories.tracking import first_lesson, make_ce_year, make_enrolment
from tracking.models import Enrolment

BODY = bytes(range(256)) * 40
CAPTIONS = "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n您好\n".encode()
PREVIEWS = b"WEBVTT\n\n00:00.000 --> 00:05.000\npreviews-1.jpg#xywh=0,0,160,90\n"


def make_watched_lesson(**overrides: Any) -> tuple[Enrolment, Video]:
    """An enrolment in a course of one video whose files are stored, with captions and previews."""
    enrolment = make_enrolment(now=timezone.now(), **overrides)
    video = first_lesson(enrolment).video
    assert video is not None
    store_playable_files(video, body=BODY)
    put_bytes(video.mp4_path, BODY)
    put_bytes(video.poster_path, BODY)
    put_bytes(f"{video.hls_prefix}/previews.vtt", PREVIEWS)
    put_bytes(f"{video.hls_prefix}/previews-1.jpg", BODY)
    Video.objects.filter(pk=video.pk).update(previews_path=f"{video.hls_prefix}/previews.vtt")
    attach_captions(video=video, language="zh-hans", content=CAPTIONS, user=None)
    video.refresh_from_db()
    return enrolment, video


def make_classmate(enrolment: Enrolment) -> Enrolment:
    """Somebody else who is enrolled in the same course."""
    return make_enrolment(
        now=timezone.now(),
        course=enrolment.course,
        ce_year=make_ce_year(post=enrolment.ce_year.post, now=timezone.now()),
    )


def sign_in(enrolment: Enrolment) -> Client:
    """A browser of the enrolment's learner."""
    browser = Client()
    browser.force_login(enrolment.learner.user)
    return browser


def open_film(browser: Client, enrolment: Enrolment, **wish: Any) -> dict[str, Any]:
    """Open a lease as the player does, and give what it is told of the film."""
    url = reverse("tracking:open_lease", args=(enrolment.uuid, first_lesson(enrolment).uuid))
    answer = browser.post(url, wish, content_type="application/json")
    assert answer.status_code == 200, answer.content
    film: dict[str, Any] = answer.json()["film"]
    return film | {"lease": answer.json()["lease"], "token": answer.json()["token"]}
