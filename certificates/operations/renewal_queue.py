"""Renewals that a crash or a lost message left behind are woken again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Learner
from certificates.enums import CertificateStatus, IssueStop
from certificates.models import Renewal
from certificates.operations.issuing_claims import CLAIM_SECONDS, lock_renewals
from certificates.queries import years_awaiting_renewal
from certificates.rules.status import status_admits_extension
from certificates.tasks import renew_years

HANDFUL = 10
LOOK_BACK = timedelta(days=3)


def wake_renewals(*, limit: int, now: datetime, everything: bool = False) -> int:
    """Send recognised years without a certificate to the workers, ten a message, at most ``limit``; returns how many.

    Stopped renewals whose reason has passed by itself are among them; those that no key could sign only with
    ``everything``, which also looks back further than three days. A year that is renewed meanwhile is not renewed
    twice: renewal returns the certificate issued before.
    """
    resume_admitted_renewals()
    if everything:  # a key or a time-stamping authority that was away may be back
        _resume_unsigned()
    waiting = years_awaiting_renewal(
        limit=limit,
        since=None if everything else now - LOOK_BACK,
        claimed_before=now - timedelta(seconds=CLAIM_SECONDS),
    )
    for start in range(0, len(waiting), HANDFUL):
        renew_years.delay(waiting[start : start + HANDFUL])
    return len(waiting)


@transaction.atomic
def _resume_unsigned() -> int:
    unsigned = Renewal.objects.filter(issued_at__isnull=True, stopped_by=IssueStop.SIGNER)
    return lock_renewals(unsigned).update(failure="", stopped_by="")


@transaction.atomic
def resume_admitted_renewals() -> int:
    """Let go on what the holding's status stopped, where the status admits it again; returns how many."""
    admitted = [status for status in CertificateStatus if status_admits_extension(status)]
    stopped = Renewal.objects.filter(issued_at__isnull=True, stopped_by=IssueStop.STATUS, holding__status__in=admitted)
    return lock_renewals(stopped).update(failure="", stopped_by="", attempts=0)


@transaction.atomic
def retry_stopped_renewals(*, learner: Learner | None = None) -> int:
    """Let the sweep try stopped renewals again, all or one learner's, because what stopped them may be gone.

    Returns how many. One that stops again names its reason again.
    """
    stopped = Renewal.objects.filter(issued_at__isnull=True).exclude(failure="")
    if learner is not None:
        stopped = stopped.filter(holding__learner=learner)
    return lock_renewals(stopped).update(failure="", stopped_by="", attempts=0)
