"""An editor drops a file; the network goes, the page is reloaded, and the upload goes on where it stopped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.test_every_page import AXE, RULES
from tests.services import LiveSite, S3Server
from tests.services.site import site_environment

SIZE = 40 * 1024**2 + 5
CHANGED_AT = 1_772_000_000
NAME = "安全讲座.mp4"
SECRET = "a-long-secret-phrase"
MAKE_EDITOR = f"""
from django.contrib.auth.models import Group, Permission
from accounts.models import User
user = User.objects.create_user(username="editor", password="{SECRET}")
group = Group.objects.create(name="测试编辑")
group.permissions.set(Permission.objects.filter(codename__in=["access_admin", "add_video", "change_video"]))
user.groups.add(group)
"""
DROP = """([name, size, changedAt]) => {
  const bytes = Uint8Array.from({length: size}, (_, index) => index % 251);
  const data = new DataTransfer();
  data.items.add(new File([bytes], name, {type: "video/mp4", lastModified: changedAt}));
  const target = document.querySelector("[data-uploader-drop]");
  for (const kind of ["dragenter", "dragover", "drop"])
    target.dispatchEvent(new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}));
}"""


@contextmanager
def small_site(home: Path, empty_home: Path, env: dict[str, str]) -> Iterator[LiveSite]:
    """Run a web server alone, on an empty database with one editor."""
    shutil.copytree(empty_home, home)
    with LiveSite(home, site_environment(home, env)) as site:
        site.manage("shell", "--no-imports", "-c", MAKE_EDITOR)
        site.start_web()
        yield site


def make_file(folder: Path) -> Path:
    path = folder / NAME
    cycle = bytes(range(251))
    path.write_bytes((cycle * (SIZE // 251 + 1))[:SIZE])
    os.utime(path, (CHANGED_AT, CHANGED_AT))
    return path


def open_upload_page(page: Page, site: LiveSite) -> None:
    page.on("dialog", lambda dialog: dialog.accept())  # leaving while something is on its way
    page.goto(f"{site.url}/admin/login/?next=/admin/video/new/")
    page.locator("[name=username]").fill("editor")
    page.locator("[name=password]").fill(SECRET)
    page.locator("button[type=submit]").first.click()
    page.wait_for_url("**/admin/video/new/")
    expect(page.locator("[data-uploader]")).to_be_visible()


class Line:
    """The browser's network: so many bytes a second out, or none at all."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)

    def be(self, *, up: int = -1, cut: bool = False) -> None:
        self._session.send(
            "Network.emulateNetworkConditions",
            {"offline": cut, "latency": 0, "downloadThroughput": -1, "uploadThroughput": up},
        )


def wait_until_past(bar: Locator, value: int) -> None:
    bar.page.wait_for_function("([bar, value]) => bar.value > value", arg=[bar.element_handle(), value], timeout=30_000)


def walk(page: Page, site: LiveSite, path: Path) -> list[str]:
    """Upload through every interruption; give the addresses that took parts after the reload."""
    open_upload_page(page, site)
    line = Line(page)
    line.be(up=5 * 1024**2)
    page.evaluate(DROP, [NAME, SIZE, CHANGED_AT * 1000])
    row = page.locator("[data-uploader-files] > li")
    bar, figures = row.locator("progress"), row.locator(".uploader__figures")
    wait_until_past(bar, 9 * 1024**2)
    expect(figures).to_contain_text("剩余")

    line.be(cut=True)
    expect(figures).to_contain_text("网络中断，恢复后自动继续", timeout=15_000)
    line.be(up=5 * 1024**2)
    wait_until_past(bar, 14 * 1024**2)

    page.get_by_role("button", name=f"暂停上传“{NAME}”").press("Enter")
    expect(figures).to_contain_text("已暂停")
    page.get_by_role("button", name=f"继续上传“{NAME}”").press("Enter")
    wait_until_past(bar, 18 * 1024**2)

    page.reload()
    left = page.locator("[data-uploader-unfinished]")
    expect(left).to_contain_text("未完成的上传")
    expect(left.locator("li")).to_contain_text(NAME)
    page.evaluate(AXE.read_text())
    scan = "rules => axe.run('[data-uploader]', {runOnly: rules}).then(r => r.violations.map(v => v.id))"
    assert page.evaluate(scan, RULES) == []

    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "PUT" else None)
    line.be()
    page.locator("[data-uploader-input]").set_input_files(path)
    expect(page.get_by_role("link", name=f"查看处理进度：“{NAME}”")).to_be_visible(timeout=30_000)
    expect(left).to_be_hidden()
    return sent


@pytest.mark.timeout(240)
def test_upload_survives_lost_network_and_reload_in_the_embedded_default(
    browser_page: Page, tmp_path: Path, empty_home: Path
):
    path = make_file(tmp_path)
    with small_site(tmp_path / "home", empty_home, {}) as site:
        sent = walk(browser_page, site, path)
        [original] = [each for each in (site.home / "media" / "private" / "originals").rglob("*") if each.is_file()]
        assert original.read_bytes() == path.read_bytes()
        assert 1 <= len(sent) <= 4, "of six parts at least two had come before the reload"
        assert all(address.startswith(f"{site.url}/media-files/parts/") for address in sent)


@pytest.mark.timeout(240)
def test_upload_survives_lost_network_and_reload_on_s3(
    browser_page: Page, tmp_path: Path, empty_home: Path, s3: S3Server
):
    path, bucket = make_file(tmp_path), s3.make_bucket()
    with small_site(tmp_path / "home", empty_home, s3.environment(bucket)) as site:
        sent = walk(browser_page, site, path)
        client = s3.connect()
        [stored] = client.list_objects_v2(Bucket=bucket)["Contents"]
        assert client.get_object(Bucket=bucket, Key=stored["Key"])["Body"].read() == path.read_bytes()
        assert client.list_multipart_uploads(Bucket=bucket).get("Uploads", []) == []
        assert 1 <= len(sent) <= 4, "of six parts at least two had come before the reload"
        assert all(address.startswith(s3.endpoint) for address in sent), "no byte passes through Django"
