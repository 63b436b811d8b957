"""Renewals that a crash or a lost message left behind are woken again."""

from __future__ import annotations

from accounts.models import Learner
from certificates.models import Renewal
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


def retry_stopped_renewals(*, learner: Learner | None = None) -> int:
    """Let the sweep try stopped renewals again, all or one learner's, because what stopped them may be gone.

    Returns how many. One that stops again names its reason again.
    """
    stopped = Renewal.objects.filter(issued_at__isnull=True).exclude(failure="")
    if learner is not None:
        stopped = stopped.filter(holding__learner=learner)
    return stopped.update(failure="")
