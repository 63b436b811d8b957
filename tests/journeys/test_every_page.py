"""Every kind of page, met by following links as each kind of person does: accessible, and no wider than the screen."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page

from lms.bootstrap.place import ROOT
from tests.services import LiveSite
from tests.services.browser import DESKTOP, PHONE
from tests.services.fixtures import StartSite

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = (
    (DESKTOP, "light", "zh-CN"),
    (PHONE, "dark", "en"),
)
ELSEWHERE = (
    *("/admin/", "/staff/", "/media/", "/documents/", "/media-files/", "/static/", "/i18n/"),
    *("/study/offline/evidence/", "/province/offline/evidence/"),
)
AT_MOST_OF_A_KIND = 2


@dataclass(slots=True)
class Crawl:
    """Addresses met and looked at, by kind of page."""

    start: tuple[str, ...]
    waiting: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    kinds: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.add(self.start)

    def add(self, paths: tuple[str, ...] | list[str]) -> None:
        for path in paths:
            if path in self.seen or path.startswith(ELSEWHERE) or path.endswith(("/download/", "/logout/", "/file/")):
                continue
            self.seen.add(path)
            kind = kind_of(path)
            if self.kinds.get(kind, 0) < AT_MOST_OF_A_KIND:
                self.kinds[kind] = self.kinds.get(kind, 0) + 1
                self.waiting.append(path)


def kind_of(path: str) -> str:
    """Name what serves a path: a view's name, or for pages of the CMS their place in the tree."""
    try:
        name = resolve(path).view_name
    except Resolver404:
        return path
    if name != "wagtail_serve":
        return name
    parts = path.strip("/").split("/")
    return f"page:{parts[0]}:{len(parts)}:{parts[-1] if parts[-1] == 'syllabus' else ''}"


def password_of(site: LiveSite, username: str) -> str:
    for line in (site.home / "demo-logins.txt").read_text(encoding="utf-8").splitlines():
        words = line.split()
        if username in words:
            return words[words.index(username) + 1]
    raise AssertionError(f"{username} is not among the demonstration's logins")


def sign_in(page: Page, site: LiveSite, username: str) -> None:
    page.goto(f"{site.url}/accounts/login/")
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(password_of(site, username))
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(lambda address: "/login/" not in address)


def look_at(page: Page, address: str, faults: list[str], *, closely: bool = True) -> list[str]:
    """Open a page, note what is wrong with it, and give the paths that it links to; ``closely``: with axe's rules."""
    answer = page.goto(address)
    width = page.viewport_size["width"] if page.viewport_size else 0
    where = f"{urlsplit(address).path} at {width}"
    if answer is not None and answer.status == 403 and where.startswith("/province/"):
        return []  # the front page names the officers' desk to everyone; only officers come in
    if answer is None or answer.status != 200:
        faults.append(f"{where}: status {answer.status if answer else None}")
        return []
    if page.locator("h1").count() != 1:
        faults.append(f"{where}: {page.locator('h1').count()} h1")
    if (overflow := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
        faults.append(f"{where}: {overflow} px wider than the screen")
    if closely:
        page.evaluate(AXE.read_text())
        found = page.evaluate(
            "rules => axe.run(document, {runOnly: rules})"
            ".then(r => r.violations.map(v => `${v.id}: ${v.nodes[0].html}`))",
            RULES,
        )
        faults.extend(f"{where}: {each}" for each in found)
    return page.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))")


def join_a_course(page: Page, site: LiveSite) -> None:
    """Enrol, so that the pages behind an enrolment can be met."""
    page.goto(f"{site.url}/my/")
    page.locator("a[href^='/my/holdings/']").first.click()
    page.locator("a[href^='/study/course/']").first.click()
    join = page.locator("main form button[type=submit]")
    if join.count():
        join.click()


def crawl(page: Page, site: LiveSite, start: tuple[str, ...], *, is_stranger: bool) -> tuple[Crawl, list[str]]:
    """Follow links from ``start``. Pages of the CMS are the same for everybody: axe reads them for strangers alone."""
    walk, faults = Crawl(start), []
    while walk.waiting:
        path = walk.waiting.pop(0)
        address = urljoin(site.url, path)
        closely = is_stranger or path in start or not kind_of(path).startswith("page:")
        links = [urlsplit(urljoin(address, link)) for link in look_at(page, address, faults, closely=closely)]
        walk.add([link.path for link in links if link.netloc == urlsplit(site.url).netloc])
    return walk, faults


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("username", "start", "expected"),
    [
        (None, ("/", "/accounts/register/", "/verify/"), "accounts:login"),
        ("demo-newcomer", ("/accounts/identity/", "/accounts/"), "accounts:identity"),
        ("demo-learner", ("/my/", "/my/photo/", "/accounts/"), "tracking:player"),
        ("demo-learner3", ("/my/", "/my/claim/"), "certificates:claim"),
        ("demo-graduate", ("/my/",), "certificates:verify"),
        ("demo-learner2", ("/study/offline/",), "tracking:offline_file"),
        ("demo-trainer", ("/accounts/",), "tracking:attendance"),
        ("demo-officer", ("/province/",), "provinces:queue"),
    ],
)
def test_every_page_is_accessible_and_fits_the_screen(
    live_site: StartSite, browser: Browser, username: str | None, start: tuple[str, ...], expected: str
):
    site = live_site(worker=False)
    faults: list[str] = []
    for viewport, scheme, locale in LOOKS:
        context = browser.new_context(
            locale=locale, timezone_id="Asia/Shanghai", viewport=viewport, color_scheme=scheme, bypass_csp=True
        )
        with context:
            page = context.new_page()
            if username:
                sign_in(page, site, username)
            if expected == "tracking:player":
                join_a_course(page, site)
            walk, found = crawl(page, site, start, is_stranger=username is None)
            faults += found
            assert expected in walk.kinds
    assert faults == []
