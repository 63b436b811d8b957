"""What a number, a package, a transfer or a correction could be bent to, and may not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from certificates.enums import CertificateOperation, CertificateStatus, HoldingAct, IssuerMode, IssueStop
from certificates.gateways.certificate_store import certificates_of_day
from certificates.models import (
    Certificate,
    FreeSerial,
    Holding,
    IssueItem,
    IssuerProfile,
    Renewal,
    StatusProposal,
)
from certificates.operations import (
    CorrectionRefusedError,
    IssueStoppedError,
    TransferRefusedError,
    confirm_proposal,
    issue_correction,
    issue_lanes,
    issue_next_piece,
    issue_renewals,
    record_event,
    renew_certificate,
    start_issue_run,
    take_ministry_return,
    wake_corrections,
)
from certificates.operations.issuing_claims import IssueOutcome, claim_renewals, stop_renewal
from certificates.operations.issuing_pages import make_page
from certificates.operations.issuing_records import Made, write_certificates
from certificates.queries import years_awaiting_renewal
from certificates.rules.number_schemes import NumberFacts, NumberScheme
from certificates.rules.numbering import certificate_number
from certificates.rules.printed import PrintedCertificate
from tests.factories.accounts import make_user
from tests.factories.certificates import (
    annual_years,
    make_certificate,
    make_holding,
    make_recognised_year,
    meet_year,
)
from tests.factories.ministry import answer, make_batch, make_ministry_authority, write_return
from tests.factories.registrars import act_on, make_proposal, make_registrar
from tests.factories.tracking import NOW, make_ruled_authority

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]
LATER = NOW + timedelta(hours=2)
DAY = timedelta(days=1)


def fresh(holding: Holding) -> Holding:
    return Holding.objects.select_related("learner", "post", "authority").get(pk=holding.pk)


def test_a_number_that_came_back_from_elsewhere_does_not_stop_an_authoritys_issue():
    first = make_recognised_year()
    second = make_recognised_year(holding=make_holding(authority=first.authority))
    taken = certificate_number(authority_code=first.authority.code, year=2026, serial=1)
    batch = make_batch()
    lines, files = answer(batch, number=taken)
    take_ministry_return(batch=batch, content=write_return(batch, lines, files), actor=make_user(), now=LATER)
    assert Certificate.objects.get().number == taken

    outcomes = issue_renewals(ce_year_ids=[first.pk, second.pk], now=LATER)

    serials = [int(outcomes[year.pk].certificate.number[-8:-1]) for year in (first, second)]
    assert sorted(serials) == [2, 3]
    assert not FreeSerial.objects.filter(serial=1).exists()


def test_a_number_let_go_under_a_slow_worker_is_given_once():
    slow = make_recognised_year()
    next_one = make_recognised_year(holding=make_holding(authority=slow.authority))
    (draft,) = claim_renewals(ce_year_ids=[slow.pk], now=LATER).drafts
    made = Made(draft, make_page(draft, now=LATER))
    stop_renewal(Renewal.objects.get(ce_year=slow), stop="signer", reason="另一工作进程没有密钥")
    claimed = claim_renewals(ce_year_ids=[next_one.pk], now=LATER).drafts
    write_certificates([made], now=LATER)

    outcomes = issue_renewals(ce_year_ids=[slow.pk, next_one.pk], now=LATER + timedelta(minutes=5))

    numbers = [outcomes[year.pk].certificate.number for year in (slow, next_one)]
    assert len(set(numbers)) == 2
    assert len(claimed) == 1
    third = make_recognised_year(holding=make_holding(authority=slow.authority))
    numbers.append(renew_certificate(ce_year_id=third.pk, now=LATER + timedelta(minutes=6)).number)
    assert sorted(int(number[-8:-1]) for number in numbers) == [1, 2, 3]


def test_a_certificate_received_elsewhere_is_not_restored_where_it_left():
    receiver = make_ruled_authority()
    source = make_certificate().holding
    act_on(fresh(source), HoldingAct.TRANSFER_OUT, changes={"to": receiver.code}, now=LATER)
    act_on(fresh(source), HoldingAct.TRANSFER_IN, authority=receiver, now=LATER)
    act_on(fresh(source), HoldingAct.CANCEL, now=LATER)

    with pytest.raises(TransferRefusedError) as caught:
        act_on(fresh(source), HoldingAct.RESTORE, now=LATER)

    assert caught.value.code == "taken"
    assert fresh(source).status == CertificateStatus.CANCELLED


def test_a_certificate_that_came_home_keeps_the_years_it_gained_elsewhere():
    holding = make_certificate().holding
    home, away = holding.authority, make_ruled_authority()
    at = NOW + 5 * DAY
    act_on(fresh(holding), HoldingAct.TRANSFER_OUT, changes={"to": away.code}, now=at)
    act_on(fresh(holding), HoldingAct.TRANSFER_IN, authority=away, now=at)
    guest = Holding.objects.get(authority=away)
    year = annual_years(guest)[-1]
    met_at = NOW.replace(year=year.opens_on.year, month=year.opens_on.month, day=year.opens_on.day) + 3 * DAY
    meet_year(year, now=met_at)
    renew_certificate(ce_year_id=year.pk, now=met_at + DAY)
    act_on(fresh(guest), HoldingAct.TRANSFER_OUT, changes={"to": home.code}, now=met_at + 2 * DAY)
    act_on(fresh(guest), HoldingAct.TRANSFER_IN, authority=home, now=met_at + 3 * DAY)
    last = annual_years(holding)[-1]
    later = met_at + 366 * DAY
    type(last).objects.filter(pk=last.pk).update(opens_on=later.date(), closes_on=later.date() + 300 * DAY)
    last.refresh_from_db()
    meet_year(last, now=later)

    certificate = renew_certificate(ce_year_id=last.pk, now=later + DAY)

    lines = PrintedCertificate.from_json(certificate.printed).ce_lines
    assert (certificate.holding_id, certificate.version, len(lines)) == (holding.pk, 2, 3)


def test_what_the_ministry_made_is_not_corrected_under_this_sites_seal():
    batch = make_batch()
    lines, files = answer(batch)
    take_ministry_return(batch=batch, content=write_return(batch, lines, files), actor=make_user(), now=LATER)
    holding = fresh(Certificate.objects.get().holding)
    with pytest.raises(CorrectionRefusedError):
        make_proposal(holding, HoldingAct.CORRECT, changes={"issuing_institution": "测试另一机构"})


def test_a_correction_that_a_status_stopped_goes_on_when_the_status_is_given_back():
    holding = make_certificate().holding
    proposal = make_proposal(fresh(holding), HoldingAct.CORRECT, changes={"issuing_institution": "测试另一机构"})
    confirm_proposal(proposal_id=proposal.pk, actor=make_registrar(holding.authority), now=LATER)
    act_on(fresh(holding), HoldingAct.CANCEL, now=LATER)
    with pytest.raises(IssueStoppedError):
        issue_correction(proposal_id=proposal.pk, now=LATER)
    assert wake_corrections(limit=5, now=LATER) == 0

    act_on(fresh(holding), HoldingAct.RESTORE, now=LATER)

    assert StatusProposal.objects.get(pk=proposal.pk).failure == ""
    assert issue_correction(proposal_id=proposal.pk, now=LATER + DAY).version == 2


def test_a_file_of_the_ministry_that_is_refused_lies_where_the_sweep_looks():
    batch = make_batch()
    lines, files = answer(batch)
    holding = Holding.objects.get(authority=batch.authority)
    record_event(holding=holding, operation=CertificateOperation.SUSPEND, now=NOW)
    late = NOW + 30 * DAY

    report = take_ministry_return(batch=batch, content=write_return(batch, lines, files), actor=make_user(), now=late)

    assert (report.stored, len(report.refused)) == (0, 1)
    recognised_at = Renewal.objects.get().recognised_at
    assert certificates_of_day(timezone.localdate(recognised_at)) == []
    assert len(certificates_of_day(timezone.localdate(late))) == 1


def test_a_number_held_before_the_ministry_took_over_goes_to_the_next():
    year = make_recognised_year()
    claim_renewals(ce_year_ids=[year.pk], now=NOW)
    assert FreeSerial.objects.exclude(held_for=None).count() == 1
    IssuerProfile.objects.create(authority=year.authority, mode=IssuerMode.MINISTRY)

    assert issue_renewals(ce_year_ids=[year.pk], now=LATER)[year.pk].code == "ministry"

    assert not FreeSerial.objects.exclude(held_for=None).exists()


def test_packages_that_never_came_back_do_not_crowd_out_who_waits_here():
    authority = make_ministry_authority()
    make_batch(authority=authority, number=2)
    IssuerProfile.objects.filter(authority=authority).update(mode=IssuerMode.OWN)
    waiting = make_recognised_year(now=NOW + DAY)

    assert years_awaiting_renewal(limit=2) == [waiting.pk]


def test_a_correction_that_no_key_could_sign_goes_on_by_itself():
    holding = make_certificate().holding
    proposal = make_proposal(fresh(holding), HoldingAct.CORRECT, changes={"issuing_institution": "测试另一机构"})
    confirm_proposal(proposal_id=proposal.pk, actor=make_registrar(holding.authority), now=LATER)
    profile = IssuerProfile.objects.create(authority=holding.authority, signer="not-configured")
    with pytest.raises(IssueStoppedError):
        issue_correction(proposal_id=proposal.pk, now=LATER)
    assert wake_corrections(limit=5, now=LATER + DAY) == 0
    profile.delete()

    assert wake_corrections(limit=5, now=LATER + DAY, everything=True) == 1

    assert issue_correction(proposal_id=proposal.pk, now=LATER + DAY).version == 2
    assert StatusProposal.objects.get(pk=proposal.pk).stopped_by == ""


def test_a_correction_that_kills_its_workers_is_not_tried_for_ever():
    holding = make_certificate().holding
    proposal = make_proposal(fresh(holding), HoldingAct.CORRECT, changes={"issuing_institution": "测试另一机构"})
    confirm_proposal(proposal_id=proposal.pk, actor=make_registrar(holding.authority), now=LATER)
    StatusProposal.objects.filter(pk=proposal.pk).update(attempts=3)
    with pytest.raises(IssueStoppedError):
        issue_correction(proposal_id=proposal.pk, now=LATER)

    assert wake_corrections(limit=5, now=LATER + DAY, everything=True) == 0


def test_a_certificate_whose_recognised_year_is_not_printed_yet_does_not_leave():
    holding = make_certificate().holding
    receiver = make_ruled_authority()
    year = annual_years(holding)[-1]
    meet_year(year, now=NOW.replace(year=year.opens_on.year, month=year.opens_on.month, day=year.opens_on.day) + DAY)

    with pytest.raises(TransferRefusedError) as caught:
        act_on(fresh(holding), HoldingAct.TRANSFER_OUT, changes={"to": receiver.code}, now=LATER)
    assert caught.value.code == "unprinted"

    renew_certificate(ce_year_id=year.pk, now=LATER)
    act_on(fresh(holding), HoldingAct.TRANSFER_OUT, changes={"to": receiver.code}, now=LATER)
    assert fresh(holding).status == CertificateStatus.TRANSFERRED


def test_what_one_worker_settled_in_a_mass_issue_a_slower_one_leaves_alone(monkeypatch: pytest.MonkeyPatch):
    year = make_recognised_year()
    run = start_issue_run(authority=year.authority, actor=make_user(), now=LATER)

    def overtaken(**options: object) -> object:
        IssueItem.objects.filter(run=run).update(state="issued", done_at=LATER)
        return {year.pk: IssueOutcome(stop=IssueStop.SIGNER, reason="没有密钥")}

    monkeypatch.setattr(issue_lanes, "issue_renewals", overtaken)
    issue_next_piece(run_id=run.pk, lane=0, now=LATER)

    assert IssueItem.objects.get(run=run).state == "issued"


def constant_number(facts: NumberFacts, serial: int) -> str:
    return "X1"


SAME_FOR_ALL = NumberScheme(run=lambda facts: facts.authority_code, number=constant_number)


@override_settings(XUESHI_NUMBER_SCHEMES={"same": "tests.certificates.test_attacks.SAME_FOR_ALL"})
def test_a_scheme_that_repeats_itself_holds_no_worker_for_ever():
    first = make_recognised_year()
    second = make_recognised_year(holding=make_holding(authority=first.authority))
    IssuerProfile.objects.create(authority=first.authority, numbering="same")

    assert renew_certificate(ce_year_id=first.pk, now=LATER).number == "X1"
    assert issue_renewals(ce_year_ids=[second.pk], now=LATER)[second.pk].code == "claimed"

    assert Certificate.objects.count() == 1
