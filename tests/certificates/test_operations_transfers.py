"""A certificate goes from one authority to another, and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Authority
from certificates.enums import HoldingAct
from certificates.models import Holding, HoldingEvent, StatusProposal
from certificates.operations import TransferRefusedError, confirm_proposal, renew_certificate
from certificates.queries import incoming_transfers
from tests.factories.accounts import make_user
from tests.factories.certificates import annual_years, make_certificate, make_holding, meet_year
from tests.factories.registrars import act_on, make_proposal, make_registrar
from tests.factories.tracking import NOW, make_ruled_authority
from tracking.models import CeYear, YearBalance

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=10)


@pytest.fixture(autouse=True)
def files(media_folder: Any) -> None:
    """Keep certificates' files in a folder of the test."""


def send(holding: Holding, to: Authority, now: datetime = LATER) -> Holding:
    act_on(Holding.objects.get(pk=holding.pk), HoldingAct.TRANSFER_OUT, changes={"to": to.code}, now=now)
    return Holding.objects.get(pk=holding.pk)


def receive(source: Holding, at: Authority, now: datetime = LATER) -> Holding:
    act_on(source, HoldingAct.TRANSFER_IN, authority=at, now=now)
    return Holding.objects.get(learner=source.learner, post=source.post, authority=at)


def refused(call: Any) -> tuple[str, str]:
    with pytest.raises(TransferRefusedError) as error:
        call()
    return error.value.code, str(error.value)


def history(holding: Holding) -> list[tuple[str, str]]:
    return list(HoldingEvent.objects.filter(holding=holding).order_by("sequence").values_list("operation", "status"))


def test_a_certificate_goes_out_and_waits_at_the_receiving_desk():
    receiver, officer = make_ruled_authority(), make_user()
    holding = send(make_certificate().holding, receiver)

    assert holding.status == "06"
    event = HoldingEvent.objects.get(holding=holding, status="06")
    assert (event.operation, event.related) == ("07", receiver.name)
    (waiting,) = incoming_transfers([receiver], officer=officer)
    assert (waiting, waiting.transferred_at, waiting.receiver_code) == (holding, LATER, receiver.code)
    assert not incoming_transfers([holding.authority], officer=officer)
    assert not incoming_transfers([receiver], officer=holding.learner.user)


def test_the_receiving_authority_holds_it_with_its_years_and_cites_the_certificate():
    certificate = make_certificate()
    receiver = make_ruled_authority()
    source = send(certificate.holding, receiver)

    holding = receive(source, receiver)

    assert (holding.status, holding.kind, holding.number) == ("01", "new", certificate.number)
    assert holding.institution_name == source.institution_name
    event = HoldingEvent.objects.get(holding=holding)
    assert (event.sequence, event.operation, event.status, event.authority) == (1, "08", "01", receiver)
    assert (event.previous, event.related, event.certificate) == (certificate, certificate.number, None)
    assert Holding.objects.get(pk=source.pk).status == "06"
    assert not incoming_transfers([receiver], officer=make_user())
    year = CeYear.objects.get(authority=receiver)
    assert (year.kind, year.anchor_on) == ("annual", annual_years(source)[0].anchor_on)


def test_the_receiver_issues_its_own_certificate_for_the_next_year():
    receiver = make_ruled_authority()
    holding = receive(send(make_certificate().holding, receiver), receiver)
    year = CeYear.objects.get(authority=receiver)
    then = datetime.combine(year.opens_on + timedelta(days=3), NOW.timetz())

    certificate = renew_certificate(ce_year_id=meet_year(year, now=then).pk, now=then + timedelta(hours=1))

    assert (certificate.holding, certificate.authority, certificate.version) == (holding, receiver, 1)
    assert history(holding) == [("08", "01"), ("01", "01")]


def test_it_goes_home_again_to_the_holding_that_it_left():
    home = make_certificate().holding
    abroad = make_ruled_authority()
    there = receive(send(home, abroad), abroad)
    year = CeYear.objects.get(authority=abroad)
    then = datetime.combine(year.opens_on, NOW.timetz())
    renew_certificate(ce_year_id=meet_year(year, now=then).pk, now=then + timedelta(hours=1))

    back = receive(send(there, home.authority, now=then), home.authority, now=then)

    assert back == home
    assert history(home) == [("07", "01"), ("01", "01"), ("07", "06"), ("08", "01")]
    assert Holding.objects.filter(learner=home.learner).count() == 2


def test_a_transfer_is_undone_only_before_it_was_received():
    receiver = make_ruled_authority()
    undone = send(make_certificate().holding, receiver)
    act_on(undone, HoldingAct.UNDO_TRANSFER, now=LATER)
    assert Holding.objects.get(pk=undone.pk).status == "01"

    received = send(make_certificate().holding, receiver)
    receive(received, receiver)

    assert refused(lambda: make_proposal(received, HoldingAct.UNDO_TRANSFER)) == (
        "taken",
        "这本证书已由转入的主管部门接收。",
    )


def test_it_is_received_once_and_only_where_it_was_sent():
    receiver, other = make_ruled_authority(), make_ruled_authority()
    source = send(make_certificate().holding, receiver)

    assert refused(lambda: make_proposal(source, HoldingAct.TRANSFER_IN, authority=other))[0] == "not_out"
    receive(source, receiver)
    assert refused(lambda: make_proposal(source, HoldingAct.TRANSFER_IN, authority=receiver))[0] == "taken"
    valid = make_certificate().holding
    assert refused(lambda: make_proposal(valid, HoldingAct.TRANSFER_IN, authority=receiver))[0] == "not_out"


def test_who_holds_one_of_the_same_post_there_brings_no_second():
    certificate = make_certificate()
    holding = certificate.holding
    there = make_holding(learner=holding.learner, post=holding.post)
    source = send(holding, there.authority)

    assert refused(lambda: make_proposal(source, HoldingAct.TRANSFER_IN, authority=there.authority)) == (
        "held",
        "持证人在本主管部门已有同一岗位的证书。",
    )


def test_out_needs_a_certificate_and_another_authority():
    paper = make_holding()
    holding = make_certificate().holding

    assert refused(lambda: make_proposal(paper, HoldingAct.TRANSFER_OUT, changes={"to": "00"}))[0] == "no_certificate"
    for code in ("", "不存在", holding.authority.code):
        assert refused(lambda to=code: make_proposal(holding, HoldingAct.TRANSFER_OUT, changes={"to": to})) == (
            "where",
            "请选择转入的主管部门。",
        )


def test_a_transfer_that_was_received_meanwhile_is_not_undone_by_an_older_proposal():
    receiver = make_ruled_authority()
    source = send(make_certificate().holding, receiver)
    undo = make_proposal(source, HoldingAct.UNDO_TRANSFER)
    with pytest.raises(Exception, match="等待复核"):
        make_proposal(source, HoldingAct.TRANSFER_IN, authority=receiver)

    confirm_proposal(proposal_id=undo.pk, actor=make_registrar(source.authority), now=LATER)

    assert Holding.objects.get(pk=source.pk).status == "01"
    assert StatusProposal.objects.filter(operation="08").count() == 0


def test_the_years_go_on_from_the_day_of_the_certificate_where_none_were_opened():
    certificate = make_certificate()
    own = CeYear.objects.filter(learner=certificate.holding.learner, kind="annual")
    YearBalance.objects.filter(ce_year__in=own).delete()
    own.delete()
    receiver = make_ruled_authority()

    holding = receive(send(certificate.holding, receiver), receiver)

    assert holding.issued_on == date(2026, 3, 2)
    assert CeYear.objects.get(authority=receiver).anchor_on == date(2026, 3, 2)
    assert certificate.issued_at.astimezone(UTC).date() == date(2026, 3, 2)
