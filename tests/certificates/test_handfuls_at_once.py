"""Handfuls beside each other, beside officers, and cut off anywhere: nobody waits in a circle, nothing is half."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import AuditEntry, Authority
from certificates.enums import IssueStop
from certificates.models import Certificate, FreeSerial, Holding, HoldingEvent, IssuerProfile, Renewal
from certificates.operations import issue_renewals, make_ministry_batch, renew_certificate, retry_stopped_renewals
from certificates.operations import issuing as issuing_module
from certificates.operations.issuing_claims import claim_renewals, stop_renewal
from certificates.operations.issuing_pages import make_page
from certificates.operations.issuing_records import Made, write_certificates
from tests.factories.accounts import make_learner, make_user
from tests.factories.certificates import (
    annual_years,
    make_holding,
    make_recognised_year,
    make_year_beside,
    meet_year,
)
from tests.factories.threads import in_threads
from tests.factories.tracking import NOW, make_ruled_authority
from tracking.models import CeYear

LATER = NOW + timedelta(hours=1)
MUCH_LATER = LATER + timedelta(minutes=5)


def make_annual(holding: Holding) -> CeYear:
    """A recognised annual year beside the renewal of a holding."""
    return meet_year(make_year_beside(holding), now=NOW)


@contextmanager
def before_statement(begins: str, act: Callable[[], None]) -> Iterator[None]:
    """Act once before the first statement that begins so, of this connection."""
    done: list[bool] = []

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not done and sql.startswith(begins):
            done.append(True)
            act()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield


@pytest.mark.django_db(transaction=True)
def test_who_writes_and_who_opens_renewals_of_the_same_holdings_do_not_wait_in_a_circle(media_folder: Path):
    authority = make_ruled_authority()
    first, second = make_holding(authority=authority), make_holding(authority=authority)
    years = [make_recognised_year(holding=holding).pk for holding in (first, second)]
    annual = make_annual(first)
    claims = claim_renewals(ce_year_ids=years, now=LATER)
    made = [Made(draft, make_page(draft, now=LATER)) for draft in claims.drafts]
    holdings_are_locked = Event()

    def stand_still() -> None:
        holdings_are_locked.set()
        Event().wait(0.7)  # until the other waits, and before the database looks for circles

    def write() -> list[Any]:
        with before_statement('SELECT "certificates_renewal"."id"', stand_still):
            return write_certificates(made, now=LATER)

    def open_more() -> Any:
        holdings_are_locked.wait(10)
        return claim_renewals(ce_year_ids=[annual.pk, years[1]], now=LATER, skip_claimed=True)

    failures = [each for each in in_threads(write, open_more) if isinstance(each, Exception)]

    assert failures == []
    assert Certificate.objects.count() == 2
    assert Renewal.objects.filter(ce_year=annual, issued_at=None).count() == 1


@pytest.mark.django_db
def test_a_renewal_that_goes_to_the_ministry_while_its_page_is_set_gets_no_certificate_here(
    media_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    authority, officer = make_ruled_authority(), make_user()
    years = [make_recognised_year(holding=make_holding(authority=authority)).pk for _ in range(2)]
    real = issuing_module.make_page

    def packed_meanwhile(draft: Any, *, now: Any) -> Any:
        if not IssuerProfile.objects.filter(mode="ministry").exists():
            IssuerProfile.objects.create(authority=authority, mode="ministry")
            assert make_ministry_batch(authority=authority, actor=officer, now=now).total == 2
        return real(draft, now=now)

    monkeypatch.setattr(issuing_module, "make_page", packed_meanwhile)
    outcomes = issue_renewals(ce_year_ids=years, now=LATER)

    assert [outcomes[pk].code for pk in years] == ["ministry", "ministry"]
    assert (Certificate.objects.count(), Renewal.objects.filter(issued_at=None).count()) == (0, 2)
    assert list(media_folder.rglob("certificates/**/*.pdf")) == []
    assert not FreeSerial.objects.exclude(held_for=None).exists()


@pytest.mark.django_db(transaction=True)
def test_workers_with_the_same_learners_in_other_orders_issue_each_once(media_folder: Path):
    authority = make_ruled_authority()
    years = []
    for _ in range(4):
        learner = make_learner()
        holdings = [make_holding(learner=learner, authority=authority) for _ in range(2)]
        years += [make_recognised_year(holding=holding).pk for holding in holdings]
        years.append(make_annual(holdings[0]).pk)
    turned = [years[step:] + years[:step] for step in (0, 5, 9)]

    def issue(some: list[int]) -> list[int]:
        return [outcome.certificate.pk for outcome in issue_renewals(ce_year_ids=some, now=LATER).values()]  # type: ignore[union-attr]

    answers = in_threads(*[lambda some=some: issue(some) for some in (years, years[::-1], *turned[1:])])

    assert [each for each in answers if isinstance(each, Exception)] == []
    assert {frozenset(each) for each in answers} == {frozenset(Certificate.objects.values_list("pk", flat=True))}
    assert Certificate.objects.count() == len(years) == 12
    assert_whole()


@pytest.mark.django_db(transaction=True)
def test_what_is_let_go_on_waits_for_claims_in_their_order(media_folder: Path):
    authority = make_ruled_authority()
    years = [make_recognised_year(holding=make_holding(authority=authority)).pk for _ in range(4)]
    claim_renewals(ce_year_ids=years, now=NOW)
    renewals = list(Renewal.objects.order_by("pk"))
    for each in reversed(renewals):  # so that they lie in the table in the other order
        stop_renewal(each, stop=IssueStop.SIGNER, reason="核查")
    middle_is_locked, both_wait = Event(), Event()

    def stand_in_the_middle() -> None:
        with transaction.atomic():
            list(Renewal.objects.select_for_update().filter(pk__in=[renewals[1].pk, renewals[2].pk]).order_by("pk"))
            middle_is_locked.set()
            both_wait.wait(0.6)

    def after_that(act: Callable[[], Any]) -> Callable[[], Any]:
        def wait_and_act() -> Any:
            middle_is_locked.wait(10)
            return act()

        return wait_and_act

    calls = [stand_in_the_middle, after_that(retry_stopped_renewals)]
    calls.append(after_that(lambda: claim_renewals(ce_year_ids=years, now=LATER)))
    answers = in_threads(*calls)

    assert [each for each in answers if isinstance(each, Exception)] == []
    assert Renewal.objects.filter(failure="").count() == 4


class Killed(BaseException):
    """A worker that is no more; nothing that it runs can catch this."""


def dies_before(number: int) -> Any:
    """A wrapper of statements that lets no more than ``number`` of them happen."""
    left = [number]

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not left[0] and not sql.startswith(("ROLLBACK", "RELEASE")):  # the database itself gives up what is open
            raise Killed
        left[0] = max(0, left[0] - 1)
        return execute(sql, params, many, context)

    return wrapper


def assert_whole() -> None:
    """Each certificate has its event, its audit row and its standing holding; each renewal its year; no number lost."""
    certificates = list(Certificate.objects.select_related("holding"))
    made = list(HoldingEvent.objects.filter(operation__in=("01", "02")).values_list("certificate", flat=True))
    assert sorted(made) == sorted(each.pk for each in certificates)
    audits = AuditEntry.objects.filter(action="certificate.issue").values_list("target", "actor")
    assert sorted(audits) == sorted((f"certificates.certificate:{each.uuid}", None) for each in certificates)
    reports = AuditEntry.objects.filter(action="renewal.report").values_list("target", flat=True)
    assert len(set(reports)) == len(reports) == Renewal.objects.exclude(reported_at=None).count()
    opened = list(AuditEntry.objects.filter(action="ce_year.open").values_list("target", flat=True))
    assert len(set(opened)) == len(opened)
    newest = {each.holding_id: each.version for each in sorted(certificates, key=lambda each: each.version)}
    assert sum(newest.values()) == len(certificates)
    issued = Renewal.objects.exclude(issued_at=None)
    assert set(issued.values_list("pk", flat=True)) == {each.renewal_id for each in certificates}
    assert {(each.holding.certificate_number, each.holding.last_issued_at) for each in certificates} == {
        (each.number, each.issued_at) for each in certificates if newest[each.holding_id] == each.version
    }
    serials = sorted({int(each.number[-8:-1]) for each in certificates})
    free = set(FreeSerial.objects.values_list("serial", flat=True))
    assert not free & set(serials)
    assert not serials or set(range(1, serials[-1] + 1)) <= free | set(serials)
    assert {each.holding_id for each in certificates} == {
        each.pk for each in Holding.objects.exclude(certificate_number="") if annual_years(each)
    }


def deaths_of(act: Callable[[], Any], look: Callable[[], None]) -> int:
    """Let a worker die before each statement of ``act`` in turn and ``look`` at what it left, each time in the same
    world; gives how many statements there were.
    """
    died = 0
    while True:
        with transaction.atomic():
            try:
                with connection.execute_wrapper(dies_before(died)):
                    act()
            except Killed:
                died += 1
                look()
                transaction.set_rollback(True)
            else:
                return died


def make_three(authority: Authority) -> list[int]:
    """Recognised years of three holdings: two of one learner; one is annual, with a certificate before it."""
    learner = make_learner()
    first, second = (make_holding(learner=learner, authority=authority) for _ in range(2))
    third = make_holding(authority=authority)
    renew_certificate(ce_year_id=make_recognised_year(holding=third).pk, now=NOW)
    return [make_recognised_year(holding=first).pk, make_annual(third).pk, make_recognised_year(holding=second).pk]


@pytest.mark.django_db
def test_a_worker_that_dies_before_any_statement_of_its_claim_holds_up_nobody(media_folder: Path):
    years = make_three(make_ruled_authority())
    numbers: list[list[str]] = []

    def look() -> None:
        waiting, drafted = years, {}
        while waiting:  # alone, where the claim was committed
            claims = claim_renewals(ce_year_ids=waiting, now=MUCH_LATER, skip_claimed=True)
            drafted |= {draft.cause.ce_year_id: draft.printed.number[-8:-1] for draft in claims.drafts}  # type: ignore[union-attr]
            waiting = claims.later
        numbers.append([drafted[pk] for pk in years])
        assert set(Renewal.objects.filter(issued_at=None).values_list("attempts", flat=True)) <= {1, 2}
        assert FreeSerial.objects.exclude(held_for=None).count() == 2
        assert AuditEntry.objects.filter(action="renewal.report").count() == 4

    died = deaths_of(lambda: claim_renewals(ce_year_ids=years, now=LATER, skip_claimed=True), look)

    assert 15 < died < 60
    assert numbers == [["0000002", "0000001", "0000003"]] * died


@pytest.mark.django_db
def test_a_worker_that_dies_before_any_statement_of_its_writing_leaves_nothing_half(media_folder: Path):
    years = make_three(make_ruled_authority())
    claims = claim_renewals(ce_year_ids=years, now=LATER)
    made = [Made(draft, make_page(draft, now=LATER)) for draft in claims.drafts]

    def look() -> None:
        assert_whole()
        assert Certificate.objects.count() == 1
        written = write_certificates(made, now=MUCH_LATER)
        assert [bool(each.certificate) for each in written] == [True] * 3
        assert_whole()
        assert [each.certificate for each in write_certificates(made, now=MUCH_LATER)] == [
            each.certificate for each in written
        ]
        assert_whole()

    assert 25 < deaths_of(lambda: write_certificates(made, now=LATER), look) < 60
    assert len(list(media_folder.rglob("certificates/**/*.pdf"))) == 4
