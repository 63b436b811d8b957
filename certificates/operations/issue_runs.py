"""A night's worth of certificates: started by an officer, worked off by lanes of small pieces, paused and resumed."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Authority, User
from accounts.operations import record_audit
from certificates.enums import IssueItemState, IssueRunState
from certificates.models import IssueItem, IssueRun
from certificates.operations.issue_lanes import send_lanes
from certificates.queries import years_to_issue
from lms.lib.errors import DomainError

BATCH = 2000
OPEN = (IssueRunState.RUNNING, IssueRunState.PAUSED)


class IssueRunRefusedError(DomainError):
    """The mass issue cannot be started, or not be changed so.

    ``open`` (another is open), ``nothing`` (no year waits), ``ended``.
    """

    code = "open"


@transaction.atomic
def start_issue_run(*, authority: Authority | None, actor: User | None, now: datetime) -> IssueRun:
    """Take up every recognised year of one authority, or of all (None), that has no certificate, stopped ones too.

    One mass issue of an authority is open at a time, and none beside one of all. The lanes are sent after the commit.

    :raises IssueRunRefusedError: ``open`` or ``nothing``.
    """
    open_runs = IssueRun.objects.filter(state__in=OPEN)
    if authority is not None:
        open_runs = open_runs.filter(Q(authority=None) | Q(authority=authority))
    if open_runs.exists():
        raise IssueRunRefusedError(_("已有一项批量签发尚未结束，请先等待其完成或取消。"))
    try:
        with transaction.atomic():
            run = IssueRun.objects.create(authority=authority, started_at=now, started_by=actor)
    except IntegrityError as error:  # another officer was faster
        raise IssueRunRefusedError(_("已有一项批量签发尚未结束，请先等待其完成或取消。")) from error
    years = years_to_issue(authority).iterator(chunk_size=BATCH)
    while piece := [IssueItem(run=run, ce_year_id=pk) for pk in islice(years, BATCH)]:
        run.total += len(IssueItem.objects.bulk_create(piece))
    if not run.total:
        raise IssueRunRefusedError(_("没有已认定而未签发的年度，无需批量签发。"), code="nothing")
    run.save(update_fields=["total"])
    record_audit(actor=actor, action="issue_run.start", target=run, detail={"total": run.total}, now=now)
    send_lanes(run)
    return run


def pause_issue_run(*, run_id: int, actor: User, now: datetime) -> IssueRun:
    """Stop after the pieces in hand; the same again changes nothing.

    :raises IssueRunRefusedError: ``ended``.
    """
    return _turn(run_id, IssueRunState.PAUSED, actor, now=now)


def resume_issue_run(*, run_id: int, actor: User, now: datetime) -> IssueRun:
    """Go on with a paused mass issue; the same again changes nothing.

    :raises IssueRunRefusedError: ``ended``.
    """
    run = _turn(run_id, IssueRunState.RUNNING, actor, now=now)
    send_lanes(run)
    return run


def cancel_issue_run(*, run_id: int, actor: User, now: datetime) -> IssueRun:
    """End a mass issue after the pieces in hand; what it has not issued, the usual sweep does. Certificates stay.

    :raises IssueRunRefusedError: ``ended``.
    """
    return _turn(run_id, IssueRunState.CANCELLED, actor, now=now)


@transaction.atomic
def retry_poison_items(*, run_id: int, actor: User, now: datetime) -> int:
    """Put lines that were set aside or stopped back into an open mass issue; returns how many.

    :raises IssueRunRefusedError: ``ended``.
    """
    run = _open_run(run_id)
    stopped = run.items.filter(state__in=(IssueItemState.POISON, IssueItemState.STOPPED))
    count = stopped.update(state=IssueItemState.WAITING, attempts=0, claimed_at=None, done_at=None, failure="")
    if count:
        record_audit(actor=actor, action="issue_run.retry", target=run, detail={"count": count}, now=now)
        send_lanes(run)
    return count


@transaction.atomic
def _turn(run_id: int, state: IssueRunState, actor: User, *, now: datetime) -> IssueRun:
    run = IssueRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if run.state == state:
        return run
    run = _open_run(run_id)
    run.state = state
    run.ended_at = now if state == IssueRunState.CANCELLED else None
    run.save(update_fields=["state", "ended_at"])
    record_audit(actor=actor, action=f"issue_run.{state.value}", target=run, detail={}, now=now)
    return run


def _open_run(run_id: int) -> IssueRun:
    run = IssueRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if run.state not in OPEN:
        raise IssueRunRefusedError(_("这项批量签发已经结束。"), code="ended")
    return run
