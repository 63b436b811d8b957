"""A question in the middle of a lesson, answered without a mouse; another browser that takes over; and why."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.lesson import (
    LEARNER,
    answer_for,
    ask_challenges,
    credited_ms,
    expect_state,
    open_video,
    play,
    played_ms,
    state_of,
    watch_until,
)
from tests.journeys.test_every_page import sign_in
from tests.services.browser import DESKTOP
from tests.services.fixtures import StartSite


@pytest.mark.timeout(300)
def test_a_challenge_is_answered_by_keyboard_alone(live_site: StartSite, browser_page: Page):
    site, page = live_site(worker=False), browser_page
    ask_challenges(site)
    open_video(page, site)
    page.locator("#start").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="随堂验证")
    expect(dialog).to_be_visible(timeout=60_000)
    expect_state(page, "challenge")
    options = dialog.get_by_role("radio")
    expect(options.first).to_be_focused()
    expect(dialog.get_by_role("timer")).to_have_text(re.compile(r"00:5\d|01:00"))
    stood = played_ms(page)

    choose(page, answer_for(site, right=False))
    expect(dialog.locator("#challenge-message")).to_be_focused()
    expect(dialog.locator("#challenge-next")).to_be_visible(timeout=30_000)
    page.locator("#challenge-next").focus()
    page.keyboard.press("Enter")
    expect(options.first).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect_state(page, "challenge")
    assert played_ms(page) == stood, "nothing plays while a question waits"
    page.locator("#to-challenge").focus()
    page.keyboard.press("Enter")
    expect(options.first).to_be_focused()

    expect(page.locator("#meter-provisional")).to_contain_text("待验证")
    before = credited_ms(site)
    choose(page, answer_for(site, right=True))
    expect(dialog).to_be_hidden()
    expect(page.locator("#meter-note")).to_contain_text("验证通过")
    expect(page.locator("#to-challenge")).to_be_hidden()
    expect(page.locator("#meter-provisional")).to_be_hidden()
    expect_state(page, "counting")
    assert credited_ms(site) > before, "what waited is credit now"
    assert played_ms(page) >= stood


@pytest.mark.timeout(300)
def test_a_second_browser_takes_over_and_the_why_page_tells_it(
    live_site: StartSite, browser_page: Page, browser: Browser
):
    site, first = live_site(worker=False), browser_page
    address = open_video(first, site)
    play(first)
    watch_until(first, 6_000)
    with browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=DESKTOP) as elsewhere:
        second = elsewhere.new_page()
        sign_in(second, site, LEARNER)
        second.goto(address)
        second.locator("#start").click()
        expect_state(second, "held")
        expect(second.locator("#meter-detail")).to_contain_text("同一时间只能在一处计学时")
        second.get_by_role("button", name="改在这里学习").click()
        expect_state(second, "counting")

        expect_state(first, "taken_over", within_ms=40_000)
        assert "已在其他设备或页面继续" in state_of(first).inner_text()
        expect(first.get_by_role("button", name="改在这里学习")).to_be_visible()
        stood = played_ms(first)
        credited = credited_ms(site)
        watch_until(second, played_ms(second) + 3_000)
        assert played_ms(first) == stood, "what does not count does not go on"
        second.locator("#play").click()
        expect_state(second, "paused")
        expect(second.locator("#meter-pending")).to_be_hidden()
        assert credited_ms(site) >= credited

    first.locator("#not-counted summary").click()
    first.get_by_role("link", name="为什么没有计入").click()
    expect(first.get_by_role("heading", level=1)).to_contain_text("计时明细")
    expect(first.locator(".why__lease")).to_have_count(2)
    expect(first.locator(".why__lease").nth(1)).to_contain_text("已在其他设备或页面继续")


def choose(page: Page, text: str) -> None:
    """Go through the options by arrow keys to the one that says ``text``, and send it."""
    for _ in range(6):
        page.keyboard.press("ArrowDown")
        if page.locator(".challenge__option:has(:checked)").inner_text().strip() == text:
            break
    page.keyboard.press("Enter")
