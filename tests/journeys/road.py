"""The road of the notice, walked by a person in a browser: what the journeys share."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

PATIENCE_MS = 30_000
LESSON_MS = 150_000  # a demonstration video lasts about 70 s, and nothing makes it faster


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody on the demonstration's holder list who has no account yet."""

    username: str = "ceshi-zhaoliu"
    password: str = "混凝土养护十四天 2026"
    full_name: str = "测试赵六"
    id_number: str = "990101198805200040"
    certificate: str = "DEMO-2016-000005"
    post: str = "土建施工员"


VISITOR = Visitor()


def nothing() -> None:
    """Stop nowhere on the way."""


def register(page: Page, url: str, visitor: Visitor = VISITOR, before_identity: Callable[[], None] = nothing) -> None:
    """Open an account from the front page, then fill in the real-name form."""
    page.goto(url)
    page.get_by_role("link", name="注册").first.click()
    page.locator("[name=username]").fill(visitor.username)
    page.locator("[name=password]").fill(visitor.password)
    page.locator("[name=password_again]").fill(visitor.password)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/accounts/identity/**")
    page.locator("[name=full_name]").fill(visitor.full_name)
    page.locator("[name=id_kind]").select_option("resident_id")
    page.locator("[name=id_number]").fill(visitor.id_number)
    page.locator("[name=consent]").check()
    before_identity()
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".alert--bad, .field--wrong")).to_have_count(0)


def claim(page: Page, url: str, visitor: Visitor = VISITOR) -> None:
    """Find the old certificate that the authority listed, and claim it."""
    page.goto(f"{url}/my/claim/")
    page.locator("[name=number]").last.fill(visitor.certificate.lower())
    page.get_by_role("button", name="查找并认领").click()
    page.wait_for_url("**/my/holdings/**")
    expect(page.get_by_role("heading", level=1)).to_have_text(visitor.post)


def watch_videos(page: Page, url: str, course: str, while_playing: Callable[[], None] = nothing) -> None:
    """Join a course of the holding's page and watch each of its videos to its credited end."""
    page.goto(f"{url}/my/")
    page.get_by_role("link", name=re.compile("去学习|查看详情")).first.click()
    page.get_by_role("link", name=course, exact=True).click()
    page.get_by_role("button", name="加入学习").click()
    course_url = page.url
    videos = page.locator("li.lesson", has=page.get_by_text("视频", exact=True)).locator("h3 a")
    for address in [link.get_attribute("href") for link in videos.all()]:
        page.goto(f"{url}{address}")
        watch_lesson(page, while_playing)
    page.goto(course_url)


def watch_lesson(page: Page, while_playing: Callable[[], None] = nothing) -> None:
    """Press play and wait, as one does; the meter says when the lesson is credited."""
    page.locator("#start").click()
    expect(page.locator("#meter-state")).to_have_attribute("data-state", "counting", timeout=PATIENCE_MS)
    page.wait_for_timeout(20_000 if while_playing is not nothing else 0)
    while_playing()
    expect(page.locator("#meter-state")).to_have_attribute("data-state", "completed", timeout=LESSON_MS)


def await_certificate(page: Page, url: str) -> None:
    """Come back to the own page until the certificate is there."""
    link = page.get_by_role("link", name="下载 PDF 证书")
    for _ in range(60):
        page.goto(f"{url}/my/")
        if link.count():
            return
        page.wait_for_timeout(1_000)
    raise AssertionError(f"no certificate came: {page.locator('main').inner_text()}")


def download_certificate(page: Page, folder: Path) -> Path:
    """Download the PDF from the own page."""
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 PDF 证书").click()
    path = folder / "certificate.pdf"
    download.value.save_as(path)
    return path
