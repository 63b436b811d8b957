"""Walk a folder's packages: import each, play what can be played, print a row for each; 1 where one is at fault."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.samples.expectations import READY, Played, find_faults
from tests.samples.player import PackagePlayer
from tests.services.browser import ARGUMENTS, DESKTOP
from tests.services.running import find_program
from tests.services.site import LiveSite, site_environment

_ROW = "{name:<52} {outcome:<8} {standard:<7} {seconds:>5}  {detail}"


def main(words: list[str]) -> int:
    """Give 0 when every package is as it must be."""
    folder = Path(words[0])
    packages = sorted(path for path in folder.rglob("*.zip") if "media" not in path.relative_to(folder).parts)
    if not packages:
        return 0
    expected = _read_expected(folder)
    home = Path(tempfile.mkdtemp(prefix="walk-packages-"))
    try:
        with LiveSite(home, site_environment(home)) as site:
            return _walk(site, packages, expected)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _walk(site: LiveSite, packages: list[Path], expected: dict[str, Any]) -> int:
    site.manage("migrate", "--no-input", "--verbosity=0")
    command = f"from tests.samples.desk import publish_all; publish_all({[str(path) for path in packages]!r})"
    said = site.manage("shell", "--no-imports", "--command", command)
    facts = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    site.start_web()
    _say(_ROW.format(name="package", outcome="outcome", standard="SCORM", seconds="s", detail="what was seen"))
    faults: list[str] = []
    with sync_playwright() as playwright:
        program = find_program("chromium", "chromium-browser", "google-chrome", package="chromium")
        with playwright.chromium.launch(executable_path=program, args=ARGUMENTS) as browser:
            context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=DESKTOP)
            page = context.new_page()
            page.on("dialog", lambda dialog: dialog.accept())
            _sign_in(page, site, facts)
            for each in facts:
                faults += _row(page, site, each, expected.get(each["name"], {}))
    for fault in faults:
        _say(f"✗ {fault}")
    _say(f"{len(facts)} packages, {len(faults)} faults")
    return 1 if faults else 0


def _row(page: Page, site: LiveSite, facts: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    began = time.monotonic()
    if facts["state"] == READY:
        played = PackagePlayer(page, site, facts).play()
    else:
        played = Played(facts["name"], facts["state"], reason=facts["reason"])
    found = find_faults(played, wanted)
    outcome = "✗" if found else ("plays" if facts["state"] == READY else "refused")
    seconds = f"{time.monotonic() - began:.0f}"
    _say(
        _ROW.format(
            name=played.name, outcome=outcome, standard=played.standard or "–", seconds=seconds, detail=played.detail
        )
    )
    return [f"{played.name}: {fault}" for fault in found]


def _sign_in(page: Page, site: LiveSite, facts: list[dict[str, Any]]) -> None:
    known = next((each for each in facts if "username" in each), None)
    if known is None:
        return
    page.goto(f"{site.url}/accounts/login/")
    page.locator("[name=username]").fill(known["username"])
    page.locator("[name=password]").fill(known["password"])
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(lambda address: "/login/" not in address)


def _read_expected(folder: Path) -> dict[str, Any]:
    """What ``expected.json`` in the folder or in its ``scorm`` says of packages by name, where there is such a file."""
    for path in (folder / "expected.json", folder / "scorm" / "expected.json"):
        if path.exists():
            found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return found
    return {}


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
