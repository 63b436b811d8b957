"""Years opened by the handful are, row for row, those that are opened one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import AuditEntry, Learner, User
from courses.enums import Block
from tests.factories.accounts import make_learner
from tests.factories.courses import make_policy, make_post
from tests.factories.tracking import make_annual_year, make_ce_year, make_entry, make_ruled_authority
from tracking.models import CeYear
from tracking.operations import (
    Holder,
    NoYearFollowsError,
    open_annual_years,
    open_ce_year,
    open_following_year,
    open_following_years,
)

pytestmark = pytest.mark.django_db
POLICIES: tuple[dict[str, Any], ...] = ({}, {"rolling_years": 0}, {"recognition": "officer", "rolling_years": 0})
ZONES = ("Asia/Shanghai", "Asia/Urumqi", "America/New_York")
DAYS = (  # of an annual year that ends on 2027-03-01
    datetime(2026, 9, 1, 2, 0, tzinfo=UTC),
    datetime(2027, 3, 1, 15, 59, tzinfo=UTC),
    datetime(2027, 3, 1, 16, 0, tzinfo=UTC),
    datetime(2028, 5, 2, 16, 0, tzinfo=UTC),
)


@dataclass(frozen=True)
class Case:
    """One certificate: whose (learners may hold several), where, which years it has, and what was studied for it."""

    person: int
    policy: int
    kind: str  # of the years it has
    anchored: bool
    studied: tuple[tuple[int, str, int], ...]  # days after the first year's beginning, block, minutes


cases = st.lists(
    st.builds(
        Case,
        person=st.integers(0, 3),
        policy=st.integers(0, len(POLICIES) - 1),
        kind=st.sampled_from(("annual", "annual", "followed", "renewal", "renewed", "none")),
        anchored=st.booleans(),
        studied=st.lists(
            st.tuples(
                st.sampled_from((0, 200, 366, 400, 740)), st.sampled_from(("common", "professional")), st.integers(1, 4)
            ),
            max_size=3,
        ).map(tuple),
    ),
    min_size=1,
    max_size=6,
)


def make_world(some: Sequence[Case], zone: str) -> list[Holder]:
    """The certificates of the cases with the years that they have; the same cases make the same world."""
    authorities = [make_ruled_authority(**policy) for policy in POLICIES]
    make_policy(authority=authorities[1], effective_from=date(2027, 1, 1), hour_minutes=1, annual_min_hours=5)
    people: dict[int, Learner] = {}
    for each in some:
        if each.person not in people:
            people[each.person] = make_learner(time_zone=zone)
    made = []
    for each in some:
        holder = Holder(learner=people[each.person], post=make_post(), authority=authorities[each.policy])
        _make_years(holder, each)
        made.append(holder)
    return made


def _make_years(holder: Holder, case: Case) -> None:
    year = None
    if case.kind in ("renewal", "renewed"):
        year = make_ce_year(**holder)
    if case.kind in ("annual", "followed", "renewed"):
        year = make_annual_year(**holder)
    if case.kind == "followed":
        with suppress(NoYearFollowsError):
            open_following_year(ce_year_id=year.pk, now=DAYS[2])  # type: ignore[union-attr]
    if year is None:
        return
    if not case.anchored:  # as before anchors were kept
        CeYear.objects.filter(learner=holder["learner"], post=holder["post"]).update(anchor_on=None, origin="")
    for days, block, minutes in case.studied:
        day = year.opens_on + timedelta(days=days)
        make_entry(ce_year=year, block=Block(block), minutes=minutes, earned_on=day)


def newest_years(made: Sequence[Holder]) -> list[int]:
    """The last annual year of each certificate that has any."""
    years = [CeYear.objects.filter(**holder, kind="annual").order_by("opens_on").last() for holder in made]
    return [year.pk for year in years if year is not None]


def rows_of(made: Sequence[Holder], *, since: int) -> list[Any]:
    """All that the database says of these certificates' years, without the keys that differ from world to world."""
    told: list[Any] = []
    for holder in made:
        for year in CeYear.objects.filter(**holder).select_related("balance").order_by("opens_on", "pk"):
            audits = AuditEntry.objects.filter(target=f"tracking.ceyear:{year.uuid}", pk__gt=since)
            balance = year.balance
            told.append(
                (
                    *(year.kind, year.label, year.anchor_on, year.origin, year.opens_on, year.closes_on, year.due_on),
                    *(year.opened_at, year.met_at, year.decision, year.unfollowed_since, year.policy.effective_from),
                    *(balance.counted_common_minutes, balance.counted_professional_minutes, balance.need_minutes),
                    *(balance.studied_common_minutes, balance.studied_professional_minutes, balance.is_met),
                    list(
                        year.recognitions.values_list("outcome", "common_minutes", "professional_minutes", "decided_by")
                    ),
                    Counter((row.action, row.actor_id, str(sorted(row.detail.items()))) for row in audits),
                )
            )
    return told


def compare(
    some: Sequence[Case], zone: str, alone: Callable[[list[Holder]], None], together: Callable[[list[Holder]], None]
) -> None:
    """Do the same to two worlds of the same cases, and compare what they are like afterwards; then again."""
    with transaction.atomic():
        told = []
        for act in (alone, together):
            made = make_world(some, zone)
            since = AuditEntry.objects.order_by("pk").values_list("pk", flat=True).last() or 0
            act(made)
            once = rows_of(made, since=since)
            act(made)
            told.append((once, rows_of(made, since=since)))
        transaction.set_rollback(True)
    assert told[1] == told[0]


@settings(max_examples=10)
@given(some=cases, zone=st.sampled_from(ZONES), now=st.sampled_from(DAYS))
def test_following_years_are_the_same_together_and_one_by_one(some: list[Case], zone: str, now: datetime) -> None:
    def alone(made: list[Holder]) -> None:
        for pk in newest_years(made):
            with suppress(NoYearFollowsError):
                open_following_year(ce_year_id=pk, now=now)

    def together(made: list[Holder]) -> None:
        asked = newest_years(made)
        open_following_years(ce_year_ids=[*reversed(asked), *asked], now=now)

    compare(some, zone, alone, together)


@settings(max_examples=10)
@given(some=cases, zone=st.sampled_from(ZONES), now=st.sampled_from(DAYS))
def test_first_annual_years_are_the_same_together_and_one_by_one(some: list[Case], zone: str, now: datetime) -> None:
    def alone(made: list[Holder]) -> None:
        for holder in made:
            with suppress(NoYearFollowsError):
                open_ce_year(**holder, kind="annual", issued_on=now.date(), now=now)

    def together(made: list[Holder]) -> None:
        open_annual_years(holders=made[::-1], issued_on=now.date(), now=now)

    compare(some, zone, alone, together)


@pytest.mark.parametrize(("count", "most"), [(0, 4), (1, 19), (26, 19), (1000, 70)])
def test_handfuls_of_any_size_share_their_statements(count: int, most: int) -> None:
    authority, post, other = make_ruled_authority(rolling_years=0), make_post(), make_post()
    years = _copies(make_annual_year(authority=authority, post=post), count)
    now = datetime(2027, 3, 2, 2, 0, tzinfo=UTC)
    with CaptureQueriesContext(connection) as queries:
        assert open_following_years(ce_year_ids=[year.pk for year in years], now=now) == count
    assert len(queries) <= most  # SQLite takes a long list of rows in several statements
    holders = [Holder(learner=year.learner, post=other, authority=authority) for year in years]
    with CaptureQueriesContext(connection) as queries:
        open_annual_years(holders=holders, issued_on=now.date(), now=now)
    assert len(queries) <= most
    assert CeYear.objects.filter(post=other).count() == count
    opened = CeYear.objects.filter(opened_at=now)
    assert AuditEntry.objects.filter(action="ce_year.open", at=now).count() == opened.count() == 2 * count


def _copies(year: CeYear, count: int) -> list[CeYear]:
    """As many years of other learners like this one, written fast."""
    users = User.objects.bulk_create([User(username=f"copy-{number}") for number in range(count)])
    person = {**_facts(year.learner), "id_digest": "", "user_id": 0}
    people = [Learner(**{**person, "user_id": user.pk, "id_digest": f"{user.pk:064x}"}) for user in users]
    year_facts = _facts(year)
    rows = [CeYear(**{**year_facts, "learner_id": person.pk}) for person in Learner.objects.bulk_create(people)]
    CeYear.objects.bulk_create(rows)
    return list(CeYear.objects.filter(pk__in=[row.pk for row in rows]).select_related("learner").order_by("pk"))


def _facts(row: Learner | CeYear) -> dict[str, Any]:
    """What a row says, but for its keys."""
    names = {each.attname for each in row._meta.concrete_fields} - {"id", "uuid"}
    return {name: getattr(row, name) for name in names}
