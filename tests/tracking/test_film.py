"""A film is for the browser that holds the lease: everybody else gets 403 and nothing else. From a folder."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from media_pipeline.queries import film_address, film_text
from tests.factories.accounts import make_learner
from tests.factories.films import BODY, CAPTIONS, make_classmate, make_watched_lesson, open_film, sign_in
from tests.factories.tracking import first_lesson, make_enrolment, report_body
from tracking.models import Enrolment, PlayLease

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]
Limit = Callable[[int], Any]


@pytest.fixture
def enrolment() -> Enrolment:
    return make_watched_lesson()[0]


@pytest.fixture
def browser(enrolment: Enrolment) -> Client:
    return sign_in(enrolment)


@pytest.fixture
def film(browser: Client, enrolment: Enrolment) -> dict[str, Any]:
    return open_film(browser, enrolment)


def get(browser: Client, url: str, **headers: str) -> Any:
    """Fetch to the end; the bytes are in ``body``, whether they streamed or not."""
    response = browser.get(url, headers=headers)
    if response.streaming:
        response.body = b"".join(response.streaming_content)
    else:
        response.body = response.content
    return response


def playlist_of(film: dict[str, Any]) -> str:
    return film["base"] + film["master"].replace("master", "720p/index")


def piece_of(browser: Client, film: dict[str, Any]) -> str:
    text = get(browser, playlist_of(film)).content.decode()
    return next(line for line in text.splitlines() if line.endswith("00000.m4s"))


def addresses(browser: Client, film: dict[str, Any]) -> list[str]:
    """One address of each kind that a player asks for."""
    parts = [film["master"], film["mp4"], film["previews"], film["captions"][0]["path"]]
    return [*(film["base"] + part for part in parts), playlist_of(film)]


def assert_refused(response: HttpResponse) -> None:
    """403, and nothing else: no word, no byte, nothing for a cache to keep, nowhere to go."""
    assert (response.status_code, response.content) == (403, b"")
    assert response["Cache-Control"] == "no-store"
    assert "Location" not in response
    assert "Set-Cookie" not in response


# --- the leaseholder ------------------------------------------------------------------------------------------------
def test_leaseholder_gets_playlists_captions_and_previews(browser: Client, film: dict[str, Any]) -> None:
    master = get(browser, film["base"] + film["master"])
    assert (master.status_code, master["Content-Type"]) == (200, "application/vnd.apple.mpegurl")
    assert "720p/index.m3u8" in master.content.decode().splitlines()
    assert master["Cache-Control"] == "private, no-store"
    assert master["Cross-Origin-Resource-Policy"] == "same-origin"
    assert get(browser, film["base"] + film["captions"][0]["path"]).content == CAPTIONS
    previews = get(browser, film["base"] + film["previews"]).content.decode()
    picture = next(line for line in previews.splitlines() if "#xywh=" in line)
    assert picture.startswith("/media-files/")
    assert picture.endswith("previews-1.jpg#xywh=0,0,160,90")
    assert get(browser, picture.partition("#")[0]).body == BODY


def test_pieces_are_served_without_a_statement(
    browser: Client, film: dict[str, Any], django_assert_num_queries: Limit
) -> None:
    piece = piece_of(browser, film)
    with django_assert_num_queries(0):
        response = get(browser, piece)
    assert (response.status_code, response.body) == (200, BODY)
    left = int(response["Cache-Control"].removeprefix("private, max-age=").removesuffix(", immutable"))
    assert 290 <= left <= 600


def test_playlist_costs_three_statements_at_most(
    browser: Client, film: dict[str, Any], django_assert_max_num_queries: Limit
) -> None:
    for url in addresses(browser, film):
        with django_assert_max_num_queries(3):
            assert get(browser, url).status_code in (200, 302)


def test_single_file_is_reached_through_the_same_checks(browser: Client, film: dict[str, Any]) -> None:
    sent = get(browser, film["base"] + film["mp4"])
    assert (sent.status_code, sent["Cache-Control"]) == (302, "private, no-store")
    part = get(browser, sent["Location"], range="bytes=100-199")
    assert (part.status_code, part["Content-Range"], part.body) == (206, f"bytes 100-199/{len(BODY)}", BODY[100:200])


def test_head_tells_and_sends_nothing(browser: Client, film: dict[str, Any]) -> None:
    piece = piece_of(browser, film)
    response = browser.head(piece)
    assert (response.status_code, response["Content-Length"], response.content) == (200, str(len(BODY)), b"")
    assert browser.head(film["base"] + film["master"]).status_code == 200
    assert_refused(Client().head(piece))
    assert_refused(Client().head(film["base"] + film["master"]))


def test_addresses_of_one_window_are_the_same_so_that_caches_know_them(enrolment: Enrolment) -> None:
    video = first_lesson(enrolment).video
    assert video is not None
    start = timezone.now().replace(minute=0, second=0, microsecond=0)
    path = video.mp4_path.partition(f"{video.uuid}/")[2]
    early, late = (
        film_address(video, path, holder="a", now=start + timedelta(seconds=seconds)) for seconds in (0, 299)
    )
    assert early == late
    assert film_address(video, path, holder="a", now=start + timedelta(seconds=300)) != early
    assert film_address(video, path, holder="b", now=start) != early


def test_playlists_of_a_lecture_travel_packed(browser: Client, film: dict[str, Any]) -> None:
    video_text = "#EXTM3U\n" + "#EXTINF:4.0,\n00000.m4s\n" * 900
    storage = storages["private"]
    name = f"videos/{film['folder']}{film['master'].replace('master', '720p/index')}"
    storage.delete(name)
    storage.save(name, ContentFile(video_text.encode()))
    packed = get(browser, playlist_of(film), **{"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.body) < 3_000


# --- everybody else -------------------------------------------------------------------------------------------------
def test_page_names_nothing_to_play_before_a_lease(browser: Client, enrolment: Enrolment) -> None:
    page = get(browser, reverse("tracking:player", args=(enrolment.uuid, first_lesson(enrolment).uuid)))
    text = page.content.decode()
    for playable in ("m3u8", ".mp4", ".m4s", "/study/film/"):
        assert playable not in text
    still = page.context["film"].poster_url
    assert still in text
    assert get(browser, still).body == BODY
    for changed in (still.replace("poster.jpg", "video.mp4"), still.replace("poster.jpg", "720p/00000.m4s")):
        assert_refused(get(browser, changed))


def test_learner_without_a_lease_gets_403(browser: Client, enrolment: Enrolment, film: dict[str, Any]) -> None:
    kept = addresses(browser, film)
    PlayLease.objects.all().delete()
    for url in kept:
        assert_refused(get(browser, url))
    again = reverse("tracking:film_again", args=(enrolment.uuid, first_lesson(enrolment).uuid, film["master"]))
    assert_refused(get(browser, again))


def test_learner_with_an_expired_lease_gets_403(browser: Client, film: dict[str, Any]) -> None:
    now = timezone.now()
    PlayLease.objects.update(expires_at=now + timedelta(seconds=30))
    assert get(browser, playlist_of(film)).status_code == 200
    PlayLease.objects.update(expires_at=now)
    for url in addresses(browser, film):
        assert_refused(get(browser, url))


def test_silent_lease_gives_nothing(browser: Client, film: dict[str, Any]) -> None:
    PlayLease.objects.update(last_heard_at=timezone.now() - timedelta(minutes=15, seconds=1))
    for url in addresses(browser, film):
        assert_refused(get(browser, url))


def test_ended_lease_gives_nothing(browser: Client, film: dict[str, Any]) -> None:
    body = report_body(PlayLease.objects.get(), token=film["token"])
    assert browser.post(reverse("tracking:end_lease"), body, content_type="application/json").status_code == 200
    for url in addresses(browser, film):
        assert_refused(get(browser, url))


def test_another_learners_addresses_are_useless(browser: Client, film: dict[str, Any]) -> None:
    piece = piece_of(browser, film)
    single = get(browser, film["base"] + film["mp4"])["Location"]
    other = make_enrolment(now=timezone.now())
    stranger = sign_in(other)
    open_film(stranger, other)  # a leaseholder, too, but of something else
    for url in (*addresses(browser, film), piece, single):
        assert_refused(get(stranger, url))


def test_another_learner_of_the_same_course_cannot_use_them_either(
    browser: Client, enrolment: Enrolment, film: dict[str, Any]
) -> None:
    piece = piece_of(browser, film)
    classmate = make_classmate(enrolment)
    neighbour = sign_in(classmate)
    own = open_film(neighbour, classmate)
    for url in (*addresses(browser, film), piece):
        assert_refused(get(neighbour, url))
    assert get(neighbour, piece_of(neighbour, own)).status_code == 200


def test_loser_of_a_take_over_gets_403_and_the_taker_plays(
    browser: Client, enrolment: Enrolment, film: dict[str, Any]
) -> None:
    second = sign_in(enrolment)
    taken = open_film(second, enrolment, take_over=True)
    for url in addresses(browser, film):
        assert_refused(get(browser, url))
    for url in addresses(second, taken):
        assert get(second, url).status_code in (200, 302)


def test_other_browser_of_the_same_learner_cannot_use_the_lease(
    browser: Client, enrolment: Enrolment, film: dict[str, Any]
) -> None:
    piece = piece_of(browser, film)
    second = sign_in(enrolment)
    for url in (*addresses(browser, film), piece):
        assert_refused(get(second, url))


def test_anonymous_browser_gets_403(browser: Client, film: dict[str, Any]) -> None:
    for url in (*addresses(browser, film), piece_of(browser, film)):
        assert_refused(get(Client(), url))


def test_signed_out_browser_gets_403(browser: Client, film: dict[str, Any]) -> None:
    kept = [*addresses(browser, film), piece_of(browser, film)]
    browser.post(reverse("accounts:logout"))
    for url in kept:
        assert_refused(get(browser, url))


def test_locked_out_person_gets_no_playlist(browser: Client, enrolment: Enrolment, film: dict[str, Any]) -> None:
    type(enrolment.learner.user).objects.update(is_active=False)
    for url in addresses(browser, film):
        assert_refused(get(browser, url))


def test_person_without_an_identity_gets_403(film: dict[str, Any], admin_user: Any) -> None:
    nobody = Client()
    nobody.force_login(admin_user)
    assert_refused(get(nobody, film["base"] + film["master"]))


OUTSIDE = ["originals/2026/03/x", "../secret.mp4", "a/../../b.m3u8", "%2e%2e/x.m3u8", "."]
NO_FILE = ["hls/master.m3u8.txt", "a%00.vtt", "film.mp4/x.m3u8", "film.mp4/x.vtt", "%E8%AF%BE.vtt"]


@pytest.mark.parametrize("path", OUTSIDE + NO_FILE)
def test_changed_path_gets_403(browser: Client, film: dict[str, Any], path: str) -> None:
    assert_refused(get(browser, film["base"] + path))


def test_missing_part_of_the_film_gets_403(browser: Client, film: dict[str, Any]) -> None:
    assert_refused(get(browser, film["base"] + "hls/1080p/index.m3u8"))


def test_lease_of_one_lesson_opens_no_other(browser: Client, enrolment: Enrolment, film: dict[str, Any]) -> None:
    other, video = make_watched_lesson(ce_year=enrolment.ce_year)
    foreign = video.mp4_path.partition(f"{video.uuid}/")[2]
    piece = piece_of(browser, film)
    assert_refused(get(browser, piece.replace(film["folder"], f"{video.uuid}/")))
    assert_refused(get(browser, f"{film['base']}../{video.uuid}/{foreign}"))
    again = reverse("tracking:film_again", args=(other.uuid, first_lesson(other).uuid, foreign))
    assert_refused(get(browser, again))


def test_unknown_lease_is_refused_like_any_other(browser: Client, film: dict[str, Any]) -> None:
    unknown = film["base"].replace(film["lease"], "00000000-0000-4000-8000-000000000000")
    assert_refused(get(browser, unknown + film["master"]))


def test_page_of_another_site_gets_403(browser: Client, film: dict[str, Any]) -> None:
    for url in (film["base"] + film["master"], piece_of(browser, film)):
        assert_refused(get(browser, url, **{"sec-fetch-site": "cross-site"}))


def test_nothing_can_be_posted(browser: Client, film: dict[str, Any]) -> None:
    assert browser.post(film["base"] + film["master"]).status_code == 405
    assert browser.post(piece_of(browser, film)).status_code == 405


def test_pieces_expire_even_for_their_holder(browser: Client, enrolment: Enrolment, film: dict[str, Any]) -> None:
    video = first_lesson(enrolment).video
    assert video is not None
    holder, path = browser.session.session_key, film["master"].replace("master", "720p/index")
    for minutes, wanted in ((4, 200), (10, 403)):
        text = film_text(video, path, holder=holder or "", now=timezone.now() - timedelta(minutes=minutes))
        piece = next(line for line in text.splitlines() if line.endswith("00000.m4s"))
        assert get(browser, piece).status_code == wanted


def test_who_watches_goes_on_when_the_sites_secret_changes(
    browser: Client, enrolment: Enrolment, settings: Any
) -> None:
    film = open_film(browser, enrolment)
    piece = piece_of(browser, film)
    with override_settings(SECRET_KEY="x" * 50, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert get(browser, piece).status_code == 200
        assert get(browser, playlist_of(film)).status_code == 200
        assert get(browser, piece_of(browser, film)).status_code == 200
    with override_settings(SECRET_KEY="x" * 50, SECRET_KEY_FALLBACKS=[]):
        assert_refused(get(browser, piece))


def test_cookies_that_open_films_are_for_this_site_alone(enrolment: Enrolment, settings: Any) -> None:
    browser = sign_in(enrolment)
    open_film(browser, enrolment)
    mark = browser.cookies["study_device"]
    assert (mark["httponly"], mark["samesite"], mark["path"]) == (True, "Lax", "/study/")
    assert (settings.SESSION_COOKIE_HTTPONLY, settings.SESSION_COOKIE_SAMESITE) == (True, "Lax")
    assert settings.SESSION_COOKIE_SECURE is settings.HTTPS
    url = reverse("tracking:open_lease", args=(enrolment.uuid, first_lesson(enrolment).uuid))
    safe = browser.post(url, {"take_over": True}, content_type="application/json", secure=True)
    assert safe.cookies["study_device"]["secure"] is True


# --- a lesson learnt ------------------------------------------------------------------------------------------------
def test_learnt_lesson_may_be_seen_again_by_who_learnt_it(browser: Client, enrolment: Enrolment) -> None:
    film = open_film(browser, enrolment)
    again = reverse("tracking:film_again", args=(enrolment.uuid, first_lesson(enrolment).uuid, film["master"]))
    assert_refused(get(browser, again))
    PlayLease.objects.update(ended_at=timezone.now(), end_reason="finished")
    enrolment.progress.update(reached_at=timezone.now())
    assert_refused(get(browser, film["base"] + film["master"]))
    assert get(browser, again).status_code == 200
    page = get(browser, reverse("tracking:player", args=(enrolment.uuid, first_lesson(enrolment).uuid)))
    assert page.context["config"]["film"]["base"] + film["master"] == again
    for other in (Client(), sign_in(make_classmate(enrolment))):
        assert_refused(get(other, again))


def test_seeing_again_costs_three_statements(
    browser: Client, enrolment: Enrolment, django_assert_num_queries: Limit
) -> None:
    film = open_film(browser, enrolment)
    enrolment.progress.update(reached_at=timezone.now())
    again = reverse("tracking:film_again", args=(enrolment.uuid, first_lesson(enrolment).uuid, film["master"]))
    with django_assert_num_queries(3):
        assert get(browser, again).status_code == 200


# --- without scripts ------------------------------------------------------------------------------------------------
def test_browser_without_scripts_opens_the_film_by_a_form(browser: Client, enrolment: Enrolment) -> None:
    place = (enrolment.uuid, first_lesson(enrolment).uuid)
    page = get(browser, reverse("tracking:player", args=place)).content.decode()
    form = reverse("tracking:watch_plainly", args=place)
    assert f'action="{form}"' in page
    sent = browser.post(form)
    lease = PlayLease.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, f"{reverse('tracking:player', args=place)}?lease={lease.uuid}")
    plain = get(browser, sent["Location"])
    url = plain.context["film"].plain_url
    assert f'src="{url}"' in plain.content.decode()
    assert get(browser, get(browser, url)["Location"]).body == BODY
    assert_refused(get(sign_in(enrolment), url))


def test_form_needs_the_csrf_token_and_a_learner(enrolment: Enrolment) -> None:
    form = reverse("tracking:watch_plainly", args=(enrolment.uuid, first_lesson(enrolment).uuid))
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(enrolment.learner.user)
    assert strict.post(form).status_code == 403
    stranger = Client()
    stranger.force_login(make_learner().user)
    assert stranger.post(form).status_code == 404
    assert not PlayLease.objects.exists()


def test_form_of_a_learnt_lesson_says_why_it_opens_nothing(browser: Client, enrolment: Enrolment) -> None:
    open_film(browser, enrolment)
    enrolment.progress.update(reached_at=timezone.now())
    form = reverse("tracking:watch_plainly", args=(enrolment.uuid, first_lesson(enrolment).uuid))
    assert "重看不再计学时" in browser.post(form, follow=True).content.decode()
