"""Certificates issued by the handful are, row for row, those that are issued one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEntry, Learner, SiteMessage
from certificates.models import FreeSerial, Holding, IssuerProfile, Renewal
from certificates.operations import issue_renewals, record_event, renew_certificate
from certificates.operations.issuing_pages import IssueStoppedError
from certificates.operations.renewal import IssuedElsewhereError, NotRecognisedError
from tests.factories.accounts import make_learner
from tests.factories.certificates import (
    annual_years,
    make_holding,
    make_recognised_year,
    make_year_beside,
    meet_year,
    renewal_year,
)
from tests.factories.tracking import NOW, make_ruled_authority
from tracking.models import CeYear

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
REFUSED = (IssueStoppedError, IssuedElsewhereError, NotRecognisedError)
AUTHORITIES: tuple[dict[str, Any], ...] = ({}, {"rolling_years": 0}, {})
PROFILES: tuple[dict[str, Any], ...] = (
    {},
    {"uscc": "91110000600037341L", "numbering": "authority-post-year"},
    {"mode": "ministry"},
)


@dataclass(frozen=True)
class Case:
    """One certificate: whose (learners may hold several), where, what was recognised, and what stands in the way."""

    person: int
    place: int
    years: str
    trouble: str


cases = st.lists(
    st.builds(
        Case,
        person=st.integers(0, 2),
        place=st.sampled_from((0, 0, 1, 1, 2)),
        years=st.sampled_from(("renewal", "renewal", "annual", "both", "unmet")),
        trouble=st.sampled_from(("", "", "", "suspended", "lost photo", "issued")),
    ),
    min_size=1,
    max_size=5,
)


def make_world(some: Sequence[Case]) -> tuple[list[Holding], list[int]]:
    """The holdings of the cases and the years to issue; the same cases make the same world."""
    places = [make_ruled_authority(**policy) for policy in AUTHORITIES]
    for place, profile in zip(places, PROFILES, strict=True):
        IssuerProfile.objects.create(authority=place, **profile)
    people = {person: make_learner(full_name=f"测试{'甲乙丙'[person]}") for person in {each.person for each in some}}
    holdings, asked = [], []
    for each in some:
        holding = make_holding(learner=people[each.person], authority=places[each.place])
        asked += _make_years(holding, each)
        holdings.append(holding)
    for each, holding in zip(some, holdings, strict=True):
        if each.trouble == "suspended":
            record_event(holding=holding, operation="03", reason="核查", now=NOW)
        elif each.trouble == "lost photo":
            Learner.objects.filter(pk=holding.learner_id).update(photo_path="photos/lost.jpg", photo_sha256="0" * 64)
    return holdings, asked


def _make_years(holding: Holding, case: Case) -> list[int]:
    renewal = renewal_year(holding)
    if case.years == "unmet":
        return [renewal.pk]
    make_recognised_year(holding=holding)
    if case.years == "renewal":
        if case.trouble == "issued":
            with suppress(IssuedElsewhereError):
                renew_certificate(ce_year_id=renewal.pk, now=NOW)
        return [renewal.pk]
    if case.years == "annual":
        with suppress(IssuedElsewhereError):
            renew_certificate(ce_year_id=renewal.pk, now=NOW)
    annual = annual_years(holding) or [make_year_beside(holding, unfollowed_since=NOW.date() + timedelta(days=300))]
    meet_year(annual[0], now=NOW)
    return [annual[0].pk] if case.years == "annual" else [renewal.pk, annual[0].pk]


def rows_of(holdings: Sequence[Holding], *, since: int) -> list[Any]:
    """All that the database says of these holdings, without the keys that differ from world to world."""
    told = []
    for holding in Holding.objects.filter(pk__in=[each.pk for each in holdings]).order_by("pk"):
        certificates = list(holding.certificates.order_by("version"))
        names = {f"certificates.certificate:{each.uuid}": f"version {each.version}" for each in certificates}
        versions = {each.pk: each.version for each in certificates}
        years = list(
            CeYear.objects.filter(learner=holding.learner, post=holding.post, authority=holding.authority)
            .select_related("balance")
            .order_by("opens_on", "pk")
        )
        names |= {f"tracking.ceyear:{year.uuid}": f"year {place}" for place, year in enumerate(years)}
        renewals = list(Renewal.objects.filter(holding=holding).order_by("ce_year__opens_on"))
        names |= {f"certificates.renewal:{each.uuid}": f"renewal {place}" for place, each in enumerate(renewals)}
        audits = AuditEntry.objects.filter(target__in=names, pk__gt=since)
        told.append(
            {
                "holding": (holding.status, _stands(holding, certificates)),
                "certificates": [
                    (
                        *(
                            each.version,
                            versions.get(each.replaces_id),
                            each.issued_at,
                            each.template_version,
                            each.mode,
                        ),
                        *(bool(each.identifier), each.status_index is not None, each.number == certificates[0].number),
                        *(each.printed["ce_lines"], each.printed["issued_on"], each.printed["full_name"]),
                    )
                    for each in certificates
                ],
                "events": [
                    (
                        *(each.sequence, each.operation, each.status, each.at, each.actor_id is None, each.reason),
                        *(versions.get(each.certificate_id), versions.get(each.previous_id)),
                        each.authority_id == holding.authority_id,
                    )
                    for each in holding.events.order_by("sequence")
                ],
                "renewals": [
                    (each.reported_at, each.issued_at, each.attempts, each.claimed_at, each.failure, each.stopped_by)
                    for each in renewals
                ],
                "years": [
                    (
                        *(
                            each.kind,
                            each.label,
                            each.anchor_on,
                            each.origin,
                            each.opens_on,
                            each.closes_on,
                            each.due_on,
                        ),
                        *(each.met_at, each.decision, each.unfollowed_since, each.opened_at),
                        *(each.balance.need_minutes, each.balance.counted_common_minutes, each.balance.is_met),
                    )
                    for each in years
                ],
                "audits": Counter((row.action, row.actor_id, names[row.target], row.at) for row in audits),
            }
        )
    return told


def _stands(holding: Holding, certificates: Sequence[Any]) -> bool:
    """Whether the holding's own row says what its newest event and certificate say."""
    newest, last = certificates[-1] if certificates else None, holding.events.order_by("sequence").last()
    told = (holding.status, holding.certificate_mode, holding.last_issued_at, holding.certificate_number)
    if newest is None:
        return told == (last.status, "", None, "")
    return told == (last.status, newest.mode, newest.issued_at, newest.number)


@settings(max_examples=8, phases=(Phase.generate,), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some=cases)
def test_certificates_are_the_same_together_and_one_by_one(media_folder: Path, some: list[Case]) -> None:
    def alone(asked: list[int]) -> None:
        for pk in asked:
            with suppress(*REFUSED):
                renew_certificate(ce_year_id=pk, now=LATER)

    def together(asked: list[int]) -> None:
        issue_renewals(ce_year_ids=asked, now=LATER)

    told = []
    for act in (alone, together):
        with transaction.atomic():
            told.append(_told(act, some))
            transaction.set_rollback(True)
    assert told[1] == told[0]


def _told(act: Callable[[list[int]], None], some: Sequence[Case]) -> list[Any]:
    holdings, asked = make_world(some)
    since = AuditEntry.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    act(asked)
    once = rows_of(holdings, since=since)
    messages = SiteMessage.objects.count()
    act([*asked, *asked[:1]])
    twice = rows_of(holdings, since=since)
    held = FreeSerial.objects.exclude(held_for=None).count()
    return [once, twice, messages, SiteMessage.objects.count(), held]
