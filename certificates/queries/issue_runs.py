"""How mass issues stand, for those who started them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from accounts.enums import AuthorityKind
from accounts.models import Authority
from certificates.enums import IssueItemState, IssueRunState
from certificates.models import Certificate, IntegrityCheck, IssueItem, IssueRun
from certificates.queries.renewals import years_to_issue

RATE_SECONDS = 60
MOST_WAITING = 100_000


@dataclass(frozen=True, slots=True)
class IssueProgress:
    """Counts of a mass issue; ``a_minute`` is what the last minute brought."""

    run: IssueRun
    issued: int
    stopped: int
    poison: int
    waiting: int
    a_minute: int

    @property
    def settled(self) -> int:
        """Lines that need no more work of machines."""
        return self.issued + self.stopped + self.poison

    @property
    def minutes_left(self) -> int | None:
        """Whole minutes at the pace of the last one, at least one; None where nobody can say."""
        if self.run.state != IssueRunState.RUNNING or not self.a_minute:
            return None
        return max(1, round(self.waiting / self.a_minute))

    @property
    def is_moving(self) -> bool:
        """Whether looking again soon shows something new."""
        return self.run.state == IssueRunState.RUNNING


def sees_all_runs(authorities: Sequence[Authority]) -> bool:
    """Whether an officer of these authorities sees, and may start, a mass issue of all."""
    return any(each.kind == AuthorityKind.MINISTRY for each in authorities)


def issue_runs_of(authorities: Sequence[Authority]) -> QuerySet[IssueRun]:
    """Mass issues of the officer's authorities, the ministry's officers see all; newest first, one statement."""
    runs = IssueRun.objects.select_related("authority", "started_by").order_by("-started_at", "-pk")
    return runs if sees_all_runs(authorities) else runs.filter(authority__in=authorities)


def issue_progress(run: IssueRun, *, now: datetime) -> IssueProgress:
    """Count the lines of a mass issue; two statements."""
    rows = run.items.values("state").annotate(number=Count("pk")).order_by("state")
    counts = {row["state"]: row["number"] for row in rows}
    lately = Q(state=IssueItemState.ISSUED, done_at__gte=now - timedelta(seconds=RATE_SECONDS))
    return IssueProgress(
        run=run,
        issued=counts.get(IssueItemState.ISSUED, 0),
        stopped=counts.get(IssueItemState.STOPPED, 0),
        poison=counts.get(IssueItemState.POISON, 0),
        waiting=counts.get(IssueItemState.WAITING, 0),
        a_minute=run.items.filter(lately).count() if run.state == IssueRunState.RUNNING else 0,
    )


def stopped_items(run: IssueRun) -> QuerySet[IssueItem]:
    """Lines that need a person, with whose certificate it is; in the order of the run."""
    return (
        run.items.filter(state__in=(IssueItemState.STOPPED, IssueItemState.POISON))
        .select_related("ce_year__learner", "ce_year__post", "ce_year__authority")
        .order_by("pk")
    )


def report_lines(run: IssueRun) -> Iterator[tuple[IssueItem, str]]:
    """Every line of a mass issue with the certificate's number, empty where there is none; streamed, in order."""
    issued = Certificate.objects.filter(renewal__ce_year=OuterRef("ce_year")).values("number")[:1]
    items = run.items.select_related("ce_year__learner", "ce_year__post", "ce_year__authority")
    for item in items.annotate(number=Subquery(issued)).order_by("pk").iterator(chunk_size=1000):
        yield item, item.number or ""


def years_waiting(authorities: Sequence[Authority] | None) -> int:
    """How many years a mass issue of these authorities (None: all) would take up now, at most 100,000 counted."""
    years = years_to_issue(None)
    if authorities is not None:
        years = years.filter(ce_year__authority__in=authorities)
    return years[:MOST_WAITING].count()


def newest_check() -> IntegrityCheck | None:
    """The last look at the stored files; one statement."""
    newest = IntegrityCheck.objects.aggregate(pk=Max("pk"))["pk"]
    return IntegrityCheck.objects.filter(pk=newest).first()
