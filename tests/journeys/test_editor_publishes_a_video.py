"""An editor drops a clip on a lesson, mends its captions, names its chapters; a reviewer publishes it for everybody."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.factories.media_pipeline import make_clip
from tests.journeys.lesson import ask_database
from tests.journeys.road import PATIENCE_MS
from tests.journeys.test_every_page import sign_in
from tests.services import LiveSite
from tests.services.browser import DESKTOP
from tests.services.fixtures import StartSite

COURSE = "测试：模板支架验收"
SRT = """1
00:00:00,000 --> 00:00:02,000
验收之前先看方按

2
00:00:03,000 --> 00:00:05,000
签字后才能浇筑
"""
LESSONS = """SELECT l.title, v.title FROM courses_lesson l JOIN media_pipeline_video v ON v.id = l.video_id
    JOIN courses_courseedition e ON e.id = l.edition_id WHERE e.title = ?"""
DROP = """([target, name, encoded]) => {
  const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type: "video/mp4" }));
  for (const type of ["dragenter", "dragover", "drop"]) {
    target.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));
  }
}"""


def fill_course(page: Page, site: LiveSite) -> None:
    """Begin a course page with one lesson."""
    index = ask_database(site, "SELECT page_ptr_id FROM cms_pages_courseindexpage")[0][0]
    page.goto(f"{site.url}/admin/pages/add/cms_pages/coursepage/{index}/")
    page.locator("#id_title").fill(COURSE)
    page.locator("#id_summary").fill("测试简介")
    page.locator("#id_block").select_option("common")
    page.locator("#id_lessons-ADD").click()
    page.locator("#id_lessons-0-title").fill("看方案、看基础、看连接")
    page.locator("#id_lessons-0-kind").select_option("video")
    page.locator("#id_lessons-0-credit_minutes").fill("1")
    page.locator("#id_lessons-0-required_seconds").fill("5")


def drop_clip(page: Page, clip: Path) -> None:
    """Drop a file on the lesson's field, as somebody does who drags it there."""
    field = page.locator("#id_lessons-0-video-chooser").element_handle()
    page.evaluate(DROP, [field, clip.name, base64.b64encode(clip.read_bytes()).decode()])


def save_draft(page: Page) -> None:
    """Save without publishing; from then on the page has an address."""
    page.locator("form#page-edit-form, form[data-edit-form]").first.evaluate("form => form.requestSubmit()")
    page.wait_for_url(re.compile(r"/admin/pages/\d+/edit/"), timeout=PATIENCE_MS)


def press(page: Page, name: str) -> None:
    """Press one of the page editor's buttons, in its menu where it stands there."""
    button = page.locator(f"button[name='{name}']").first
    if not button.is_visible():
        page.locator(
            "footer [data-w-dropdown-target='toggle'], .footer [data-w-dropdown-target='toggle']"
        ).first.click()
    button.click()


def approve(page: Page) -> None:
    """Approve without a comment, which publishes."""
    page.locator("footer [data-w-dropdown-target='toggle'], .footer [data-w-dropdown-target='toggle']").first.click()
    page.locator("[data-workflow-action-name='approve']").first.click()


def mend_captions(page: Page, site: LiveSite, uuid: str) -> None:
    """Upload subtitles as a program of Windows writes them, and mend a wrong word."""
    page.goto(f"{site.url}/admin/video/captions/{uuid}/")
    page.locator("[name=language]").select_option("zh-hans")
    subtitles = {
        "name": "验收.srt",
        "mimeType": "application/x-subrip",
        "buffer": SRT.replace("\n", "\r\n").encode("gb18030"),
    }
    page.locator("[name=captions]").set_input_files(subtitles)
    page.get_by_role("button", name="上传").click()
    page.locator("#text-1").fill("验收之前先看方案")
    page.get_by_role("button", name="播放第 2 条").click()
    expect(page.locator("#cue-2")).to_have_class(re.compile("caption-row--spoken"), timeout=PATIENCE_MS)
    page.get_by_role("button", name="保存").first.click()
    expect(page.locator("#text-1")).to_have_value("验收之前先看方案")
    expect(page.locator(".messages")).to_contain_text("字幕已保存")


def set_chapters_and_poster(page: Page, site: LiveSite, uuid: str) -> None:
    """Type two chapters and choose a picture."""
    page.goto(f"{site.url}/admin/video/chapters/{uuid}/")
    page.locator("[name=text]").fill("0:00 看方案\n0:03 签字")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("main")).to_contain_text("0:03 签字")
    page.goto(f"{site.url}/admin/video/poster/{uuid}/")
    page.locator("[name=choice]").last.check(force=True)
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".messages")).to_contain_text("封面已更换")


@pytest.mark.timeout(1200)
def test_an_editor_drops_a_clip_and_learners_find_the_lesson(
    live_site: StartSite, browser: Browser, browser_page: Page, tmp_path: Path
):
    site, page = live_site(), browser_page
    clip = make_clip(tmp_path / "验收.mp4", seconds=6, size="640x360")
    sign_in(page, site, "demo-editor")
    fill_course(page, site)
    drop_clip(page, clip)
    field = page.locator("#id_lessons-0-video-chooser")
    expect(field.locator("[data-chooser-title]")).to_have_text("验收", timeout=PATIENCE_MS)
    expect(field.locator("[data-label]")).to_have_text(re.compile("检查中|转码中|可播放"))
    save_draft(page)
    state = page.locator("#id_lessons-0-video-chooser [data-video]")
    expect(state.locator("[data-label]")).to_have_text("可播放", timeout=120_000)
    uuid = state.get_attribute("data-video") or ""
    edit_url = page.url

    mend_captions(page, site, uuid)
    set_chapters_and_poster(page, site, uuid)

    page.goto(edit_url)
    press(page, "action-submit")
    expect(page.locator(".messages")).to_contain_text("审核", timeout=PATIENCE_MS)
    with browser.new_context(locale="zh-CN", viewport=DESKTOP) as other:
        reviewer = other.new_page()
        sign_in(reviewer, site, "demo-reviewer")
        reviewer.goto(edit_url)
        approve(reviewer)
        expect(reviewer.locator(".messages")).to_contain_text(COURSE, timeout=PATIENCE_MS)

    page.context.clear_cookies()
    page.goto(f"{site.url}/courses/")
    page.get_by_role("link", name=COURSE).first.click()
    expect(page.locator("main")).to_contain_text("看方案、看基础、看连接")
    shown = ask_database(site, LESSONS, COURSE)
    assert shown == [("看方案、看基础、看连接", "验收")]
