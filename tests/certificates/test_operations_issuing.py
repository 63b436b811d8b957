"""Certificates by the handful: whatever one suffers, the others get theirs, and each exactly once."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Authority
from certificates.enums import IssueStop
from certificates.gateways.certificate_store import StoreAwayError
from certificates.models import Certificate, FreeSerial, Holding, IssuerProfile, Renewal
from certificates.operations import (
    IssuedElsewhereError,
    IssueStoppedError,
    issue_renewals,
    issuing_records,
    record_event,
    renew_certificate,
    retry_stopped_renewals,
    set_learner_photo,
    wake_renewals,
)
from certificates.operations import issuing as issuing_module
from certificates.queries import years_awaiting_renewal
from certificates.rules.numbering import CredentialIdentifier
from tests.factories.accounts import make_learner
from tests.factories.certificates import (
    make_certificate,
    make_holding,
    make_photo,
    make_recognised_year,
    make_year_beside,
    meet_year,
)
from tests.factories.tracking import NOW
from tracking.models import CeYear

LATER = NOW + timedelta(hours=1)
UNPRINTABLE = "测试\U0003fffd"
USCC = "91110000600037341L"


def rename(year: CeYear, name: str) -> None:
    type(year.learner).objects.filter(pk=year.learner_id).update(full_name=name)


def make_years(count: int, **policy: object) -> list[CeYear]:
    first = make_recognised_year()
    others = [make_recognised_year(holding=make_holding(authority=first.authority)) for _ in range(count - 1)]
    return [first, *others]


def issue(*years: CeYear, now: datetime = LATER, **options: bool) -> list[str]:
    """The serial of each year's certificate, or why there is none."""
    outcomes = issue_renewals(ce_year_ids=[year.pk for year in years], now=now, **options)
    told = [outcomes[year.pk] for year in years]
    return [str(int(one.certificate.number[-8:-1])) if one.certificate else one.stop or one.code for one in told]


@pytest.mark.django_db
def test_a_handful_is_issued_in_its_order(media_folder: Path):
    years = make_years(4)
    assert issue(*years) == ["1", "2", "3", "4"]
    assert Renewal.objects.filter(issued_at=LATER, attempts=0, claimed_at=None).count() == 4
    assert issue(*reversed(years)) == ["4", "3", "2", "1"]
    assert Certificate.objects.count() == 4
    assert not FreeSerial.objects.exclude(held_for=None).exists()


@pytest.mark.django_db
def test_what_one_suffers_keeps_no_other_from_its_certificate_and_no_number_is_lost(media_folder: Path):
    first, second, third = make_years(3)
    rename(second, UNPRINTABLE)

    assert issue(first, second, third) == ["1", "text", "3"]

    rename(second, "测试乙")
    assert retry_stopped_renewals() == 1
    assert issue(second) == ["2"]


@pytest.mark.django_db
def test_a_number_that_a_stopped_renewal_lets_go_is_the_next_ones(media_folder: Path):
    first, second, third = make_years(3)
    rename(first, UNPRINTABLE)
    assert issue(first, second) == ["text", "2"]
    assert issue(third) == ["1"]


@pytest.mark.django_db
def test_two_years_of_one_holding_become_two_versions(media_folder: Path):
    holding = make_holding()
    first = make_recognised_year(holding=holding)
    second = CeYear.objects.get(pk=first.pk)
    annual = meet_year(make_year_beside(holding), now=NOW)

    issue(first, annual)

    assert second.pk == first.pk
    assert list(holding.certificates.order_by("version").values_list("version", "replaces__version")) == [
        (1, None),
        (2, 1),
    ]


@pytest.mark.django_db
def test_a_storage_that_is_away_stops_nothing_for_good(media_folder: Path, monkeypatch):
    years = make_years(3)
    with monkeypatch.context() as patch:
        patch.setattr(storages["private"], "exists", lambda path: open("/proc/self/mem/x"))  # noqa: SIM115
        assert issue(*years) == ["away", "away", "away"]
        with pytest.raises(StoreAwayError):
            renew_certificate(ce_year_id=years[0].pk, now=LATER)
    assert set(Renewal.objects.values_list("failure", "attempts", "claimed_at")) == {("", 0, None)}
    assert years_awaiting_renewal(limit=10) == [year.pk for year in years]
    assert issue(*years) == ["1", "2", "3"]


@pytest.mark.django_db
def test_an_error_nobody_foresaw_is_tried_three_times_alone_and_then_left_to_a_person(media_folder: Path, monkeypatch):
    good, bad = make_years(2)
    real = issuing_module.make_page

    def broken(draft, *, now):  # type: ignore[no-untyped-def]
        if draft.cause.ce_year_id == bad.pk:
            raise ZeroDivisionError
        return real(draft, now=now)

    monkeypatch.setattr(issuing_module, "make_page", broken)
    assert issue(bad, good) == ["error", "2"]
    assert (issue(bad), issue(bad)) == (["error"], ["error"])
    assert issue(bad) == ["worker"]
    renewal = Renewal.objects.get(ce_year=bad)
    assert (renewal.failure, renewal.stopped_by) == ("多次签发均异常中断，请联系管理员处理", "worker")

    monkeypatch.undo()
    retry_stopped_renewals()
    assert issue(bad) == ["1"]


@pytest.mark.django_db
def test_a_renewal_that_kills_its_workers_is_made_alone_and_found(media_folder: Path, monkeypatch):
    good, killer = make_years(2)
    rounds: list[list[int]] = []

    class Killed(BaseException):
        """What ends a process tells nobody."""

    def dying(drafts, outcomes, *, now):  # type: ignore[no-untyped-def]
        rounds.append(sorted(draft.cause.ce_year_id for draft in drafts))
        if killer.pk in rounds[-1]:
            raise Killed
        return real(drafts, outcomes, now=now)

    real = issuing_module._made
    monkeypatch.setattr(issuing_module, "_made", dying)
    minutes = timedelta(minutes=2)
    with pytest.raises(Killed):
        issue(good, killer)
    with pytest.raises(Killed):
        issue(killer, good, now=LATER + minutes)
    with pytest.raises(Killed):
        issue(killer, now=LATER + 2 * minutes)
    assert issue(killer, good, now=LATER + 3 * minutes) == ["worker", "1"]
    assert [each for each in rounds if each] == [[good.pk, killer.pk], [killer.pk], [killer.pk], [good.pk]]


@pytest.mark.django_db
def test_a_young_claim_is_left_to_its_worker_where_that_is_asked(media_folder: Path):
    (year,) = make_years(1)
    Renewal.objects.create(ce_year=year, holding=Holding.objects.get(), recognised_at=NOW, claimed_at=LATER, attempts=1)
    assert issue(year, skip_claimed=True) == ["claimed"]
    assert years_awaiting_renewal(limit=1, claimed_before=LATER - timedelta(seconds=60)) == []
    assert issue(year, now=LATER + timedelta(seconds=61), skip_claimed=True) == ["1"]


@pytest.mark.django_db
def test_a_holding_that_may_not_be_extended_waits_with_a_reason_and_goes_on_when_it_may(media_folder: Path):
    (year,) = make_years(1)
    record_event(holding=Holding.objects.get(), operation="03", reason="核查", now=NOW)

    with pytest.raises(IssueStoppedError) as caught:
        renew_certificate(ce_year_id=year.pk, now=LATER)

    assert caught.value.stop == IssueStop.STATUS
    renewal = Renewal.objects.get()
    assert (renewal.failure, renewal.stopped_by) == (str(caught.value), "status")
    assert (renewal.reported_at, renewal.attempts) == (LATER, 0)
    assert renewal.failure == "证书现为“暂停”状态，不能签发或延续。请联系主管部门"
    assert wake_renewals(limit=5, now=LATER) == 0

    record_event(holding=Holding.objects.get(), operation="06", reason="核查完毕", now=LATER)
    assert wake_renewals(limit=5, now=LATER) == 1
    assert issue(year) == ["1"]


@pytest.mark.django_db
def test_a_holding_suspended_while_its_page_is_set_gets_no_certificate(media_folder: Path, monkeypatch):
    (year,) = make_years(1)
    real = issuing_module.make_page

    def suspended_meanwhile(draft, *, now):  # type: ignore[no-untyped-def]
        page = real(draft, now=now)
        record_event(holding=Holding.objects.get(), operation="03", reason="核查", now=now)
        return page

    monkeypatch.setattr(issuing_module, "make_page", suspended_meanwhile)
    assert issue(year) == ["status"]
    assert not Certificate.objects.exists()
    assert list(media_folder.rglob("*.pdf")) == []


@pytest.mark.django_db
def test_the_ministrys_certificates_are_left_to_it(media_folder: Path):
    (year,) = make_years(1)
    IssuerProfile.objects.create(authority=Authority.objects.get(pk=year.authority_id), mode="ministry")
    with pytest.raises(IssuedElsewhereError):
        renew_certificate(ce_year_id=year.pk, now=LATER)
    assert Renewal.objects.get().reported_at is None
    assert years_awaiting_renewal(limit=5) == []


@pytest.mark.django_db
def test_an_issuer_with_a_uscc_prints_an_identifier_that_keeps_its_serial(media_folder: Path):
    holding = make_holding()
    IssuerProfile.objects.create(authority=holding.authority, uscc=USCC, numbering="authority-post-year")
    certificate = make_certificate(holding=holding)
    identifier = CredentialIdentifier.parse(certificate.identifier)
    assert (identifier.issuer_uscc, identifier.serial, identifier.version) == (USCC, certificate.number, 1)
    assert certificate.printed["identifier"] == certificate.identifier


@pytest.mark.django_db
@pytest.mark.parametrize(("field", "value"), [("numbering", "no-such-scheme"), ("uscc", "short")])
def test_numbers_that_cannot_be_made_stop_the_issue_with_a_reason(media_folder: Path, field: str, value: str):
    (year,) = make_years(1)
    IssuerProfile.objects.create(authority=Authority.objects.get(pk=year.authority_id), **{field: value})
    assert issue(year) == ["numbers"]
    assert Renewal.objects.get().failure.startswith("无法生成证书编号（")


@pytest.mark.django_db
def test_a_number_held_on_new_years_eve_stays_last_years(media_folder: Path, monkeypatch):
    (year,) = make_years(1)
    eve = NOW.replace(month=12, day=31, hour=15, minute=59)
    with monkeypatch.context() as patch:
        patch.setattr(issuing_module, "write_certificates", None)
        with pytest.raises(TypeError):
            issue(year, now=eve)
    after = eve + timedelta(minutes=5)
    assert issue(year, now=after) == ["1"]
    certificate = Certificate.objects.get()
    assert (certificate.number[-12:-8], certificate.printed["issued_on"]) == ("2026", "2027-01-01")


@pytest.mark.django_db
def test_every_certificate_has_a_place_in_the_status_lists_a_code_and_a_key(media_folder: Path):
    years = make_years(3)
    set_learner_photo(learner=years[0].learner, data=make_photo(), now=NOW)
    issue(*years)
    certificates = list(Certificate.objects.order_by("pk"))
    assert len({each.status_index for each in certificates} - {None}) == 3
    assert all(each.qr_payload and each.signing_key_id for each in certificates)
    assert [bool(each.photo_sha256) for each in certificates] == [True, False, False]
    assert [each.printed["schema"] for each in certificates] == [2, 2, 2]


@pytest.mark.django_db
def test_a_year_without_a_holding_is_named_and_keeps_nobody(media_folder: Path):
    first, second = make_years(2)
    other = make_learner()
    Holding.objects.filter(learner=first.learner).update(learner=other)
    assert issue(first, second) == ["no_holding", "1"]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["renewal", "annual"])
def test_the_statements_of_a_handful_are_shared(media_folder: Path, django_assert_num_queries, kind: str):
    years = make_years(8)
    if kind == "annual":
        issue(*years)
        years = [meet_year(each, now=NOW) for each in CeYear.objects.filter(kind="annual").order_by("pk")]
    issue(*years[:2])
    with CaptureQueriesContext(connection) as two:
        issue(*years[2:4])
    with django_assert_num_queries(len(two)):
        issue(*years[4:])
    assert len(two) < 75


@pytest.mark.django_db
def test_what_cannot_be_written_keeps_no_other_from_its_certificate(media_folder: Path, monkeypatch):
    good, bad, better = make_years(3)
    real = issuing_records.open_annual_years

    def broken(*, holders, issued_on, now):  # type: ignore[no-untyped-def]
        real(holders=holders, issued_on=issued_on, now=now)
        if bad.learner_id in [each["learner"].pk for each in holders]:
            raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(issuing_records, "open_annual_years", broken)
        assert issue(good, bad, better) == ["1", "error", "3"]
    assert (Certificate.objects.count(), CeYear.objects.filter(kind="annual").count()) == (2, 2)
    assert sorted(Holding.objects.exclude(certificate_number="").values_list("learner", flat=True)) == [
        good.learner_id,
        better.learner_id,
    ]
    assert len(list((media_folder / "private" / "certificates").rglob("*.pdf"))) == 2
    assert issue(bad) == ["2"]
