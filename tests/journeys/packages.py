"""A lesson of a package, opened in a browser: what the journeys of packages share."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Frame, Page, expect

from tests.journeys.lesson import ask_database
from tests.journeys.road import PATIENCE_MS
from tests.services import LiveSite


@dataclass(frozen=True, slots=True)
class PackageLesson:
    """Where a learner finds the lesson of a package."""

    username: str
    password: str
    path: str
    course_path: str
    video: str


def publish_package(site: LiveSite, path: Path, **terms: Any) -> PackageLesson:
    """Import a package into a live site and enrol somebody; two seconds are required unless told otherwise."""
    command = f"from tests.journeys.package_desk import publish; publish({str(path)!r}, **{terms!r})"
    said = site.tell(command)
    return PackageLesson(**json.loads(said.strip().splitlines()[-1]))


def sign_in_as(page: Page, site: LiveSite, lesson: PackageLesson) -> None:
    """Sign in as the lesson's learner."""
    page.goto(f"{site.url}/accounts/login/")
    page.locator("[name=username]").fill(lesson.username)
    page.locator("[name=password]").fill(lesson.password)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(lambda address: "/login/" not in address)


def open_package(page: Page, site: LiveSite, lesson: PackageLesson) -> None:
    """Open the lesson's page and begin, or go on."""
    page.goto(f"{site.url}{lesson.path}")
    page.locator("#start").click()
    expect(page.locator("#player")).to_have_attribute("data-item", "running", timeout=PATIENCE_MS)


def sco(page: Page, key: str) -> Frame:
    """The frame of an item's page, once its script has found the API and begun."""
    for _ in range(100):
        for frame in page.frames:
            if f"/f/{key}.html" in frame.url and frame.evaluate("window.sco !== undefined && sco.begun === 'true'"):
                return frame
        page.wait_for_timeout(100)
    raise AssertionError(f"{key} did not begin: {[frame.url for frame in page.frames]}")


def say(frame: Frame, values: dict[str, object]) -> None:
    """Let the content set values and commit them."""
    assert frame.evaluate("values => sco.setAll(values)", values) is True, frame.evaluate("sco.error()")
    assert frame.evaluate("sco.commit()") == "true"


def heard(frame: Frame, name: str) -> str:
    """What the API tells the content."""
    return str(frame.evaluate("name => sco.get(name)", name))


def expect_saved(page: Page) -> None:
    """Wait until the page says that everything is saved."""
    expect(page.locator("#scorm-saved")).to_have_attribute("data-saving", "saved", timeout=PATIENCE_MS)


def request(page: Page, name: str) -> None:
    """Press one of the page's buttons for navigation."""
    button = page.locator(f"[data-request='{name}'][aria-disabled='false']")
    button.scroll_into_view_if_needed(timeout=PATIENCE_MS)
    page.wait_for_timeout(300)  # until the browser knows where the frame of another origin has gone
    button.click()


def entry(page: Page, key: str) -> Any:
    """An entry of the table of contents."""
    return page.locator(f"#contents-list [data-activity='{key}']")


def expect_item(page: Page, key: str, state: str) -> None:
    """Wait until the table of contents shows an item so."""
    expect(entry(page, key)).to_have_attribute("data-state", state, timeout=PATIENCE_MS)


def attempts(site: LiveSite) -> list[dict[str, Any]]:
    """All attempts as the database has them, by number."""
    names = "number, completion, success, score_scaled, score_raw, is_suspended, claimed_ms, current, end, generation"
    rows = ask_database(site, f"SELECT {names} FROM tracking_scormattempt ORDER BY number")  # noqa: S608
    return [dict(zip(names.split(", "), row, strict=True)) for row in rows]


def stored(site: LiveSite, key: str) -> dict[str, str]:
    """The elements that an item has stored, by name."""
    rows = ask_database(site, "SELECT elements FROM tracking_scormactivity WHERE key = ? ORDER BY id DESC", key)
    return dict(json.loads(rows[0][0])) if rows else {}


def commits(site: LiveSite) -> int:
    """How many commits the server has stored."""
    return int(ask_database(site, "SELECT COUNT(*) FROM tracking_scormcommit")[0][0])


def booked(site: LiveSite) -> int:
    """The minutes that the ledger holds."""
    return int(ask_database(site, "SELECT COALESCE(SUM(minutes), 0) FROM tracking_ledgerentry")[0][0])


def expect_booked(page: Page, site: LiveSite, minutes: int = 1) -> None:
    """Wait until the page says that the lesson is learnt, and see that the ledger has it."""
    expect(page.locator("#meter-state")).to_have_attribute("data-state", "completed", timeout=PATIENCE_MS)
    assert booked(site) == minutes


def until(page: Page, is_so: Any, *, what: str) -> None:
    """Wait until something is so on the server."""
    for _ in range(100):
        if is_so():
            return
        page.wait_for_timeout(200)
    raise AssertionError(what)
