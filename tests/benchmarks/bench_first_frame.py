"""How long a learner on a slow telephone network waits for the first picture, and what is sent for it.

A cold browser opens the demonstration's lesson through Chromium's own emulation of a network. Measured are the page
until its play button answers, and then, from the press to the first picture shown, the seconds, requests and bytes: by
HLS, and as a baseline by the single MP4 file under the same lease.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from tests.benchmarks import Row
from tests.journeys.lesson import LEARNER, open_video
from tests.journeys.test_every_page import sign_in
from tests.services import LiveSite
from tests.services.browser import ARGUMENTS, PHONE
from tests.services.running import find_program
from tests.services.site import site_environment

RUNS = 3
NETWORKS = {"1.6 Mbit/s, 150 ms": (1_600, 150), "400 kbit/s, 400 ms": (400, 400)}
FORGET = (
    "from tracking.models import LessonProgress, PlayLease; "
    "PlayLease.objects.all().delete(); LessonProgress.objects.all().delete()"
)
FIRST_PICTURE = """() => new Promise((resolve) => {
    const video = document.getElementById('video');
    const pressed = performance.now();
    video.requestVideoFrameCallback(() => resolve(performance.now() - pressed));
    document.getElementById('start').click();
})"""
NO_HLS = "HTMLMediaElement.prototype.canPlayType = (type) => (type.includes('mpegurl') ? '' : 'maybe');"


@dataclass
class Traffic:
    """What came over the network since it was last emptied: packed as it was sent, once a request has ended."""

    received: dict[str, int] = field(default_factory=dict)

    @property
    def requests(self) -> int:
        return len(self.received)

    @property
    def received_bytes(self) -> int:
        return sum(self.received.values())

    def listen(self, cdp: CDPSession) -> None:
        """Count from now on."""
        cdp.on("Network.requestWillBeSent", lambda event: self.received.setdefault(event["requestId"], 0))
        cdp.on("Network.dataReceived", lambda event: self._add(event["requestId"], event["dataLength"]))
        cdp.on("Network.loadingFinished", self._finish)

    def _add(self, request: str, length: int) -> None:
        self.received[request] = self.received.get(request, 0) + length

    def _finish(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self.received:
            self.received[event["requestId"]] = int(event["encodedDataLength"])


@dataclass(frozen=True, slots=True)
class Start:
    """One start: seconds until the play button answers, bytes of the whole page with what it loads ahead; then seconds,
    requests and bytes from the press to the picture.
    """

    page_seconds: float
    page_bytes: int
    seconds: float
    requests: int
    received_bytes: int


def rows() -> Iterator[Row]:
    """Yield the waits and what was sent, for each network."""
    program = find_program("chromium", "chromium-browser", "google-chrome", package="chromium")
    with tempfile.TemporaryDirectory(prefix="xueshi-first-frame-") as folder, sync_playwright() as playwright:
        home = Path(folder)
        with (
            LiveSite(home, site_environment(home, {"XUESHI_LOG_LEVEL": "WARNING"})) as site,
            playwright.chromium.launch(executable_path=program, args=ARGUMENTS) as browser,
        ):
            site.manage("migrate", "--no-input", "--verbosity=0")
            site.manage("load_demo")
            site.start_web()
            with browser.new_context(locale="zh-CN", viewport=PHONE) as context:
                address = open_video(context.new_page(), site)
            for name, network in NETWORKS.items():
                hls = measure(browser, site, address, network, by_file=False)
                yield from _name_rows(name, hls, measure(browser, site, address, network, by_file=True))


def _name_rows(name: str, hls: Start, file: Start) -> Iterator[Row]:
    what = f"media.first_frame, {name}"
    yield Row(f"{what}: page ready", hls.page_seconds, "s")
    yield Row(f"{what}: page", hls.page_bytes / 1024, "KiB")
    yield Row(f"{what}: press to picture", hls.seconds, "s", baseline=file.seconds, less_is_better=True)
    yield Row(f"{what}: requests", hls.requests, "requests", baseline=file.requests, less_is_better=True)
    sent, sent_file = hls.received_bytes / 1024, file.received_bytes / 1024
    yield Row(f"{what}: sent", sent, "KiB", baseline=sent_file, less_is_better=True)


def measure(browser: Browser, site: LiveSite, address: str, network: tuple[int, int], *, by_file: bool) -> Start:
    """Start the same lesson several times, each time with nothing in the cache, and give the medians."""
    with browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=PHONE) as context:
        page = context.new_page()
        if by_file:
            context.route("**/hls*.mjs", lambda route: route.abort())
            context.add_init_script(NO_HLS)
        sign_in(page, site, LEARNER)
        cdp = context.new_cdp_session(page)
        cdp.send("Network.enable")
        starts = [_start(page, cdp, site, address, network) for _ in range(RUNS)]
    columns = ("page_seconds", "page_bytes", "seconds", "requests", "received_bytes")
    return Start(**{name: statistics.median(getattr(start, name) for start in starts) for name in columns})


def _start(page: Page, cdp: CDPSession, site: LiveSite, address: str, network: tuple[int, int]) -> Start:
    page.evaluate("localStorage.clear()")
    page.goto("about:blank")
    site.manage("shell", "--no-imports", "--command", FORGET)
    cdp.send("Network.clearBrowserCache")
    _set_network(cdp, *network)
    traffic = Traffic()
    traffic.listen(cdp)
    page.goto(address, wait_until="commit")
    page.wait_for_selector("#start:not([hidden])")
    page_ms = page.evaluate("performance.now()")
    page.wait_for_load_state("networkidle")
    page_bytes = traffic.received_bytes
    traffic.received.clear()
    waited_ms = page.evaluate(FIRST_PICTURE)
    start = Start(page_ms / 1000, page_bytes, waited_ms / 1000, traffic.requests, traffic.received_bytes)
    _set_network(cdp, 0, 0)
    return start


def _set_network(cdp: CDPSession, kilobits: int, latency_ms: int) -> None:
    """No kilobits are no limit."""
    speed = kilobits * 1000 / 8 if kilobits else -1
    conditions = {"offline": False, "latency": latency_ms, "downloadThroughput": speed, "uploadThroughput": speed}
    cdp.send("Network.emulateNetworkConditions", conditions)
