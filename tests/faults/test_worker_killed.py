"""A worker that dies between completion and issue loses nothing."""

from __future__ import annotations

import time

import pytest

from tests.services import LiveSite
from tests.services.fixtures import StartSite

LEARNERS = 12


def counts(site: LiveSite) -> tuple[int, int, int]:
    """Renewals, issued renewals, certificates."""
    printed = site.manage("shell", "--no-imports", "-c", "from tests.faults.seed import print_counts; print_counts()")
    renewals, issued, certificates = map(int, printed.strip().splitlines()[-1].split())
    return renewals, issued, certificates


def certificate_files(site: LiveSite) -> int:
    return len(list((site.home / "media" / "private" / "certificates").rglob("*.pdf")))


@pytest.mark.timeout(600)
def test_a_worker_killed_between_completion_and_issue_loses_nothing(live_site: StartSite):
    site = live_site(worker=False)
    before = counts(site)[2]
    site.manage(
        "shell", "--no-imports", "-c", f"from tests.faults.seed import complete_roads; complete_roads({LEARNERS})"
    )
    assert counts(site) == (before, before, before), "nothing is issued while no worker runs"

    site.start_worker()
    deadline = time.monotonic() + 120
    while certificate_files(site) == before and time.monotonic() < deadline:
        time.sleep(0.02)
    site.kill_worker()
    assert certificate_files(site) > before, site.read_log("worker")
    assert counts(site)[2] < before + LEARNERS, "the worker was killed too late to prove anything"

    site.start_worker()
    site.start_beat()
    deadline = time.monotonic() + 180
    while counts(site)[2] < before + LEARNERS and time.monotonic() < deadline:
        time.sleep(2)

    whole = before + LEARNERS
    assert counts(site) == (whole, whole, whole), site.read_log("worker")
    assert certificate_files(site) == whole
