"""Shells around renewal; they may run twice."""

from celery import shared_task
from django.utils import timezone

SWEEP_LIMIT = 500


@shared_task(name="certificates.tasks.renew_recognised_year", acks_late=True)
def renew_recognised_year(ce_year_id: int) -> None:
    """Renew the certificate of a recognised year."""
    from certificates.operations import renew_certificate

    renew_certificate(ce_year_id=ce_year_id, now=timezone.now())


@shared_task(name="certificates.tasks.issue_correction", acks_late=True)
def issue_correction(proposal_id: int) -> None:
    """Print the certificate of a confirmed correction."""
    from certificates.operations import issue_correction

    issue_correction(proposal_id=proposal_id, now=timezone.now())


@shared_task(name="certificates.tasks.renew_years", acks_late=True)
def renew_years(ce_year_ids: list[int]) -> None:
    """Renew the certificates of a handful of recognised years."""
    from certificates.operations import issue_renewals

    issue_renewals(ce_year_ids=ce_year_ids, now=timezone.now(), skip_claimed=True)


@shared_task(name="certificates.tasks.sweep_renewals", acks_late=True)
def sweep_renewals(everything: bool = False) -> int:
    """Wake up again what a crash or a lost message left behind; returns how many were woken."""
    from certificates.operations import wake_corrections, wake_renewals

    now = timezone.now()
    woken = wake_renewals(limit=SWEEP_LIMIT, now=now, everything=everything)
    return woken + wake_corrections(limit=SWEEP_LIMIT, now=now)


@shared_task(name="certificates.tasks.sweep_lapses", acks_late=True)
def sweep_lapses() -> None:
    """Let certificates lapse whose years or deadline failed, and reopen those that the rules give back."""
    from certificates.operations import lapse_due_holdings, reopen_lapsed_holdings

    reopen_lapsed_holdings(now=timezone.now(), limit=SWEEP_LIMIT)
    lapse_due_holdings(now=timezone.now(), limit=SWEEP_LIMIT)


@shared_task(name="certificates.tasks.remind_of_deadlines", acks_late=True)
def remind_of_deadlines() -> None:
    """Remind learners whose deadline has come near; a rush is worked off in portions."""
    from certificates.operations import remind_of_deadlines as remind

    if remind(now=timezone.now(), limit=SWEEP_LIMIT).reached(SWEEP_LIMIT):
        remind_of_deadlines.delay()
