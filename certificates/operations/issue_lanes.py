"""How a mass issue is worked off: each lane issues a small piece and sends itself on, so that others get their turn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import F, Max

from accounts.operations import record_audit
from certificates.enums import IssueItemState, IssueRunState, IssueStop
from certificates.models import IssueItem, IssueRun, Renewal
from certificates.operations.issuing import issue_renewals
from certificates.operations.issuing_claims import CLAIM_SECONDS, IssueOutcome, lock_renewals
from certificates.tasks import issue_piece

LANES = 12  # as many workers can be busy with one run; more would only wait
PIECE = 25  # share the statements; a seal service that takes a second for each stays within CLAIM_SECONDS
SILENT_SECONDS = 60


def send_lanes(run: IssueRun, lanes: Sequence[int] = tuple(range(LANES))) -> None:
    """Send lanes to the workers once the transaction is committed; a lane that runs already does no harm twice."""
    for lane in lanes:
        transaction.on_commit(partial(issue_piece.delay, run.pk, lane), robust=True)


def issue_next_piece(*, run_id: int, lane: int, now: datetime) -> bool:
    """Issue the next few lines of a running mass issue; returns whether the lane is to be sent on (safe to retry).

    What is paused or cancelled is left at once. A storage that is away ends the lane: the sweep sends it again.
    """
    run = IssueRun.objects.get(pk=run_id)
    if run.state != IssueRunState.RUNNING:
        return False
    items = _claimed_items(run, lane, now=now)
    if not items:
        finish_issue_run(run_id=run_id, now=now)
        return False
    outcomes = issue_renewals(ce_year_ids=[each.ce_year_id for each in items], now=now, skip_claimed=True)
    is_away = False
    for item in items:
        outcome = outcomes[item.ce_year_id]
        is_away |= outcome.code == "away"
        _settle_item(item, outcome, now=now)
    waiting = run.items.filter(state=IssueItemState.WAITING)  # what a faster worker settled meanwhile stays
    waiting.bulk_update(items, ["state", "claimed_at", "done_at", "failure"])
    return not is_away


@transaction.atomic
def finish_issue_run(*, run_id: int, now: datetime) -> bool:
    """End a running mass issue of which no line waits any more; returns whether it ended now."""
    run = IssueRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if run.state != IssueRunState.RUNNING or run.items.filter(state=IssueItemState.WAITING).exists():
        return False
    run.state, run.ended_at = IssueRunState.DONE, now
    run.save(update_fields=["state", "ended_at"])
    record_audit(actor=None, action="issue_run.done", target=run, detail={"total": run.total}, now=now)
    return True


def sweep_issue_runs(*, now: datetime) -> int:
    """Send the lanes again that fell silent, as after a killed worker or a lost message; returns how many."""
    sent = 0
    for run in IssueRun.objects.filter(state=IssueRunState.RUNNING).order_by("pk"):
        if finish_issue_run(run_id=run.pk, now=now):
            continue
        since = now - timedelta(seconds=SILENT_SECONDS)
        rows = run.items.filter(claimed_at__gte=since).values("lane").annotate(last=Max("claimed_at"))
        heard = {row["lane"] for row in rows}
        silent = [lane for lane in range(LANES) if lane not in heard]
        send_lanes(run, silent)
        sent += len(silent)
    return sent


@transaction.atomic
def _claimed_items(run: IssueRun, lane: int, *, now: datetime) -> list[IssueItem]:
    """Take the next lines: fresh ones together, one that stopped a worker before by itself and last of all."""
    abandoned = now - timedelta(seconds=CLAIM_SECONDS)
    waiting = run.items.select_for_update(skip_locked=True).filter(state=IssueItemState.WAITING)
    items = list(waiting.filter(claimed_at=None).order_by("pk")[:PIECE])
    if not items:
        items = list(waiting.filter(claimed_at__lt=abandoned).order_by("attempts", "pk")[:1])
    rows = IssueItem.objects.filter(pk__in=[each.pk for each in items])
    rows.update(attempts=F("attempts") + 1, claimed_at=now, lane=lane)
    if items:  # the officer asked for it: what stopped before is tried again
        years = [each.ce_year_id for each in items if not each.attempts]
        stopped = Renewal.objects.filter(ce_year__in=years, issued_at__isnull=True).exclude(failure="")
        lock_renewals(stopped).update(failure="", stopped_by="", attempts=0)
    return items


def _settle_item(item: IssueItem, outcome: IssueOutcome, *, now: datetime) -> None:
    """What a line shows; one that waits for a storage or another worker goes back to the end of the queue."""
    item.claimed_at = now
    if outcome.certificate is not None:
        item.state, item.done_at, item.failure = IssueItemState.ISSUED, now, ""
    elif outcome.stop == IssueStop.WORKER:
        item.state, item.done_at, item.failure = IssueItemState.POISON, now, outcome.reason[:300]
    elif outcome.stop is not None or outcome.code in ("not_recognised", "no_holding", "ministry"):
        item.state, item.done_at, item.failure = IssueItemState.STOPPED, now, outcome.reason[:300]
