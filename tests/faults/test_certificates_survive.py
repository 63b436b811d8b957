"""A thousand learners complete at once, some messages come twice, and workers are killed ten times over."""

from __future__ import annotations

import ast
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from tests.services import LiveSite
from tests.services.fixtures import StartSite

LEARNERS = 1000
POWER_CUTS = 4  # the whole worker: its messages are lost until a sweep finds what they were about
KILLED_HANDS = 6  # the processes that do the work: the worker gives their messages to others
KILLS = POWER_CUTS + KILLED_HANDS
WRITERS = 2


def crowd(words: str) -> str:
    """The code that calls a function of the crowd."""
    return f"from tests.faults.certificate_crowd import {words.partition('(')[0]}; {words}"


def stored(site: LiveSite) -> int:
    """How many files lie in the storage: certificates, and what killed workers left."""
    return len(list((site.home / "media" / "private" / "certificates").rglob("*.pdf")))


def wait_for(site: LiveSite, kill: int) -> None:
    """Wait until the worker is in the midst of its work, further on with each kill."""
    files, deadline = (kill + 1) * LEARNERS // (KILLS + 3), time.monotonic() + 240
    while stored(site) < files and time.monotonic() < deadline:
        time.sleep(0.02)


def cut_power(site: LiveSite, kill: int) -> int:
    """Run a worker and kill it in the midst of its work; gives how many files there are."""
    site.start_worker()
    wait_for(site, kill)
    site.kill_worker()
    return stored(site)


def kill_hands(site: LiveSite, kill: int) -> int:
    """Kill the processes that do the worker's work in the midst of it; gives how many files there are."""
    wait_for(site, kill)
    assert site.worker
    pid = site.worker.pid
    hands = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    assert hands
    for each in hands:
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
    return stored(site)


@pytest.mark.timeout(1500)
def test_a_thousand_completions_and_ten_killed_workers_give_a_thousand_certificates(
    live_site: StartSite, postgres_url: str, redis_url: str
):
    site = live_site({"DATABASE_URL": postgres_url, "CELERY_BROKER_URL": redis_url}, demo=False, worker=False)
    site.tell(crowd(f"list_crowd({LEARNERS})"))
    site.start_beat()
    with ThreadPoolExecutor(WRITERS) as pool:
        parts = [crowd(f"claim_and_complete({part}, {WRITERS}, {LEARNERS})") for part in range(WRITERS)]
        writers = [pool.submit(site.manage, "shell", "--no-imports", "-c", part) for part in parts]
        left = [cut_power(site, kill) for kill in range(POWER_CUTS)]
        site.start_worker()
        left += [kill_hands(site, kill) for kill in range(POWER_CUTS, KILLS)]
        for writer in writers:
            writer.result()
    assert len(left) == 10
    assert max(left) < LEARNERS, "the work was done before the last kill"

    deadline = time.monotonic() + 600
    while int(site.tell(crowd("print_issued()"))) < LEARNERS and time.monotonic() < deadline:
        time.sleep(0.5)
    time.sleep(2)  # whoever came second is done too

    assert ast.literal_eval(site.tell(crowd("print_verdict()"))) == {
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
