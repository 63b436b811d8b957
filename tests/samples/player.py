"""A package played on the learner's page: every item opened, each bookmark tried, all of it driven to its end."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Error, Locator, Page

from tests.journeys.lesson import ask_database
from tests.samples.content import drive, pages_of, say_by_api, value_of
from tests.samples.expectations import Played
from tests.services import LiveSite

PATIENCE_MS = 15_000
_BEFORE_LEAVING = 3  # presses, before the run is left in the middle
_SAID = (
    "lesson_status",
    "completion_status",
    "success_status",
    "score.raw",
    "score.scaled",
    "session_time",
    "location",
)


class StuckError(RuntimeError):
    """The page does not come to where it should."""


class PackagePlayer:
    """Plays one package; :meth:`play` fills what was seen of it."""

    def __init__(self, page: Page, site: LiveSite, facts: dict[str, Any]) -> None:
        self.page, self.site, self.facts = page, site, facts
        self.is_12 = facts["standard"] == "1.2"
        keys = [leaf["key"] for leaf in facts["leaves"]]
        scos = [leaf["key"] for leaf in facts["leaves"] if leaf["kind"] == "sco"]
        self.seen = Played(facts["name"], facts["state"], standard=facts["standard"], leaves=keys, scos=scos)
        self.seen.findings = facts["findings"]
        self.errors: list[str] = []  # scripts of the content that broke down
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def play(self) -> Played:
        """Play it to its end."""
        try:
            self._begin()
            self.seen.shut = [key for key in self.seen.leaves if not self._is_open(key)]
            self._go_through()
            self._leave("exitAll")
        except (Error, StuckError) as error:
            self.seen.trouble = f"stuck: {str(error).splitlines()[0]}"
        self._ask_server()
        return self.seen

    def _begin(self) -> None:
        self.page.goto(f"{self.site.url}{self.facts['path']}")
        self.page.locator("#start").click()
        self._await_item()

    def _await_item(self) -> None:
        """An item runs, or the table of contents waits for a choice."""
        for _ in range(PATIENCE_MS // 200):
            state = self._said("data-item")
            if state == "running" or (state == "none" and self._said("data-covered") == "choose"):
                self.page.wait_for_timeout(300)
                return
            self.page.wait_for_timeout(200)
        raise StuckError(f"nothing began: {self.page.locator('#scorm-cover').inner_text()[:200]!r}")

    def _said(self, name: str) -> str | None:
        return self.page.locator("#player").get_attribute(name)

    def _go_through(self) -> None:
        """Item after item: as the run leads, then whatever is still to be chosen."""
        for _ in range(3 * len(self.seen.leaves) + 2):
            key = self._current()
            if key and key not in self.seen.opened:
                self._do_item(key)
            following = self._next_key()
            if following is None:
                return
            if following:
                self._press(self._entry(following))
            else:
                self._press(self.page.locator("[data-request='continue']"))
            if not self._await_change(key):
                self.seen.kept_shut = [each for each in self.seen.leaves if each not in self.seen.opened]
                return

    def _do_item(self, key: str) -> None:
        frames = pages_of(self.page)
        has_page = bool(frames) and bool(frames[0].evaluate("document.documentElement.innerHTML.length > 60"))
        (self.seen.opened if has_page else self.seen.broken).append(key)
        if self.seen.resumed is None and key in self.seen.scos:
            drive(self.page, most=_BEFORE_LEAVING)
            self._try_bookmark(key)
        drive(self.page)
        self.page.wait_for_timeout(600)
        needs_help = self._reports() or bool(self.errors)
        if key in self.seen.scos and needs_help and self._state(key) not in ("completed", "passed"):
            if say_by_api(self.page, is_12=self.is_12):
                self.seen.by_calls.append(key)
            self.page.wait_for_timeout(600)

    def _try_bookmark(self, key: str) -> None:
        """Leave in the middle and come back, where the item left a bookmark."""
        name = "cmi.core.lesson_location" if self.is_12 else "cmi.location"
        mark = value_of(self.page, name, is_12=self.is_12)
        if not mark or not self._leave("suspendAll"):
            return
        self._begin()
        entry = value_of(self.page, "cmi.core.entry" if self.is_12 else "cmi.entry", is_12=self.is_12)
        again = value_of(self.page, name, is_12=self.is_12)
        self.seen.resumed = (self._current(), entry, again) == (key, "resume", mark)

    def _leave(self, request: str) -> bool:
        button = self.page.locator(f"[data-request='{request}'][aria-disabled='false']")
        if not button.count() or not button.is_visible():
            return False
        self._press(button)
        for _ in range(PATIENCE_MS // 200):
            if self._said("data-covered") in ("ended", "review"):
                return True
            self.page.wait_for_timeout(200)
        raise StuckError(f"{request} does not end")

    def _press(self, button: Locator) -> None:
        button.scroll_into_view_if_needed(timeout=PATIENCE_MS)
        self.page.wait_for_timeout(300)  # until the browser knows where the frame of another origin has gone
        button.click(timeout=PATIENCE_MS)

    def _next_key(self) -> str | None:
        """The next item to choose; "" to go on by the button; None where nothing is left to open."""
        left = [key for key in self.seen.leaves if key not in (*self.seen.opened, *self.seen.broken)]
        if not left:
            return None
        following = self.seen.leaves[self.seen.leaves.index(self._current()) + 1 :] if self._current() else []
        is_hidden = bool(following) and following[0] in left and self._entry(following[0]).count() == 0
        if not is_hidden and (key := next((key for key in left if self._is_open(key)), None)):
            return key
        going_on = self.page.locator("[data-request='continue'][aria-disabled='false']")
        if going_on.count() and going_on.is_visible():
            return ""
        self.seen.kept_shut = left
        return None

    def _await_change(self, before: str) -> bool:
        """Whether another item came; "" from the end of the package on."""
        for _ in range(PATIENCE_MS // 200):
            if self._said("data-covered") == "ended":
                return True
            if self._current() != before and self._said("data-item") in ("running", "none"):
                self.page.wait_for_timeout(300)
                return True
            self.page.wait_for_timeout(200)
        return False

    def _entry(self, key: str) -> Locator:
        return self.page.locator(f"#contents-list [data-activity={json.dumps(key)}]")

    def _is_open(self, key: str) -> bool:
        """Whether an item can be chosen; what the contents do not show is reached by going on, if at all."""
        entry = self._entry(key)
        return entry.count() > 0 and entry.get_attribute("aria-disabled") != "true"

    def _state(self, key: str) -> str:
        entry = self._entry(key)
        return str(entry.get_attribute("data-state")) if entry.count() else ""

    def _current(self) -> str:
        entry = self.page.locator("#contents-list [aria-current]")
        return str(entry.first.get_attribute("data-activity")) if entry.count() else ""

    def _reports(self) -> bool:
        key = self._current()
        return key in self._reporting()

    def _reporting(self) -> list[str]:
        rows = ask_database(
            self.site,
            "SELECT activity.key, activity.elements FROM tracking_scormactivity AS activity"
            " JOIN tracking_scormattempt AS attempt ON attempt.id = activity.attempt_id WHERE attempt.enrolment_id = ?",
            str(self.facts["enrolment"]),
        )
        return [key for key, elements in rows if any(name.endswith(_SAID) for name in json.loads(elements))]

    def _ask_server(self) -> None:
        """What the server has of it: the only thing that counts."""
        names = "completion, success, score_raw, score_scaled, is_suspended, number"
        statement = f"SELECT {names} FROM tracking_scormattempt WHERE enrolment_id = ? ORDER BY number DESC"  # noqa: S608
        rows = ask_database(self.site, statement, str(self.facts["enrolment"]))
        self.seen.attempt = dict(zip(names.split(", "), rows[0], strict=True)) if rows else {}
        self.seen.reported = self._reporting()
        shown = self.page.locator("#standing-completion")
        self.seen.shown = {"completion": str(shown.get_attribute("data-value"))} if shown.count() else {}
        booked = ask_database(
            self.site,
            "SELECT COUNT(*) FROM tracking_lessonprogress WHERE enrolment_id = ? AND completed_at IS NOT NULL",
            str(self.facts["enrolment"]),
        )
        self.seen.booked = booked[0][0] > 0
