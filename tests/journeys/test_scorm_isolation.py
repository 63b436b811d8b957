"""A package that wants out: of its frame, onto the site, into another package. What its own page saw is what counts."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from tests.factories.scorm_packages import Item, write_package_12
from tests.journeys.packages import (
    PackageLesson,
    attempts,
    booked,
    expect_saved,
    open_package,
    publish_package,
    say,
    sco,
    sign_in_as,
    stored,
    until,
)
from tests.journeys.road import PATIENCE_MS
from tests.services import LiveSite
from tests.services.browser import ARGUMENTS
from tests.services.fixtures import StartSite
from tests.services.running import find_program

HOSTILE = Path(__file__).parents[1] / "factories" / "hostile_package.js"


def write_hostile_package(path: Path) -> Path:
    """Write a package of one item that brings the script of ours that tries everything."""
    write_package_12(path, Item("A", "测试单元"), title="越界课件")
    with zipfile.ZipFile(path, "a") as archive:
        archive.write(HOSTILE, "hostile.js")
    return path


def open_hostile(page: Page, site: LiveSite, lesson: PackageLesson) -> Frame:
    """Open the lesson, and let the package load its script."""
    sign_in_as(page, site, lesson)
    open_package(page, site, lesson)
    frame = sco(page, "A")
    frame.add_script_tag(url="hostile.js")
    return frame


@pytest.fixture
def usual_profile(browser: Browser, tmp_path: Path) -> Iterator[BrowserContext]:
    """Give a lasting profile in which frames of other sites may keep things, as most people's browsers have it."""
    preferences = tmp_path / "profile" / "Default" / "Preferences"
    preferences.parent.mkdir(parents=True)
    preferences.write_text(json.dumps({"profile": {"cookie_controls_mode": 0, "block_third_party_cookies": False}}))
    program = find_program("chromium", "chromium-browser", "google-chrome", package="chromium")
    start = browser.browser_type.launch_persistent_context
    with start(tmp_path / "profile", executable_path=program, args=ARGUMENTS, locale="zh-CN") as context:
        yield context


def bring_in_another(site: LiveSite, path: Path) -> str:
    """Import a package that this learner has nothing to do with; give the address of its page."""
    code = (
        "from datetime import timedelta; from django.utils import timezone; "
        "from media_pipeline.queries import content_address; from tests.journeys.package_desk import bring_in; "
        f"print(content_address(bring_in({str(path)!r}), expires_at=timezone.now() + timedelta(hours=1)).file_base)"
    )
    return site.tell(code).strip().splitlines()[-1] + "B.html"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said."""

    status: int
    body: bytes
    sets_cookies: bool


def ask(site: LiveSite, url: str) -> Answer:
    """Ask for an address of a package's host as no browser would."""
    parts = urlsplit(url)
    with closing(HTTPConnection("127.0.0.1", site.port, timeout=20)) as connection:
        connection.request("GET", parts.path, headers={"Host": parts.netloc})
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(), "set-cookie" in answer.headers)


NOTHING = Answer(404, b"", sets_cookies=False)


def expect_untouched(page: Page, site: LiveSite, lesson: PackageLesson) -> None:
    """See that the page still stands, runs the package, and that its learner is still signed in."""
    assert page.url == f"{site.url}{lesson.path}"
    expect(page.locator("#player")).to_have_attribute("data-item", "running")
    answer = page.request.get(f"{site.url}/my/")
    assert (answer.status, urlsplit(answer.url).path) == (200, "/my/")


@pytest.mark.timeout(300)
def test_a_package_gets_at_nothing_of_the_site(
    live_site: StartSite, usual_profile: BrowserContext, tmp_path: Path
) -> None:
    site, page = live_site(demo=False, worker=False), usual_profile.new_page()
    lesson = publish_package(site, write_hostile_package(tmp_path / "a.zip"), required_seconds=300)
    frame = open_hostile(page, site, lesson)
    asked_of_site: list[str] = []
    page.on("requestfinished", lambda request: asked_of_site.append(request.url))

    assert frame.evaluate("hostile.readAbove()") == {
        "cookies": "",
        "cookiesOfStage": "",
        "documentOfPage": "SecurityError",
        "addressOfPage": "SecurityError",
        "storageOfPage": "SecurityError",
        "frameOfStage": "null",
        "variableOfPage": "SecurityError",
        "domain": "SecurityError",
    }
    assert {cookie["domain"] for cookie in usual_profile.cookies()} == {"127.0.0.1"}

    assert frame.evaluate("url => hostile.leave(url)", f"{site.url}/accounts/logout/") == {
        "assigned": "SecurityError",
        "href": "SecurityError",
        "replaced": "SecurityError",
        "opened": "null",
        "link": "clicked",
        "closed": "false",
    }
    expect_untouched(page, site, lesson)

    asked_of_site.clear()
    assert frame.evaluate("site => hostile.reachSite(site)", site.url) == {
        "fetched": "TypeError",
        "blindly": "TypeError",
        "posted": "TypeError",
        "asked": "error",
        "beacon": "connect-src",
        "socket": "connect-src",
        "picture": "error",
        "script": "error",
        "frame": "frame-src",
        "formInFrame": "form-action",
    }
    assert [url for url in asked_of_site if url.startswith(site.url) and "/study/" not in url] == []
    assert booked(site) == 0
    expect_untouched(page, site, lesson)

    assert frame.evaluate("hostile.stay()") == {
        "atRoot": "TypeError",
        "here": "TypeError",
        "ours": "TypeError",
        "camera": False,
        "place": "denied",
    }
    expect_untouched(page, site, lesson)

    frame.evaluate("site => hostile.postAway(site)", site.url)
    page.wait_for_timeout(1_000)
    assert not frame.url.startswith(site.url)
    assert [url for url in asked_of_site if "/accounts/" in url] == []
    expect_untouched(page, site, lesson)


@pytest.mark.timeout(300)
def test_a_package_that_lies_to_the_page_is_not_believed(
    live_site: StartSite, browser_context: BrowserContext, tmp_path: Path
) -> None:
    site, page = live_site(demo=False, worker=False), browser_context.new_page()
    lesson = publish_package(site, write_hostile_package(tmp_path / "a.zip"), required_seconds=300)
    frame = open_hostile(page, site, lesson)
    before = page.locator("#player").evaluate("player => JSON.stringify(player.dataset)")

    frame.evaluate("hostile.lie()")
    page.wait_for_timeout(500)

    assert page.locator("#player").evaluate("player => JSON.stringify(player.dataset)") == before
    say(frame, {"cmi.core.lesson_location": "仍在保存"})
    until(page, lambda: stored(site, "A").get("cmi.core.lesson_location") == "仍在保存", what="it goes on being saved")
    expect_saved(page)
    assert [(attempt["completion"], attempt["success"]) for attempt in attempts(site)] != [("completed", "passed")]
    assert booked(site) == 0
    expect_untouched(page, site, lesson)


@pytest.mark.timeout(300)
def test_windows_that_a_package_opens_are_as_shut_in_as_itself(
    live_site: StartSite, browser_context: BrowserContext, tmp_path: Path
) -> None:
    site, page = live_site(demo=False, worker=False), browser_context.new_page()
    lesson = publish_package(site, write_hostile_package(tmp_path / "a.zip"), required_seconds=300)
    frame = open_hostile(page, site, lesson)

    with browser_context.expect_page() as opened:
        assert frame.evaluate("hostile.open('A.html?popup')") is True
    popup = opened.value
    popup.wait_for_load_state()
    assert popup.evaluate("[opener === null, opener?.parent.API === undefined]") == [False, False]
    popup.add_script_tag(url="hostile.js")
    tried = "url => { try { opener.top.location = url; return 'went'; } catch (error) { return error.name; } }"
    assert popup.evaluate(tried, f"{site.url}/accounts/logout/") == "SecurityError"
    assert popup.evaluate("document.cookie") == ""
    reached = "site => outcome(() => fetch(`${site}/my/`, { credentials: 'include' }))"
    assert popup.evaluate(reached, site.url) == "TypeError"
    popup.close()
    expect_untouched(page, site, lesson)

    with browser_context.expect_page() as opened:
        frame.evaluate("url => hostile.open(url)", f"{site.url}/my/")
    popup = opened.value
    popup.wait_for_timeout(1_000)
    assert popup.url == "chrome-error://chromewebdata/", "a page of the site does not live in a package's window"
    popup.close()
    expect_untouched(page, site, lesson)


@pytest.mark.timeout(300)
def test_a_package_gets_at_nothing_of_another(
    live_site: StartSite, usual_profile: BrowserContext, tmp_path: Path
) -> None:
    site, page = live_site(demo=False, worker=False), usual_profile.new_page()
    lesson = publish_package(site, write_hostile_package(tmp_path / "a.zip"), required_seconds=300)
    frame = open_hostile(page, site, lesson)
    address = bring_in_another(site, write_package_12(tmp_path / "b.zip", Item("B", "别的课件")))
    token = urlsplit(address).path.split("/")[1]
    page.evaluate(
        "url => document.body.append(Object.assign(document.createElement('iframe'), {src: url, name: 'b'}))", address
    )
    embedded = page.wait_for_selector("iframe[name=b]")
    victim = embedded and embedded.content_frame()
    assert victim
    victim.wait_for_url(address)
    victim.evaluate("localStorage.setItem('secret', '别的课件的秘密'); caches.open('secret')")
    assert victim.evaluate("localStorage.getItem('secret')") == "别的课件的秘密"
    assert urlsplit(frame.url).netloc != urlsplit(address).netloc
    assert frame.evaluate("([others, token]) => hostile.reachPackage(others, token)", [address, token]) == {
        "fetched": "TypeError",
        "frame": "frame-src",
        "theirTokenHere": 404,
        "theirStageHere": 404,
        "folder": 404,
        "above": 404,
        "siteHere": 404,
        "storage": None,
        "caches": 0,
    }
    own_token = urlsplit(frame.url).path.split("/")[1]
    assert ask(site, address.replace(token, own_token)) == NOTHING
    assert ask(site, address).status == 200
    expect_untouched(page, site, lesson)


@pytest.mark.timeout(300)
def test_a_stage_is_shown_by_the_site_alone_and_the_site_by_no_package(
    live_site: StartSite, browser_context: BrowserContext, tmp_path: Path
) -> None:
    site, page = live_site(demo=False, worker=False), browser_context.new_page()
    lesson = publish_package(site, write_hostile_package(tmp_path / "a.zip"), required_seconds=300)
    frame = open_hostile(page, site, lesson)
    stage = frame.parent_frame
    assert stage is not None

    elsewhere = browser_context.new_page()
    elsewhere.route("http://elsewhere.test/", lambda route: route.fulfill(content_type="text/html", body="<p>别处"))
    elsewhere.goto("http://elsewhere.test/")
    for url in (stage.url, frame.url):
        elsewhere.evaluate(
            "url => document.body.append(Object.assign(document.createElement('iframe'), {src: url}))", url
        )
    elsewhere.wait_for_timeout(1_000)
    assert {each.url for each in elsewhere.frames[1:]} == {"chrome-error://chromewebdata/"}

    answer = ask(site, stage.url)
    assert (answer.status, answer.sets_cookies) == (200, False)
    for path in ("/", "/my/", "/admin/login/", "/healthz", "/static/lms/logo.svg"):
        assert ask(site, f"http://{urlsplit(stage.url).netloc}{path}") == NOTHING
    here = page.request.get(f"{site.url}{urlsplit(frame.url).path}")
    assert here.status == 404
    expect(page.locator("#player")).to_have_attribute("data-item", "running", timeout=PATIENCE_MS)
