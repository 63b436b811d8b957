"""A learner watches a lesson from an S3 service: quality, captions, a reload; and nobody else can."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.journeys.lesson import expect_state, open_video, play, played_ms, watch_until
from tests.journeys.road import register
from tests.services import LiveSite, S3Server
from tests.services.browser import DESKTOP, PHONE
from tests.services.carrying import carry_private_files
from tests.services.site import site_environment

LOST_AT_MOST_MS = 5_000
SHOWN = """() => [...document.getElementById('video').textTracks]
    .filter((track) => track.mode === 'showing')
    .flatMap((track) => [...(track.activeCues ?? [])].map((cue) => cue.text))"""


@pytest.fixture
def site(demo_home: Path, tmp_path: Path, s3: S3Server) -> Iterator[LiveSite]:
    """The demonstration with its private files in a bucket: they are carried there, not made again."""
    home, bucket = tmp_path / "site", s3.make_bucket()
    shutil.copytree(demo_home, home)
    carry_private_files(home, s3, bucket)
    shutil.rmtree(home / "media")
    with LiveSite(home, site_environment(home, s3.environment(bucket))) as site:
        site.start_web()
        yield site


def note_requests(page: Page) -> list[str]:
    """Collect the addresses that the page asks for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


def rungs(asked: list[str]) -> list[str]:
    """Of which renditions pieces were asked for, in order."""
    found = [re.search(r"/(\d+p|audio)/\w+\.m4s", address) for address in asked]
    return [match[1] for match in found if match]


@pytest.mark.timeout(300)
def test_a_lesson_is_watched_from_a_bucket_and_by_its_learner_alone(
    site: LiveSite, browser_page: Page, browser: Browser, s3: S3Server
):
    page, asked = browser_page, note_requests(browser_page)
    open_video(page, site)
    assert not [address for address in asked if "/study/film/" in address], "there is nothing to play before a lease"
    play(page)
    watch_until(page, 2_000)
    pieces = [address for address in asked if ".m4s" in address]
    assert all(address.startswith(s3.endpoint) for address in pieces), "video bytes never pass through Django"

    expect(page.locator(".player__watermark")).to_have_text(re.compile(r"^测\*+ \w{4} 20\d\d-\d\d-\d\d \d\d:\d\d$"))
    page.evaluate("document.querySelector('.player__watermark').remove()")
    expect(page.locator(".player__watermark")).to_have_count(1)

    page.locator("#settings").click()
    asked.clear()
    page.locator("#quality").select_option("360p")
    page.wait_for_timeout(1_500)
    assert "360p" in rungs(asked)
    expect_state(page, "counting")

    page.locator("#caption-language").select_option("zh-hans")
    page.wait_for_function(f"() => ({SHOWN})().length > 0")
    assert re.search(r"[一-鿿]", page.evaluate(SHOWN)[0])
    page.locator("body").press("c")
    assert page.evaluate(SHOWN) == []

    asked.clear()
    page.locator("#quality").select_option("audio")
    expect(page.locator("#sound-only")).to_be_visible()
    heard = watch_until(page, played_ms(page) + 1_500)
    assert set(rungs(asked)) == {"audio"}
    page.locator("#quality").select_option("auto")
    watched = watch_until(page, heard + 1_500)

    page.reload()
    expect(page.locator("#start")).to_be_visible()
    asked.clear()
    play(page)
    assert played_ms(page) >= watched - LOST_AT_MOST_MS
    page.wait_for_timeout(500)
    own = [address for address in asked if "/study/film/" in address and address.endswith(".m3u8")]
    assert own
    assert [page.request.get(address).status for address in own] == [200] * len(own)

    with browser.new_context(locale="zh-CN", viewport=DESKTOP) as context:
        other = context.new_page()
        register(other, site.url)
        answers = [other.request.get(address) for address in own]
        assert [(answer.status, answer.body()) for answer in answers] == [(403, b"")] * len(own)

    page.goto(f"{site.url}/my/")
    page.wait_for_timeout(500)
    assert [(page.request.get(address).status, page.request.get(address).body()) for address in own] == (
        [(403, b"")] * len(own)
    )


@pytest.mark.timeout(300)
def test_addresses_that_expired_are_renewed_and_nothing_is_seen_of_it(site: LiveSite, browser_page: Page):
    page = browser_page
    open_video(page, site)
    play(page)
    watch_until(page, 1_500)
    page.evaluate("""() => {
        window.stops = 0;
        for (const name of ['pause', 'error', 'emptied'])
            document.getElementById('video').addEventListener(name, () => (window.stops += 1));
    }""")
    refused: list[str] = []

    def refuse_first(route: Route) -> None:
        if len(refused) < 2:
            refused.append(route.request.url)
            route.fulfill(status=403, body="")
        else:
            route.continue_()

    page.route("**/*.m4s*", refuse_first)
    asked = note_requests(page)
    page.locator("#settings").click()
    page.locator("#quality").select_option("360p")
    page.wait_for_timeout(6_000)
    lists = [address for address in asked if address.endswith("/360p/index.m3u8")]
    assert len(refused) == 2
    assert len(lists) >= 2, "the playlist is read again for new addresses"
    assert rungs(asked).count("360p") >= 3
    assert page.evaluate("window.stops") == 0
    expect(page.locator("#stream-message")).to_be_hidden()
    expect_state(page, "counting")


@pytest.mark.timeout(300)
def test_a_learner_who_was_signed_out_elsewhere_is_told_and_plays_no_further(site: LiveSite, browser_page: Page):
    page = browser_page
    open_video(page, site)
    play(page)
    watch_until(page, 1_500)
    page.context.clear_cookies()
    page.locator("#settings").click()
    page.locator("#quality").select_option("360p")
    expect(page.locator("#stream-message")).to_be_visible(timeout=20_000)
    assert "播放许可已失效" in page.locator("#stream-text").inner_text()
    expect(page.locator("#stream-retry")).to_be_visible()


@pytest.mark.timeout(300)
def test_the_player_fits_a_phone_and_fills_its_screen_with_the_name_over_it(site: LiveSite, browser: Browser):
    with browser.new_context(locale="zh-CN", viewport=PHONE) as context:
        page = context.new_page()
        open_video(page, site)
        play(page)
        page.locator("#settings").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        page.locator("#fullscreen").click()
        page.wait_for_function("() => document.fullscreenElement?.id === 'player'")
        expect(page.locator(".player__watermark")).to_be_visible()
        page.locator("body").press("f")
        page.wait_for_function("() => document.fullscreenElement === null")
