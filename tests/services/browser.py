"""A real Chromium for journeys: the system's own, driven by Playwright."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.services.running import find_program

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Run one headless Chromium for the session."""
    program = find_program("chromium", "chromium-browser", "google-chrome", package="chromium")
    with (
        pytest.MonkeyPatch.context() as patch,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=program, args=ARGUMENTS) as chromium,
    ):
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in this thread; the ORM may be used
        yield chromium


@pytest.fixture
def browser_context(browser: Browser) -> Iterator[BrowserContext]:
    """Give a fresh Chinese browser profile, 1280 wide."""
    with browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=DESKTOP) as context:
        yield context


@pytest.fixture
def browser_page(browser_context: BrowserContext) -> Iterator[Page]:
    """Give a page; the test fails if a script of ours throws or the content security policy refuses something."""
    page = browser_context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"uncaught: {error}"))
    page.on("console", lambda message: faults.extend(_name_faults(message)))
    yield page
    assert faults == []


def _name_faults(message: ConsoleMessage) -> list[str]:
    return [message.text] if message.type == "error" and "Content Security Policy" in message.text else []
