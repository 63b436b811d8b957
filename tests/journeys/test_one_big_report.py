"""A learner who posts one report "watched everything" gets no credit for it, and sees why."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.road import PATIENCE_MS, claim, register
from tests.journeys.test_the_road import COMMON_COURSE
from tests.services.fixtures import StartSite


@pytest.mark.timeout(600)
def test_one_report_of_everything_earns_nothing_and_says_why(live_site: StartSite, browser_page: Page):
    site = live_site()
    page = browser_page
    register(page, site.url)
    claim(page, site.url)
    page.get_by_role("link", name=COMMON_COURSE, exact=True).click()
    page.get_by_role("button", name="加入学习").click()
    page.locator("li.lesson", has=page.get_by_text("视频", exact=True)).get_by_role("link").first.click()
    player = page.url

    token = page.evaluate(
        """async () => {
            const csrf = document.querySelector('[name=csrfmiddlewaretoken]').value;
            const reply = await fetch(`${location.pathname}lease`, {
                method: 'POST', headers: {'X-CSRFToken': csrf, 'Content-Type': 'application/json'}, body: '{}'});
            return (await reply.json()).token;
        }"""
    )
    answer = page.evaluate(
        """async (token) => {
            const report = {token, sequence: 0, intervals: [[0, 66000]], visible: true, rate: 1, position_ms: 66000};
            const reply = await fetch('/study/heartbeat', {
                method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(report)});
            return await reply.json();
        }""",
        token,
    )

    assert answer["completed"] is False
    assert answer["credited_ms"] <= 15_000, "only the time that really passed, and the tolerance of a day"
    assert answer["not_counted"]["faster_than_clock"] >= 50_000
    page.goto(player)
    page.locator("#not-counted summary").click()
    expect(page.locator("[data-reason=faster_than_clock]")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("[data-reason=faster_than_clock]")).to_have_text(re.compile(r"\S+ 0?0:5\d|01:0\d"))
    page.goto(f"{site.url}/my/")
    expect(page.locator(".steps__item--done")).to_have_count(0)
