"""SCORM 2004 in a browser: the order is kept, the test at the end decides, and a suspended run goes on where it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.factories.scorm_packages import NOT_ROLLED_UP, Item, shares, shut_until, write_package_2004
from tests.journeys.packages import (
    attempts,
    booked,
    entry,
    expect_booked,
    expect_item,
    expect_saved,
    heard,
    open_package,
    publish_package,
    request,
    say,
    sco,
    sign_in_as,
    stored,
)
from tests.journeys.road import PATIENCE_MS
from tests.services.fixtures import StartSite

ITEMS = (
    Item("LESSON", "学习内容", shares("lesson-done", rollup=NOT_ROLLED_UP)),
    Item("TEST", "结业测验", shut_until("lesson-done")),
)


@pytest.mark.timeout(300)
def test_the_order_is_kept_and_the_test_decides(live_site: StartSite, browser_page: Page, tmp_path: Path):
    site, page = live_site(demo=False, worker=False), browser_page
    lesson = publish_package(site, write_package_2004(tmp_path / "sequenced.zip", *ITEMS), scorm_goal="passed")
    sign_in_as(page, site, lesson)
    open_package(page, site, lesson)
    frame = sco(page, "LESSON")
    assert frame.evaluate("[typeof parent.API, typeof parent.API_1484_11]") == ["undefined", "object"]
    expect(entry(page, "TEST")).to_have_attribute("aria-disabled", "true")
    assert heard(frame, "adl.nav.request_valid.choice.{target=TEST}") == "false"

    say(
        frame,
        {
            "cmi.location": "slide-4",
            "cmi.suspend_data": "已看到第四页",
            "cmi.completion_status": "incomplete",
            "cmi.session_time": "PT3S",
            "cmi.exit": "suspend",
        },
    )
    expect_saved(page)
    request(page, "suspendAll")
    expect(page.locator("#scorm-cover")).to_have_attribute("data-cover", "ended", timeout=PATIENCE_MS)
    expect_saved(page)
    (attempt,) = attempts(site)
    assert (attempt["is_suspended"], attempt["current"]) == (1, "LESSON")

    open_package(page, site, lesson)
    frame = sco(page, "LESSON")
    assert [heard(frame, f"cmi.{name}") for name in ("entry", "location", "suspend_data")] == [
        "resume",
        "slide-4",
        "已看到第四页",
    ]
    done = {"cmi.completion_status": "completed", "cmi.success_status": "passed", "cmi.session_time": "PT4S"}
    say(frame, {**done, "cmi.score.scaled": "0.2", "cmi.exit": "normal"})
    page.wait_for_timeout(2_000)
    assert booked(site) == 0, "the lesson's own success does not count for the whole"
    request(page, "continue")
    frame = sco(page, "TEST")
    expect_item(page, "LESSON", "passed")
    say(frame, {**done, "cmi.score.raw": "90", "cmi.score.max": "100", "cmi.score.min": "0", "cmi.score.scaled": "0.9"})
    assert frame.evaluate("sco.finish()") == "true"
    expect_item(page, "TEST", "passed")
    request(page, "exitAll")
    expect_booked(page, site)
    expect_saved(page)
    (attempt,) = attempts(site)
    assert (attempt["completion"], attempt["success"], attempt["score_scaled"]) == ("completed", "passed", 0.9)
    assert stored(site, "TEST")["cmi.score.raw"] == "90"


@pytest.mark.timeout(300)
def test_content_moves_on_by_itself_and_leaves_by_its_own_request(
    live_site: StartSite, browser_page: Page, tmp_path: Path
):
    site, page = live_site(demo=False, worker=False), browser_page
    items = (Item("A", "第一单元"), Item("B", "第二单元"))
    lesson = publish_package(site, write_package_2004(tmp_path / "plain.zip", *items))
    sign_in_as(page, site, lesson)
    open_package(page, site, lesson)
    done = {"cmi.completion_status": "completed", "cmi.session_time": "PT3S"}
    frame = sco(page, "A")
    say(frame, {**done, "adl.nav.request": "continue"})
    frame.evaluate("sco.finish()")
    frame = sco(page, "B")
    page.wait_for_timeout(3_000)
    say(frame, {**done, "cmi.success_status": "passed", "adl.nav.request": "exitAll"})
    frame.evaluate("sco.finish()")
    expect_booked(page, site)
    expect(page.locator("#scorm-cover")).to_be_visible()
    expect_saved(page)
    assert attempts(site)[0]["end"] == "finished"
