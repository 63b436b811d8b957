"""A thousand learners complete at once, some messages come twice, and the worker is killed ten times over."""

from __future__ import annotations

import ast
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.services import LiveSite
from tests.services.fixtures import StartSite

LEARNERS = 1000
KILLS = 10
WRITERS = 2


def call(site: LiveSite, words: str) -> str:
    """Call a function of the crowd in a process of the site's own; gives the last line that it printed."""
    name = words.partition("(")[0]
    code = f"from tests.faults.certificate_crowd import {name}; {words}"
    lines = site.manage("shell", "--no-imports", "-c", code).strip().splitlines()
    return lines[-1] if lines else ""


def stored(site: LiveSite) -> int:
    """How many files lie in the storage: certificates, and what killed workers left."""
    return len(list((site.home / "media" / "private" / "certificates").rglob("*.pdf")))


def kill_at(site: LiveSite, files: int) -> int:
    """Run a worker until so many files are stored, then kill it in the midst of its work; gives how many there are."""
    site.start_worker()
    deadline = time.monotonic() + 60
    while stored(site) < files and time.monotonic() < deadline:
        time.sleep(0.02)
    site.kill_worker()
    return stored(site)


def issued(site: LiveSite) -> int:
    return int(call(site, "print_issued()"))


@pytest.mark.timeout(1500)
def test_a_thousand_completions_and_ten_killed_workers_give_a_thousand_certificates(
    live_site: StartSite, postgres_url: str, redis_url: str
):
    site = live_site({"DATABASE_URL": postgres_url, "CELERY_BROKER_URL": redis_url}, demo=False, worker=False)
    call(site, f"claim_crowd({LEARNERS})")
    site.start_beat()
    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(call, site, f"complete_crowd({part}, {WRITERS})") for part in range(WRITERS)]
        left = [kill_at(site, (kill + 1) * LEARNERS // (KILLS + 3)) for kill in range(KILLS)]
        for writer in writers:
            writer.result()
    assert max(left) < LEARNERS, "the work was done before the last kill"

    site.start_worker()
    deadline = time.monotonic() + 600
    while issued(site) < LEARNERS and time.monotonic() < deadline:
        time.sleep(3)
    time.sleep(2)  # whoever came second is done too

    assert ast.literal_eval(call(site, "print_verdict()")) == {
        "certificates": LEARNERS,
        "numbers": LEARNERS,
        "gap_free": True,
        "places": LEARNERS,
        "issued": LEARNERS,
        "events": LEARNERS,
        "next_years": LEARNERS,
        "held": 0,
        "whole": LEARNERS,
        "files": True,
    }, site.read_log("worker")
