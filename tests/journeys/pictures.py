"""Take the pictures of the documentation by walking the road: ``python -m tests.journeys.pictures``."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from lms.bootstrap.place import ROOT
from tests.journeys.road import VISITOR, await_certificate, claim, register, watch_videos
from tests.journeys.test_the_road import COMMON_COURSE, PROFESSIONAL_COURSE
from tests.services import LiveSite
from tests.services.browser import ARGUMENTS, DESKTOP
from tests.services.running import find_program
from tests.services.site import site_environment

IMAGES = ROOT / "docs" / "images"
COLOURS = 128


def take(page: Page, name: str, *, height: int = 800) -> None:
    """Keep what the page shows as a small PNG."""
    page.set_viewport_size({"width": DESKTOP["width"], "height": height})
    page.wait_for_timeout(400)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(IMAGES / f"{name}.png", optimize=True)


def walk(page: Page, url: str) -> None:
    """Walk the road, taking a picture at each of its six places."""
    page.goto(url)
    take(page, "home")
    register(page, url, before_identity=lambda: take(page, "road-1-identity", height=1000))
    page.goto(f"{url}/my/claim/")
    take(page, "road-2-claim")
    claim(page, url)
    take(page, "road-3-course", height=1000)
    watch_videos(page, url, COMMON_COURSE, while_playing=lambda: take(page, "road-4-player"))
    watch_videos(page, url, PROFESSIONAL_COURSE)
    await_certificate(page, url)
    take(page, "road-5-issued", height=1000)
    page.get_by_role("link", name="打开核验页面").click()
    take(page, "road-6-verify", height=1000)


def main() -> None:
    """Start a site of its own with the demonstration, and walk."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    program = find_program("chromium", "chromium-browser", "google-chrome", package="chromium")
    with tempfile.TemporaryDirectory(prefix="xueshi-pictures-") as folder:
        home = Path(folder)
        with LiveSite(home, site_environment(home)) as site, sync_playwright() as playwright:
            site.manage("migrate", "--no-input", "--verbosity=0")
            site.manage("load_demo")
            site.start_web()
            site.start_worker()
            with playwright.chromium.launch(executable_path=program, args=ARGUMENTS) as browser:
                page = browser.new_page(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=DESKTOP)
                walk(page, site.url)
    print(f"{VISITOR.full_name}: {IMAGES}")  # noqa: T201


if __name__ == "__main__":
    main()
