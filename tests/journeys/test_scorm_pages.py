"""The package's page is accessible and no wider than the screen: closed, running, and with its contents open."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.factories.scorm_packages import Item, write_package_12
from tests.journeys.packages import expect_saved, open_package, publish_package, sco, sign_in_as
from tests.journeys.test_every_page import AXE, LOOKS, RULES, look_at
from tests.services.fixtures import StartSite


@pytest.mark.timeout(300)
def test_the_page_of_a_package_is_accessible_and_fits_the_screen(
    live_site: StartSite, browser: Browser, tmp_path: Path
):
    site = live_site(demo=False, worker=False)
    items = (Item("A", "第一单元"), Item("B", "第二单元"), Item("C", "名称很长的第三单元" * 4))
    lesson = publish_package(site, write_package_12(tmp_path / "three.zip", *items), required_seconds=300)
    faults: list[str] = []
    for viewport, scheme, _language in LOOKS:
        with browser.new_context(viewport=viewport, color_scheme=scheme, locale="zh-CN", bypass_csp=True) as context:
            page = context.new_page()
            sign_in_as(page, site, lesson)
            look_at(page, f"{site.url}{lesson.path}", faults)
            open_package(page, site, lesson)
            sco(page, "A")
            expect_saved(page)
            look_at_running(page, faults)
            drawer = page.locator("#contents-open")
            if drawer.is_visible():
                drawer.click()
                expect(page.locator("#contents-drawer")).to_be_visible()
                look_at_running(page, faults)
                page.keyboard.press("Escape")
            page.goto(f"{site.url}{lesson.course_path}")  # its lease ends, so that the next one is asked for nothing
    assert faults == []


def look_at_running(page: Page, faults: list[str]) -> None:
    """Note what is wrong with our own page; what stands in the package's frame is its author's."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    if (overflow := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
        faults.append(f"running at {width}: {overflow} px wider than the screen")
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, iframes: false})"
        ".then(r => r.violations.map(v => `${v.id}: ${v.nodes[0].html}`))",
        RULES,
    )
    faults.extend(f"running at {width}: {each}" for each in found)
