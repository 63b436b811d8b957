"""SCORM 1.2 in a browser: a page left in the middle is gone on with, and what it reports is booked."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.factories.scorm_packages import Item, write_package_12
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


@pytest.mark.timeout(300)
def test_one_page_is_left_in_the_middle_gone_on_with_and_booked(
    live_site: StartSite, browser_page: Page, tmp_path: Path
):
    site, page = live_site(demo=False, worker=False), browser_page
    lesson = publish_package(site, write_package_12(tmp_path / "one.zip", Item("ONE", "唯一的单元")))
    sign_in_as(page, site, lesson)
    open_package(page, site, lesson)
    frame = sco(page, "ONE")
    assert frame.evaluate("[typeof parent.API, typeof parent.API_1484_11]") == ["object", "undefined"]
    assert [heard(frame, f"cmi.core.{name}") for name in ("entry", "lesson_status", "lesson_mode", "credit")] == [
        "ab-initio",
        "not attempted",
        "normal",
        "credit",
    ]
    say(
        frame,
        {
            "cmi.core.lesson_location": "第三页",
            "cmi.suspend_data": "已答=1,2;笔记=混凝土",
            "cmi.core.lesson_status": "incomplete",
            "cmi.core.score.raw": "40",
            "cmi.core.session_time": "0000:00:05.00",
        },
    )
    expect_saved(page)
    expect(page.locator("#standing-completion")).to_have_text("未学完")
    expect(page.locator("#standing-score")).to_have_text("40")
    assert frame.evaluate("sco.set('cmi.core.exit', 'suspend')") == "true"
    request(page, "suspendAll")
    expect(page.locator("#scorm-cover")).to_have_attribute("data-cover", "ended", timeout=PATIENCE_MS)
    expect_saved(page)
    (attempt,) = attempts(site)
    assert (attempt["completion"], attempt["score_raw"], attempt["is_suspended"]) == ("incomplete", 40.0, 1)
    assert stored(site, "ONE")["cmi.core.lesson_location"] == "第三页"
    assert booked(site) == 0

    open_package(page, site, lesson)
    frame = sco(page, "ONE")
    assert [heard(frame, name) for name in ("cmi.core.entry", "cmi.core.lesson_location", "cmi.suspend_data")] == [
        "resume",
        "第三页",
        "已答=1,2;笔记=混凝土",
    ]
    assert heard(frame, "cmi.core.total_time") == "0000:00:05.00"
    page.wait_for_timeout(2_500)
    say(
        frame,
        {
            "cmi.core.lesson_status": "completed",
            "cmi.core.score.raw": "85",
            "cmi.core.session_time": "0000:00:06.00",
        },
    )
    expect(page.locator("#standing-completion")).to_have_text("已学完")
    expect_booked(page, site)
    (attempt,) = attempts(site)
    assert (attempt["completion"], attempt["score_raw"], attempt["number"]) == ("completed", 85.0, 1)
    assert stored(site, "ONE")["cmi.suspend_data"] == "已答=1,2;笔记=混凝土"


@pytest.mark.timeout(300)
def test_three_items_are_chosen_from_the_contents_and_complete_the_lesson_together(
    live_site: StartSite, browser_page: Page, tmp_path: Path
):
    site, page = live_site(demo=False, worker=False), browser_page
    items = (
        Item("A", "第一单元"),
        Item("B", "第二单元", "<adlcp:prerequisites type='aicc_script'>A</adlcp:prerequisites>"),
        Item("C", "第三单元", "<adlcp:masteryscore>60</adlcp:masteryscore>"),
    )
    lesson = publish_package(site, write_package_12(tmp_path / "three.zip", *items))
    sign_in_as(page, site, lesson)
    open_package(page, site, lesson)
    expect(entry(page, "B")).to_have_attribute("aria-disabled", "true")
    expect(entry(page, "B")).to_contain_text("尚未开放")

    def complete(key: str, **more: str) -> None:
        frame = sco(page, key)
        page.wait_for_timeout(1_500)  # time counts while an item runs
        say(frame, {"cmi.core.lesson_status": "completed", "cmi.core.session_time": "0000:00:02.00", **more})
        assert frame.evaluate("sco.finish()") == "true"
        expect_saved(page)

    complete("A")
    expect_item(page, "A", "completed")
    entry(page, "C").click()
    complete("C", **{"cmi.core.score.raw": "70"})
    expect_item(page, "C", "passed")
    assert booked(site) == 0
    entry(page, "B").click()
    complete("B")
    expect_item(page, "B", "completed")
    expect_booked(page, site)
    assert stored(site, "C")["cmi.core.score.raw"] == "70"
    assert attempts(site)[0]["completion"] == "completed"
