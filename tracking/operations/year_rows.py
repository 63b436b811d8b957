"""New windows as rows, one or many at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypedDict

from accounts.models import Authority, Learner
from accounts.operations import Act, record_audits
from courses.models import Post
from tracking.models import CeYear
from tracking.operations.recognition import settle_learners
from tracking.rules.ce_windows import CeWindow


class Holder(TypedDict):
    """Whose certificate of which post, listed where."""

    learner: Learner
    post: Post
    authority: Authority


def year_facts(
    window: CeWindow,
    policy_id: int,
    *,
    now: datetime,
    anchor_on: date | None = None,
    origin: str = "",
    due_on: date | None = None,
) -> dict[str, Any]:
    """What a year's row says beside whose it is."""
    return {
        "kind": window.kind,
        "label": window.label,
        "anchor_on": anchor_on,
        "origin": origin,
        "opens_on": window.opens_on,
        "closes_on": window.closes_on,
        "due_on": due_on,
        "policy_id": policy_id,
        "opened_at": now,
        "unfollowed_since": window.closes_on if window.kind == "annual" else None,
    }


def write_years(fresh: Sequence[CeYear], *, now: datetime) -> list[CeYear]:
    """Write the rows of new windows and judge what their learners have studied; a window that stands already is given
    as it stands. In the order given, each window once.

    Called in a transaction that has locked the learners. As many statements for several as for one.
    """
    standing = {_window_key(each): each for each in CeYear.objects.filter(learner__in={y.learner_id for y in fresh})}
    new = [each for each in fresh if _window_key(each) not in standing]
    if new:
        CeYear.objects.bulk_create(new)
        record_audits([_opening(each) for each in new], now=now)
        settle_learners(learner_ids={each.learner_id for each in new}, now=now)
        judged = CeYear.objects.in_bulk([each.pk for each in new])
        for each in new:
            each.met_at, each.decision = judged[each.pk].met_at, judged[each.pk].decision
            standing[_window_key(each)] = each
    return [standing[_window_key(each)] for each in fresh]


def _window_key(year: CeYear) -> tuple[int, int, int, date]:
    return year.learner_id, year.post_id, year.authority_id, year.opens_on


def _opening(year: CeYear) -> Act:
    detail = {"kind": str(year.kind), "opens_on": str(year.opens_on), "closes_on": str(year.closes_on)}
    return Act(action="ce_year.open", target=year, detail=detail)
