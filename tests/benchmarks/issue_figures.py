"""Measure issue from the claim to the commit, in the process of ``bench_issue``: prints its figures as JSON.

With the words ``lane <run> <number>`` it is a lane of the mass issue that is measured: it warms up, says so, and works
when a line comes in.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from statistics import median

import django

MEASURED = 12
NIGHT = 1500
LANES = 2


def main() -> None:
    """Migrate, make years that wait, and measure the parts and the whole."""
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import override_settings
    from django.utils import timezone

    call_command("migrate", "--no-input", "--verbosity=0")
    now, alone = timezone.now(), (MEASURED + 2) * _handful()
    _say(f"making {alone + NIGHT} learners")
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        years = _waiting_years(alone + NIGHT)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as a database is that did not grow within a minute
    figures = [*_whole(years[:alone], now), *_parts(years[:1], now), *_night(now)]
    sys.stdout.write(json.dumps(figures) + "\n")


def _handful() -> int:
    from certificates.operations.issue_lanes import PIECE

    return PIECE


def _waiting_years(count: int) -> list[int]:
    from tests.factories.certificates import make_demo_authority, make_holding, make_recognised_year

    authority = make_demo_authority()
    return [make_recognised_year(holding=make_holding(authority=authority)).pk for _ in range(count)]


def _whole(years: list[int], now: datetime) -> Iterator[tuple[str, float, str]]:
    """Handfuls one after another in one process, as a lane takes them; the first two warm up."""
    from certificates.operations import issue_renewals

    took, handful = [], _handful()
    for start in range(0, len(years), handful):
        began, cpu = time.perf_counter(), time.process_time()
        outcomes = issue_renewals(ce_year_ids=years[start : start + handful], now=now + timedelta(seconds=start))
        took.append((time.perf_counter() - began, time.process_time() - cpu))
        assert all(each.certificate for each in outcomes.values())
    wall, cpu = (median(each[part] for each in took[2:]) for part in (0, 1))
    yield "certificates.per_s_core", handful / cpu, "/s"
    yield "certificates.whole", 1000 * wall / handful, "ms"


def _night(now: datetime) -> Iterator[tuple[str, float, str]]:
    """A mass issue of what is left, by lanes in processes of their own, from their start to the last commit."""
    from certificates.models import Certificate
    from certificates.operations import start_issue_run

    run = start_issue_run(authority=None, actor=None, now=now)
    before = Certificate.objects.count()
    command = [sys.executable, "-m", "tests.benchmarks.issue_figures", "lane", str(run.pk)]
    lanes = [
        subprocess.Popen([*command, str(lane)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for lane in range(LANES)
    ]
    for lane in lanes:
        assert lane.stdout
        assert lane.stdout.readline() == "ready\n"
    began = time.perf_counter()
    for lane in lanes:
        assert lane.stdin
        lane.stdin.write("go\n")
        lane.stdin.flush()
    assert [lane.wait() for lane in lanes] == [0] * LANES
    took = time.perf_counter() - began
    assert Certificate.objects.count() - before == run.total == NIGHT
    yield "certificates.night_per_s", NIGHT / took, "/s"


def lane(run_id: int, number: int) -> None:
    """Work a mass issue off until nothing is left, once a line comes in."""
    django.setup()
    from django.utils import timezone

    from certificates.models import Certificate
    from certificates.operations import issue_next_piece

    certificate = Certificate.objects.select_related("holding__authority").order_by("pk").first()
    _page_of(certificate, timezone.now())()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    while issue_next_piece(run_id=run_id, lane=number, now=timezone.now()):
        pass


def _parts(years: list[int], now: datetime) -> Iterator[tuple[str, float, str]]:
    """The parts of one certificate; what is left of the whole is the database."""
    from certificates.gateways.certificate_store import store_certificate
    from certificates.gateways.qr import qr_svg
    from certificates.gateways.signing import seal_pdf
    from certificates.models import Certificate
    from certificates.operations.codes import make_code
    from certificates.rules.printed import PrintedCertificate

    certificate = Certificate.objects.select_related("holding__authority").get(renewal__ce_year=years[0])
    printed = PrintedCertificate.from_json(certificate.printed)

    def code() -> str:
        return make_code(printed=printed, version=1, status_index=7, is_demo=True, signer="").text

    text, page = f"{printed.verify_url}#{code()}", _page_of(certificate, now)
    pdf = page()
    sealed = seal_pdf(pdf, signer="", now=now).data
    keys = iter(range(10**6))
    parts = {
        "certificates.code": code,
        "certificates.qr": lambda: qr_svg(text),
        "certificates.page_with_qr": page,
        "certificates.seal": lambda: seal_pdf(pdf, signer="", now=now),
        "certificates.store": lambda: store_certificate(sealed, issue_key=f"bench-{next(keys)}", begun_at=now),
    }
    for name, call in parts.items():
        yield name, 1000 * median(_seconds(call) for _ in range(40)), "ms"


def _page_of(certificate, now: datetime) -> Callable[[], bytes]:  # type: ignore[no-untyped-def]
    """What sets the page of a certificate anew, with a code as long as its own."""
    from certificates.gateways.typesetting import render_certificate
    from certificates.operations.issuing_drafts import issuers_of
    from certificates.queries import design_of
    from certificates.rules.printed import PrintedCertificate

    printed = PrintedCertificate.from_json(certificate.printed)
    issuer = issuers_of([certificate.holding.authority])[certificate.authority_id]
    return partial(
        render_certificate,
        printed,
        id_number="990001199001010012",
        photo=None,
        demo=True,
        issued_at=now,
        design=design_of(issuer.design),
        qr_text=f"{printed.verify_url}#{certificate.qr_payload}",
    )


def _seconds(call) -> float:  # type: ignore[no-untyped-def]
    began = time.process_time()
    call()
    return time.process_time() - began


def _say(text: str) -> None:
    sys.stderr.write(f"  {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    if sys.argv[1:2] == ["lane"]:
        lane(*map(int, sys.argv[2:]))
    else:
        main()
