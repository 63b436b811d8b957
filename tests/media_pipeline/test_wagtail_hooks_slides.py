"""A deck's page in the library: its pages, and the seconds that each is to be read for."""

from __future__ import annotations

import pytest
from django.urls import reverse

from media_pipeline.models import Video
from tests.factories.accounts import make_user
from tests.factories.courses import make_edition, make_slides_lesson_draft
from tests.factories.media_pipeline import make_video, process_file
from tests.factories.slide_decks import make_pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]


@pytest.fixture
def editor_client(client):
    client.force_login(make_user(is_superuser=True, is_staff=True))
    return client


def test_page_of_a_deck_shows_its_pages_and_takes_their_seconds(editor_client, tmp_path, django_assert_max_num_queries):
    deck = process_file(make_pdf(tmp_path / "a.pdf", pages=3))
    with django_assert_max_num_queries(15):
        html = editor_client.get(reverse("video:inspect", args=[deck.pk])).content.decode()
    assert "幻灯片 · 3 页" in html
    assert html.count("-240.webp") == 3
    answer = editor_client.post(reverse("video:page_seconds", args=[deck.uuid]), {"page_seconds": "20"}, follow=True)
    assert "每页阅读秒数已保存" in answer.content.decode()
    deck.refresh_from_db()
    assert (deck.page_seconds, deck.duration_ms) == (20, 60_000)


def test_seconds_out_of_bounds_or_of_a_published_deck_are_refused_with_words(editor_client, tmp_path):
    deck = process_file(make_pdf(tmp_path / "a.pdf", pages=2))
    address = reverse("video:page_seconds", args=[deck.uuid])
    assert "应在 5 到 600 之间" in editor_client.post(address, {"page_seconds": "1"}, follow=True).content.decode()
    make_edition(lessons=[make_slides_lesson_draft(video=deck)])
    answer = editor_client.post(address, {"page_seconds": "20"}, follow=True).content.decode()
    assert "已发布的课时在用这份幻灯片" in answer
    assert "每页阅读 30 秒" in answer
    assert Video.objects.get(pk=deck.pk).page_seconds == 30


def test_films_have_no_such_section_and_strangers_no_such_right(editor_client, client):
    film = make_video()
    assert "deck-heading" not in editor_client.get(reverse("video:inspect", args=[film.pk])).content.decode()
    client.force_login(make_user())
    answer = client.post(reverse("video:page_seconds", args=[film.uuid]), {"page_seconds": "20"})
    assert answer.status_code == 302
    assert Video.objects.get(pk=film.pk).page_seconds == 30
