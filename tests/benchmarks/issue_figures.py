"""Measure issue from the claim to the commit, in the process of ``bench_issue``: prints its figures as JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from statistics import median

import django

HANDFUL = 10
MEASURED = 12


def main() -> None:
    """Migrate, make years that wait, and measure the parts and the whole."""
    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    call_command("migrate", "--no-input", "--verbosity=0")
    now = timezone.now()
    _say(f"making {(MEASURED + 2) * HANDFUL} learners")
    years = _waiting_years((MEASURED + 2) * HANDFUL)
    sys.stdout.write(json.dumps([*_whole(years, now), *_parts(years[:HANDFUL], now)]) + "\n")


def _waiting_years(count: int) -> list[int]:
    from tests.factories.certificates import make_demo_authority, make_holding, make_recognised_year

    authority = make_demo_authority()
    return [make_recognised_year(holding=make_holding(authority=authority)).pk for _ in range(count)]


def _whole(years: list[int], now: datetime) -> Iterator[tuple[str, float, str]]:
    """Handfuls one after another in one process, as a lane takes them; the first two warm up."""
    from certificates.operations import issue_renewals

    took = []
    for start in range(0, len(years), HANDFUL):
        began, cpu = time.perf_counter(), time.process_time()
        outcomes = issue_renewals(ce_year_ids=years[start : start + HANDFUL], now=now + timedelta(seconds=start))
        took.append((time.perf_counter() - began, time.process_time() - cpu))
        assert all(each.certificate for each in outcomes.values())
    wall, cpu = (median(each[part] for each in took[2:]) for part in (0, 1))
    yield "certificates.per_s_core", HANDFUL / cpu, "/s"
    yield "certificates.whole", 1000 * wall / HANDFUL, "ms"


def _parts(years: list[int], now: datetime) -> Iterator[tuple[str, float, str]]:
    """The parts of one certificate; what is left of the whole is the database."""
    from certificates.gateways.certificate_store import store_certificate
    from certificates.gateways.qr import qr_svg
    from certificates.gateways.signing import seal_pdf
    from certificates.gateways.typesetting import render_certificate
    from certificates.models import Certificate
    from certificates.operations.codes import make_code
    from certificates.operations.issuing_drafts import issuers_of
    from certificates.queries import design_of
    from certificates.rules.printed import PrintedCertificate

    certificate = Certificate.objects.select_related("holding__authority").get(renewal__ce_year=years[0])
    printed = PrintedCertificate.from_json(certificate.printed)
    issuer = issuers_of([certificate.holding.authority])[certificate.authority_id]

    def code() -> str:
        return make_code(printed=printed, version=1, status_index=7, is_demo=True, signer="").text

    text = f"{printed.verify_url}#{code()}"

    def page() -> bytes:
        return render_certificate(
            printed,
            id_number="990001199001010012",
            photo=None,
            demo=True,
            issued_at=now,
            design=design_of(issuer.design),
            qr_text=text,
        )

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


def _seconds(call) -> float:  # type: ignore[no-untyped-def]
    began = time.process_time()
    call()
    return time.process_time() - began


def _say(text: str) -> None:
    sys.stderr.write(f"  {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
