"""A worker that dies between completion and issue loses nothing."""

from __future__ import annotations

import time

import pytest

from tests.services import LiveSite
from tests.services.fixtures import StartSite

LEARNERS = 12


def counts(site: LiveSite) -> tuple[int, int, int, int]:
    """Renewals, issued renewals, certificates, and certificates whose stored file is whole and rightly signed."""
    printed = site.tell("from tests.faults.seed import print_counts; print_counts()")
    renewals, issued, certificates, whole = map(int, printed.strip().splitlines()[-1].split())
    return renewals, issued, certificates, whole


def certificate_files(site: LiveSite) -> int:
    return len(list((site.home / "media" / "private" / "certificates").rglob("*.pdf")))


@pytest.mark.timeout(600)
def test_a_worker_killed_between_completion_and_issue_loses_nothing(live_site: StartSite):
    site = live_site(worker=False)
    before = counts(site)[2]
    site.tell(f"from tests.faults.seed import complete_roads; complete_roads({LEARNERS})")
    assert counts(site) == (before,) * 4, "nothing is issued while no worker runs"

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
        time.sleep(0.2)

    whole = before + LEARNERS
    assert counts(site) == (whole,) * 4, site.read_log("worker")
    # a page signed in the moment of death may have been left without a certificate that names it, never the reverse
    assert certificate_files(site) in (whole, whole + 1)
