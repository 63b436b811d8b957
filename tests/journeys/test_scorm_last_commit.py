"""What content said last is not lost: not by closing the tab, not by a network that goes away."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.factories.scorm_packages import Item, write_package_12
from tests.journeys.packages import (
    commits,
    expect_saved,
    heard,
    open_package,
    publish_package,
    say,
    sco,
    sign_in_as,
    stored,
    until,
)
from tests.services.fixtures import StartSite


@pytest.mark.timeout(300)
def test_the_last_words_before_the_tab_closes_are_stored(
    live_site: StartSite, browser_context: BrowserContext, browser_page: Page, tmp_path: Path
):
    site, page = live_site(demo=False, worker=False), browser_page
    lesson = publish_package(site, write_package_12(tmp_path / "one.zip", Item("ONE", "单元")))
    sign_in_as(page, site, lesson)
    open_package(page, site, lesson)
    frame = sco(page, "ONE")
    expect_saved(page)
    assert (
        frame.evaluate("sco.set('cmi.suspend_data', '关页前一刻') + sco.set('cmi.core.exit', 'suspend')") == "truetrue"
    )
    page.close(run_before_unload=True)  # as a person closes a tab
    again = browser_context.new_page()
    until(
        again,
        lambda: stored(site, "ONE").get("cmi.suspend_data") == "关页前一刻",
        what="what was set and never committed is stored when the tab closes",
    )
    open_package(again, site, lesson)
    assert heard(sco(again, "ONE"), "cmi.suspend_data") == "关页前一刻"


@pytest.mark.timeout(300)
def test_a_network_that_goes_away_loses_nothing(
    live_site: StartSite, browser_context: BrowserContext, browser_page: Page, tmp_path: Path
):
    site, page = live_site(demo=False, worker=False), browser_page
    lesson = publish_package(site, write_package_12(tmp_path / "one.zip", Item("ONE", "单元")))
    sign_in_as(page, site, lesson)
    open_package(page, site, lesson)
    frame = sco(page, "ONE")
    say(frame, {"cmi.core.lesson_location": "1"})
    expect_saved(page)
    known = commits(site)
    browser_context.set_offline(True)
    for place in ("2", "3", "4"):
        say(frame, {"cmi.core.lesson_location": place})
    expect(page.locator("#scorm-saved")).to_have_attribute("data-saving", "unsaved")
    assert commits(site) == known
    browser_context.set_offline(False)
    expect_saved(page)
    assert stored(site, "ONE")["cmi.core.lesson_location"] == "4"


@pytest.mark.timeout(300)
def test_what_could_not_be_sent_before_the_tab_closed_is_sent_on_return(
    live_site: StartSite, browser_context: BrowserContext, browser_page: Page, tmp_path: Path
):
    site, page = live_site(demo=False, worker=False), browser_page
    lesson = publish_package(site, write_package_12(tmp_path / "one.zip", Item("ONE", "单元")))
    sign_in_as(page, site, lesson)
    open_package(page, site, lesson)
    frame = sco(page, "ONE")
    say(frame, {"cmi.core.lesson_location": "1"})
    expect_saved(page)
    browser_context.set_offline(True)
    say(frame, {"cmi.core.lesson_location": "2", "cmi.suspend_data": "断网时写下"})
    expect(page.locator("#scorm-saved")).to_have_attribute("data-saving", "unsaved")
    assert stored(site, "ONE")["cmi.core.lesson_location"] == "1"
    with page.expect_event("close"):
        page.close(run_before_unload=True)  # as a person closes a tab; its last request may get through, or not
    browser_context.set_offline(False)

    again = browser_context.new_page()
    open_package(again, site, lesson)
    assert heard(sco(again, "ONE"), "cmi.suspend_data") == "断网时写下"
    until(
        again,
        lambda: stored(site, "ONE").get("cmi.core.lesson_location") == "2",
        what="what was kept is stored after the return",
    )
    expect_saved(again)
