"""A video lesson of the demonstration, opened in a browser: what the journeys of counting share."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.journeys.road import PATIENCE_MS
from tests.journeys.test_every_page import sign_in
from tests.journeys.test_the_road import COMMON_COURSE
from tests.services import LiveSite

LEARNER = "demo-learner"


def open_video(page: Page, site: LiveSite) -> str:
    """Sign in as the demonstration's learner, join a course and open its first video; give its address."""
    sign_in(page, site, LEARNER)
    page.goto(f"{site.url}/my/")
    page.locator("a[href^='/my/holdings/']").first.click()
    page.get_by_role("link", name=COMMON_COURSE, exact=True).click()
    page.get_by_role("button", name="加入学习").click()
    page.locator("li.lesson", has=page.get_by_text("视频", exact=True)).locator("h3 a").first.click()
    expect(page.locator("#start")).to_be_visible(timeout=PATIENCE_MS)
    return page.url


def state_of(page: Page) -> Locator:
    """The line of the meter that says whether time counts."""
    return page.locator("#meter-state")


def expect_state(page: Page, name: str, *, within_ms: int = PATIENCE_MS) -> None:
    """Wait until the meter says so."""
    expect(state_of(page)).to_have_attribute("data-state", name, timeout=within_ms)


def play(page: Page) -> None:
    """Press play and wait until time counts."""
    page.locator("#start").click()
    expect_state(page, "counting")


def played_ms(page: Page) -> int:
    """Where the video stands."""
    return int(page.evaluate("Math.round(document.getElementById('video').currentTime * 1000)"))


def kept_records(page: Page) -> list[dict[str, Any]]:
    """What the browser keeps of reports that nobody acknowledged."""
    return page.evaluate(
        """() => new Promise((resolve, reject) => {
            const opening = indexedDB.open('xueshi-study', 1);
            opening.onerror = () => reject(opening.error);
            opening.onsuccess = () => {
                const asking = opening.result.transaction('unacknowledged').objectStore('unacknowledged').getAll();
                asking.onsuccess = () => { opening.result.close(); resolve(asking.result); };
            };
        })"""
    )


def kept_ms(page: Page) -> int:
    """How much played time the browser keeps."""
    reports = [report for record in kept_records(page) for report in record["reports"]]
    return sum(end - start for report in reports for start, end in report["intervals"])


def ask_database(site: LiveSite, statement: str, *values: str) -> list[tuple[Any, ...]]:
    """Look into the site's own database from outside."""
    with contextlib.closing(
        sqlite3.connect(f"file:{site.home / 'db.sqlite3'}?mode=ro", uri=True, timeout=30)
    ) as reader:
        return reader.execute(statement, values).fetchall()


def credited_ms(site: LiveSite) -> int:
    """What the server holds credited of all lessons of the demonstration's learner."""
    statement = """
        SELECT COALESCE(SUM(progress.credited_ms), 0) FROM tracking_lessonprogress AS progress
        JOIN tracking_enrolment AS enrolment ON enrolment.id = progress.enrolment_id
        JOIN accounts_learner AS learner ON learner.id = enrolment.learner_id
        JOIN accounts_user AS user ON user.id = learner.user_id WHERE user.username = ?
    """
    return int(ask_database(site, statement, LEARNER)[0][0])


def ask_challenges(site: LiveSite, *, per_hour: int = 240) -> None:
    """Let the demonstration's authority ask from today on: 240 an hour are one within each 15 s of credit."""
    site.tell(
        "from uuid import uuid4; from django.utils.timezone import localdate; from courses.models import HourPolicy; "
        "row = HourPolicy.objects.filter(authority__code='DEMO').latest('effective_from'); "
        "row.pk, row.uuid, row._state.adding, row.effective_from = None, uuid4(), True, localdate(); "
        f"row.challenge_kind, row.challenge_per_hour = 'quiz', {per_hour}; row.challenge_window_seconds = 60; "
        "row.save()",
    )


def watch_until(page: Page, milliseconds: int) -> int:
    """Let it play until the video stands there; give where it stands."""
    for _ in range(milliseconds // 250 + 60):
        if played_ms(page) >= milliseconds:
            return played_ms(page)
        page.wait_for_timeout(250)
    raise AssertionError(f"the video stands at {played_ms(page)} ms: {page.locator('#meter').inner_text()}")


def answer_for(site: LiveSite, *, right: bool) -> str:
    """The text of a right or of a wrong option of the question that stands."""
    rows = ask_database(
        site, "SELECT options, right_key FROM tracking_challenge WHERE outcome = 'open' ORDER BY id DESC"
    )
    options, right_key = json.loads(rows[0][0]), rows[0][1]
    return str(next(option["text"] for option in options if (option["key"] == right_key) is right))
