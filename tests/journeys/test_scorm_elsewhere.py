"""Two tabs of one learner: the older one is told so, and writes nothing more."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.factories.scorm_packages import Item, write_package_12
from tests.journeys.packages import (
    attempts,
    expect_saved,
    heard,
    open_package,
    publish_package,
    say,
    sco,
    sign_in_as,
    stored,
)
from tests.journeys.road import PATIENCE_MS
from tests.services.fixtures import StartSite


@pytest.mark.timeout(300)
def test_the_older_tab_is_told_and_overwrites_nothing(
    live_site: StartSite, browser_context: BrowserContext, browser_page: Page, tmp_path: Path
):
    site, old = live_site(demo=False, worker=False), browser_page
    lesson = publish_package(site, write_package_12(tmp_path / "one.zip", Item("ONE", "单元")), required_seconds=300)
    sign_in_as(old, site, lesson)
    open_package(old, site, lesson)
    old_frame = sco(old, "ONE")
    say(old_frame, {"cmi.core.lesson_location": "旧页 1"})
    expect_saved(old)

    new = browser_context.new_page()
    new.goto(f"{site.url}{lesson.path}")
    new.locator("#start").click()
    expect(new.locator("#scorm-cover")).to_have_attribute("data-cover", "held", timeout=PATIENCE_MS)
    new.locator("#start").click()
    new_frame = sco(new, "ONE")
    assert heard(new_frame, "cmi.core.lesson_location") == "旧页 1"
    say(new_frame, {"cmi.core.lesson_location": "新页"})
    expect_saved(new)

    old_frame.evaluate("sco.set('cmi.core.lesson_location', '旧页 2') + sco.commit()")
    expect(old.locator("#scorm-cover")).to_have_attribute("data-cover", "taken_over", timeout=PATIENCE_MS)
    expect(old.locator("#scorm-cover")).to_contain_text("这里不再保存")
    assert stored(site, "ONE")["cmi.core.lesson_location"] == "新页"
    assert [(attempt["number"], attempt["generation"]) for attempt in attempts(site)] == [(1, 2)]
