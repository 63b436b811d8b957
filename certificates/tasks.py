"""Shells around renewal; they may run twice."""

from celery import shared_task
from django.utils import timezone

SWEEP_LIMIT = 500
PAGE_SECONDS = 300  # whoever takes longer for a handful hangs: it is killed, and the sweep finds what it left


@shared_task(name="certificates.tasks.renew_recognised_year", acks_late=True, time_limit=PAGE_SECONDS)
def renew_recognised_year(ce_year_id: int) -> None:
    """Renew the certificate of a recognised year."""
    from certificates.operations import renew_certificate

    renew_certificate(ce_year_id=ce_year_id, now=timezone.now())


@shared_task(name="certificates.tasks.issue_correction", acks_late=True, time_limit=PAGE_SECONDS)
def issue_correction(proposal_id: int) -> None:
    """Print the certificate of a confirmed correction."""
    from certificates.operations import issue_correction

    issue_correction(proposal_id=proposal_id, now=timezone.now())


@shared_task(name="certificates.tasks.renew_years", acks_late=True, time_limit=PAGE_SECONDS)
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
    return woken + wake_corrections(limit=SWEEP_LIMIT, now=now, everything=everything)


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


@shared_task(name="certificates.tasks.issue_piece", acks_late=True, time_limit=PAGE_SECONDS)
def issue_piece(run_id: int, lane: int) -> None:
    """Issue the next piece of a mass issue, and send the lane on."""
    from certificates.operations import issue_next_piece

    if issue_next_piece(run_id=run_id, lane=lane, now=timezone.now()):
        issue_piece.delay(run_id, lane)


@shared_task(name="certificates.tasks.sweep_issue_runs", acks_late=True)
def sweep_issue_runs() -> int:
    """Send silent lanes of mass issues again; returns how many."""
    from certificates.operations import sweep_issue_runs

    return sweep_issue_runs(now=timezone.now())


@shared_task(name="certificates.tasks.check_stored_certificates", acks_late=True)
def check_stored_certificates() -> None:
    """Hash a sample of the stored certificates anew."""
    from certificates.operations import check_certificates

    check_certificates(now=timezone.now())


@shared_task(name="certificates.tasks.sweep_leftover_certificates", acks_late=True)
def sweep_leftover_certificates() -> int:
    """Delete the files of attempts that never became certificates; returns how many."""
    from certificates.operations import delete_leftovers

    return delete_leftovers(now=timezone.now())


@shared_task(name="certificates.tasks.watch_signing_keys", acks_late=True)
def watch_signing_keys() -> None:
    """Keep the configured keys, retire what is configured no longer, warn of what runs out."""
    from certificates.operations import watch_signing_keys as watch

    watch(now=timezone.now())


@shared_task(name="certificates.tasks.sign_beside", acks_late=True)
def sign_beside() -> int:
    """Add the SM2 signatures that are missing; returns how many."""
    from certificates.operations import sign_what_lacks_sm2

    return sign_what_lacks_sm2(limit=SWEEP_LIMIT, now=timezone.now())
