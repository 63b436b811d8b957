"""What was watched survives a lost network, a reload and a killed tab."""

from __future__ import annotations

import contextlib

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.journeys.lesson import credited_ms, expect_state, kept_ms, open_video, play, played_ms, state_of, watch_until
from tests.services.browser import DESKTOP
from tests.services.fixtures import StartSite

LOST_AT_MOST_MS = 5_000


@pytest.mark.timeout(300)
def test_a_network_gone_for_a_minute_loses_nothing(live_site: StartSite, browser_page: Page):
    site, page = live_site(worker=False), browser_page
    open_video(page, site)
    play(page)
    page.wait_for_timeout(3_000)

    page.context.set_offline(True)
    expect_state(page, "offline", within_ms=40_000)
    assert "尚未确认" in state_of(page).inner_text()
    watch_until(page, 45_000)
    expect(page.locator("#meter-pending")).to_be_visible()
    assert kept_ms(page) >= 35_000
    assert credited_ms(site) <= 20_000
    page.wait_for_timeout(12_000)
    page.context.set_offline(False)

    expect_state(page, "completed", within_ms=40_000)
    assert credited_ms(site) >= 55_000
    assert kept_ms(page) == 0


@pytest.mark.timeout(300)
def test_a_reload_in_the_middle_loses_nothing_that_can_be_seen(live_site: StartSite, browser_page: Page):
    site, page = live_site(worker=False), browser_page
    address = open_video(page, site)
    play(page)
    watched = watch_until(page, 20_000)
    page.reload()
    expect(page.locator("#start")).to_be_visible()
    play(page)
    assert played_ms(page) >= watched - LOST_AT_MOST_MS
    assert credited_ms(site) >= watched - LOST_AT_MOST_MS
    assert page.url == address


@pytest.mark.timeout(300)
def test_a_killed_tab_loses_five_seconds_at_most(live_site: StartSite, browser: Browser):
    site = live_site(worker=False)
    with browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=DESKTOP) as context:
        page = context.new_page()
        address = open_video(page, site)
        play(page)
        watch_until(page, 20_000)
        context.set_offline(True)  # nothing more is acknowledged
        watched = watch_until(page, 30_000)
        crash(page)
        context.set_offline(False)

        again = context.new_page()
        again.goto(address)
        expect(again.locator("#meter-note")).to_contain_text("已补报上次离开时未确认的")
        assert credited_ms(site) >= watched - LOST_AT_MOST_MS
        play(again)  # nobody holds the lease: no need to take it over
        assert played_ms(again) >= watched - LOST_AT_MOST_MS


def crash(page: Page) -> None:
    """Kill the tab's process, as the system does when memory runs out."""
    with contextlib.suppress(Error):
        page.goto("chrome://crash", timeout=5_000)
    page.close()
