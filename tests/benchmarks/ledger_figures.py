"""Fill a PostgreSQL database with a crowd and measure its ledger: ``DATABASE_URL=… python -m
tests.benchmarks.ledger_figures [learners]``; the last line is JSON: a list of name, value, unit."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from uuid import uuid4

import django

from tests.benchmarks import median_of, seconds_each

if TYPE_CHECKING:
    from tests.factories.crowd import Crowd

LEARNERS = 100_000
APPENDED = 400
THREADS = 4


def main(learners: int) -> None:
    """Build, measure, print."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import setup_test_environment

    setup_test_environment()
    call_command("migrate", interactive=False, verbosity=0)
    from tests.factories.crowd import make_crowd

    started = time.perf_counter()
    crowd = make_crowd(learners=learners)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    _say(f"  {crowd.entries:,} entries in {time.perf_counter() - started:.0f} s")
    figures = [*_pages(crowd), ("ledger.verify_entries_per_s", _verified(crowd), "entries/s")]
    figures.append(("ledger.append_per_s", _appended(crowd), "entries/s"))
    print(json.dumps(figures))  # noqa: T201


def _pages(crowd: Crowd) -> Iterator[tuple[str, float, str]]:
    from django.test import Client

    from tests.factories.accounts import appoint_officer, make_user
    from tests.factories.certificates import make_holding

    learner = crowd.learners[len(crowd.learners) // 2]
    make_holding(learner=learner, authority=learner.ce_years.get().authority, post=crowd.post)
    officer = appoint_officer(authority=crowd.authorities[0], user=make_user()).user
    for name, user, address in (
        ("ledger.my_page_ms", learner.user, "/my/"),
        ("ledger.queue_ms", officer, "/province/"),
    ):
        client = Client()
        client.force_login(user)
        yield name, _milliseconds(_answered(client, address)), "ms"


def _milliseconds(get: Callable[[], None]) -> float:
    get()
    return 1000 * median_of(lambda: seconds_each(get, times=20), runs=5)


def _answered(client: object, address: str) -> Callable[[], None]:
    def get() -> None:
        response = client.get(address)  # type: ignore[attr-defined]
        if response.status_code != 200:
            raise RuntimeError(f"{address}: {response.status_code}")

    return get


def _verified(crowd: Crowd) -> float:
    from tracking.queries import prove_ledger

    def once() -> float:
        started = time.perf_counter()
        proofs = [prove_ledger(authority) for authority in crowd.authorities]
        if not all(proof.holds for proof in proofs):
            raise RuntimeError("the crowd's ledger does not hold")
        return sum(proof.length for proof in proofs) / (time.perf_counter() - started)

    return median_of(once)


def _appended(crowd: Crowd) -> float:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    from tracking.models import LedgerEntry
    from tracking.operations import append_entry

    def append(entries: list[LedgerEntry]) -> None:
        for entry in entries:
            append_entry(entry=entry)
        connections.close_all()

    def once() -> float:
        drafts = [_draft(crowd, number) for number in range(APPENDED)]
        started = time.perf_counter()
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(append, [drafts[place::THREADS] for place in range(THREADS)]))
        return APPENDED / (time.perf_counter() - started)

    return median_of(once)


def _draft(crowd: Crowd, number: int) -> object:
    """Another lesson of a learner, each time of another, not yet written."""
    from tracking.models import LedgerEntry

    entry = LedgerEntry.objects.filter(learner=crowd.learners[number]).select_related("ce_year")[0]
    own = {"id", "uuid", "lesson_key", "chain_position", "previous_digest", "entry_digest"}
    names = [field.attname for field in LedgerEntry._meta.fields if field.attname not in own]
    draft = LedgerEntry(lesson_key=uuid4(), **{name: getattr(entry, name) for name in names})
    draft.ce_year = entry.ce_year
    return draft


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else LEARNERS)
