"""Keep what each year comes to, so that lists need not judge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import Learner
from tracking.models import CeYear, YearBalance
from tracking.queries import YearStanding, standings_of

LEARNERS_AT_ONCE = 250
COMPARED = (
    "studied_common_minutes",
    "studied_professional_minutes",
    "counted_common_minutes",
    "counted_professional_minutes",
    "need_minutes",
    "hour_minutes",
    "is_met",
)


def keep_balances(standings: Sequence[YearStanding], *, now: datetime) -> None:
    """Write the balances of years just judged; part of the caller's transaction, one statement."""
    _write([balance_of(standing, now=now) for standing in standings])


def balance_of(standing: YearStanding, *, now: datetime) -> YearBalance:
    """The balance that a judged year must have, not yet written."""
    state = standing.state
    return YearBalance(
        ce_year_id=standing.ce_year.pk,
        studied_common_minutes=state.studied.common,
        studied_professional_minutes=state.studied.professional,
        counted_common_minutes=state.counted.common,
        counted_professional_minutes=state.counted.professional,
        need_minutes=state.need.total,
        hour_minutes=standing.rules.hour_minutes,
        is_met=state.is_met,
        computed_at=now,
    )


def rebuild_balances(*, now: datetime, is_dry_run: bool = False) -> int:
    """Judge every year anew and write the balances that differ; returns how many did.

    ``is_dry_run`` writes nothing. A batch of learners is held at a time, in a transaction of its own, so that what is
    studied meanwhile is no difference.
    """
    return sum(_rebuild(learners, now=now, is_dry_run=is_dry_run) for learners in _learners_with_years())


@transaction.atomic
def _rebuild(learner_ids: Sequence[int], *, now: datetime, is_dry_run: bool) -> int:
    held = Learner.objects.select_for_update(no_key=True).filter(pk__in=learner_ids).order_by("pk")
    found = {learner.pk for learner in held.only("pk")}
    years = CeYear.objects.filter(learner_id__in=found).order_by("opens_on", "pk")
    standings = standings_of(list(years.select_related("post", "authority", "policy", "learner", "balance")))
    different = [
        balance for standing in standings if _differs(standing.ce_year, balance := balance_of(standing, now=now))
    ]
    if not is_dry_run:
        _write(different)
    return len(different)


def _differs(year: CeYear, balance: YearBalance) -> bool:
    kept: YearBalance | None = getattr(year, "balance", None)
    return kept is None or any(getattr(kept, name) != getattr(balance, name) for name in COMPARED)


def _write(balances: Iterable[YearBalance]) -> None:
    YearBalance.objects.bulk_create(
        list(balances),
        update_conflicts=True,
        unique_fields=["ce_year"],
        update_fields=[*COMPARED, "computed_at"],
    )


def _learners_with_years() -> Iterator[Sequence[int]]:
    """The keys of all learners with a year, in batches, in their order; a statement a batch."""
    last = 0
    while batch := list(_after(last)):
        yield batch
        last = batch[-1]


def _after(last: int) -> Iterable[int]:
    learners = CeYear.objects.filter(learner_id__gt=last).order_by("learner_id").values_list("learner_id", flat=True)
    return learners.distinct()[:LEARNERS_AT_ONCE]
