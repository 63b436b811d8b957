"""Renewals that a crash or a lost message left behind are woken again."""

from __future__ import annotations

from certificates.queries import years_awaiting_renewal
from certificates.tasks import renew_recognised_year


def wake_renewals(*, limit: int) -> int:
    """Send a message for each recognised year without a certificate, at most ``limit``; returns how many were sent.

    A year that is renewed meanwhile is not renewed twice: renewal returns the certificate issued before.
    """
    waiting = years_awaiting_renewal(limit=limit)
    for ce_year_id in waiting:
        renew_recognised_year.delay(ce_year_id)
    return len(waiting)
