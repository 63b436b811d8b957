"""A learner reads a lesson of slides: turning too fast earns what the clock gave, staying earns, and it is booked."""

from __future__ import annotations

import re
import time
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.lesson import LEARNER, ask_database, credited_ms, expect_state
from tests.journeys.road import PATIENCE_MS
from tests.journeys.test_every_page import LOOKS, look_at, sign_in
from tests.services import LiveSite
from tests.services.browser import PHONE
from tests.services.fixtures import StartSite

COURSE = "施工临时用电：新标准怎样执行"
PAGES = 6
PAGE_MS = 10_000


def open_slides(page: Page, site: LiveSite) -> str:
    """Sign in, join the course and open its slides; give their address."""
    sign_in(page, site, LEARNER)
    page.goto(f"{site.url}/my/")
    page.locator("a[href^='/my/holdings/']").first.click()
    page.get_by_role("link", name=COURSE, exact=True).click()
    page.get_by_role("button", name="加入学习").click()
    row = page.locator("li.lesson", has=page.get_by_text("幻灯片 · 6 页", exact=True))
    row.locator("h3 a").first.click()
    expect_page(page, 1)
    return page.url


def expect_page(page: Page, number: int) -> None:
    """Wait until a page is shown, by its picture and by what is read out."""
    expect(page.locator("#deck-number")).to_have_text(str(number))
    shown = page.locator(f"#deck-picture[src$='/pages/{number:04d}-800.webp']:not(.deck__picture--waiting)")
    expect(shown).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#deck-picture")).to_have_attribute("alt", re.compile(f"^第 {number} 页：."))


def booked_minutes(site: LiveSite) -> int:
    """What the ledger holds of lessons of the demonstration's learner."""
    statement = """
        SELECT COALESCE(SUM(entry.minutes), 0) FROM tracking_ledgerentry AS entry
        JOIN accounts_learner AS learner ON learner.id = entry.learner_id
        JOIN accounts_user AS user ON user.id = learner.user_id
        WHERE user.username = ? AND entry.source = 'lesson'
    """
    return int(ask_database(site, statement, LEARNER)[0][0])


@pytest.mark.timeout(300)
def test_pages_are_turned_read_and_booked(live_site: StartSite, browser_page: Page):
    site, page = live_site(worker=False), browser_page
    address = open_slides(page, site)
    began = time.monotonic()
    expect_state(page, "counting")

    for key in ("ArrowRight", "PageDown", "ArrowRight", "ArrowRight", "End", "Home", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    expect_page(page, 1)
    page.keyboard.press("End")
    expect_page(page, PAGES)
    page.wait_for_timeout(1_500)
    hurried_ms = (time.monotonic() - began) * 1000
    assert credited_ms(site) <= hurried_ms, "turning pages earns no more than the clock gives"

    page.keyboard.press("Home")
    for number in range(1, PAGES + 1):
        expect_page(page, number)
        expect(page.locator("#deck-left")).to_have_text("本页已计满", timeout=PAGE_MS + PATIENCE_MS)
        if number == 3:
            page.reload()
            expect_page(page, 3)
            expect(page.locator("#deck-left")).to_have_text("本页已计满")
        if number < PAGES:
            page.locator("#deck-next").click()
    expect_state(page, "completed", within_ms=30_000)
    read_ms = (time.monotonic() - began) * 1000
    assert PAGES * PAGE_MS <= credited_ms(site) <= read_ms
    assert booked_minutes(site) == 1

    page.locator("#deck-previous").click()
    expect_page(page, PAGES - 1)
    page.goto(address)
    expect_page(page, 1)
    expect(page.locator("#deck-time")).to_be_hidden()


@pytest.mark.timeout(300)
def test_a_page_that_nobody_sees_earns_nothing_and_another_browser_gets_no_picture(
    live_site: StartSite, browser_page: Page, browser: Browser
):
    site, page = live_site(worker=False), browser_page
    open_slides(page, site)
    expect_state(page, "counting")
    page.wait_for_timeout(2_000)
    hide(page, hidden=True)
    expect_state(page, "hidden")
    page.wait_for_timeout(500)
    stood = credited_ms(site)
    page.wait_for_timeout(4_000)
    assert credited_ms(site) == stood
    hide(page, hidden=False)
    expect_state(page, "counting")

    given = page.locator("#deck-picture").get_attribute("src")
    assert given is not None
    picture, texts = urljoin(page.url, given), urljoin(page.url, re.sub(r"[^/]+$", "pages.json", given))
    assert page.request.get(picture).headers["content-type"] == "image/webp"
    assert page.request.get(texts).json()["pages"][1]["text"].startswith("三级配电")
    with browser.new_context(locale="zh-CN") as elsewhere:
        stranger = elsewhere.new_page()
        assert [stranger.request.get(url).status for url in (picture, texts)] == [403, 403]
        sign_in(stranger, site, LEARNER)
        assert [stranger.request.get(url).status for url in (picture, texts)] == [403, 403], "another browser's lease"


@pytest.mark.timeout(300)
def test_the_slides_are_accessible_and_fit_the_screen(live_site: StartSite, browser: Browser):
    site = live_site(worker=False)
    faults: list[str] = []
    for viewport, scheme, _language in LOOKS:
        with browser.new_context(viewport=viewport, color_scheme=scheme, locale="zh-CN", bypass_csp=True) as context:
            page = context.new_page()
            sign_in(page, site, LEARNER)
            page.goto(f"{site.url}/my/")
            look_at(page, find_slides(page), faults)
            page.locator("#deck-overview-open").click()
            expect(page.get_by_role("dialog", name="全部页面")).to_be_visible()
            page.get_by_role("button", name="第 4 页，未读").click()
            expect_page(page, 4)
            page.keyboard.press("z")
            expect(page.locator("#deck-zoom")).to_have_attribute("aria-pressed", "true")
            look_at_open(page, faults)
    assert faults == []


def find_slides(page: Page) -> str:
    """The address of the slides, joining the course where that is still to be done."""
    page.locator("a[href^='/my/holdings/']").first.click()
    page.get_by_role("link", name=COURSE, exact=True).click()
    join = page.get_by_role("button", name="加入学习")
    if join.count():
        join.click()
    row = page.locator("li.lesson", has=page.get_by_text("幻灯片 · 6 页", exact=True))
    return urljoin(page.url, row.locator("h3 a").first.get_attribute("href") or "")


def look_at_open(page: Page, faults: list[str]) -> None:
    """Note where an enlarged page makes the whole document wider than the screen."""
    width = page.viewport_size["width"] if page.viewport_size else PHONE["width"]
    if (overflow := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
        faults.append(f"enlarged at {width}: {overflow} px wider than the screen")


def hide(page: Page, *, hidden: bool) -> None:
    """Let the page believe that its tab went to the background, or came back."""
    page.evaluate(
        """hidden => {
            Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )
