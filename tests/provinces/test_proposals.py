"""The officers' desk: one proposes how a certificate is to stand, another confirms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import Authority, User
from certificates.enums import HoldingAct
from certificates.models import Holding, HoldingEvent, StatusProposal
from tests.factories.accounts import appoint_officer, make_learner
from tests.factories.certificates import make_certificate, make_holding
from tests.factories.registrars import act_on, make_proposal, make_registrar
from tests.factories.tracking import make_ruled_authority

pytestmark = pytest.mark.django_db


@pytest.fixture
def authority() -> Authority:
    return make_ruled_authority()


@pytest.fixture
def officer(authority: Authority) -> User:
    return make_registrar(authority, username="测试经办人")


@pytest.fixture
def desk(client: Client, officer: User) -> Client:
    client.force_login(officer)
    return client


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_only_officers_who_keep_certificates_come_in(client: Client, authority: Authority):
    holding = make_holding(authority=authority)
    proposal = make_proposal(holding)
    addresses = [
        "/province/proposals/",
        f"/province/proposals/{proposal.uuid}/",
        f"/province/holdings/{holding.uuid}/acts/",
        f"/province/holdings/{holding.uuid}/acts/suspend/",
    ]
    assert [client.get(address).status_code for address in addresses] == [302] * 4
    client.force_login(appoint_officer(authority=authority).user)
    assert [client.get(address).status_code for address in addresses] == [403] * 4
    assert client.post(f"/province/proposals/{proposal.uuid}/withdraw/").status_code == 403


def test_the_page_of_acts_offers_what_the_certificate_admits(
    desk: Client, authority: Authority, django_assert_max_num_queries
):
    holding = make_holding(authority=authority)
    desk.get(f"/province/holdings/{holding.uuid}/acts/")
    with django_assert_max_num_queries(15):
        text = text_of(desk.get(f"/province/holdings/{holding.uuid}/acts/"))
    offered = [act.value for act in HoldingAct if f"/acts/{act.value}/" in text]
    assert offered == ["suspend", "cancel", "rescind", "revoke"]
    assert "认领登记" in text

    act_on(holding, HoldingAct.SUSPEND)
    text = text_of(desk.get(f"/province/holdings/{holding.uuid}/acts/"))
    assert [act.value for act in HoldingAct if f"/acts/{act.value}/" in text] == ["lift", "cancel", "rescind", "revoke"]
    assert desk.get(f"/province/holdings/{holding.uuid}/acts/suspend/").status_code == 302


def test_an_act_is_proposed_and_waits(desk: Client, authority: Authority, officer: User):
    holding = make_holding(authority=authority)

    response = desk.post(
        f"/province/holdings/{holding.uuid}/acts/suspend/", {"reason": "证件照与本人不符"}, follow=True
    )

    proposal = StatusProposal.objects.get()
    assert response.redirect_chain == [(f"/province/proposals/{proposal.uuid}/", 302)]
    text = text_of(response)
    assert "已提交，须由另一位工作人员复核后办理。" in text
    assert "等待另一位工作人员复核" in text
    assert "提交复核结论" not in text
    assert (proposal.proposed_by, proposal.reason, proposal.status) == (officer, "证件照与本人不符", "02")
    holding.refresh_from_db()
    assert holding.status == "01"
    acts = text_of(desk.get(f"/province/holdings/{holding.uuid}/acts/"))
    assert "这本证书已有一项变更等待复核" in acts


def test_a_reason_is_asked_for(desk: Client, authority: Authority):
    holding = make_holding(authority=authority)
    response = desk.post(f"/province/holdings/{holding.uuid}/acts/suspend/", {"reason": " "})
    assert response.status_code == 422
    assert "请写明原因和依据" in text_of(response)
    assert 'aria-describedby="' in text_of(response)


def test_what_is_no_act_of_officers_has_no_page(desk: Client, authority: Authority):
    holding = make_holding(authority=authority)
    for act in ("issue", "extend", "lapse", "register", "set_aside", "nonsense"):
        assert desk.get(f"/province/holdings/{holding.uuid}/acts/{act}/").status_code == 404
        assert desk.post(f"/province/holdings/{holding.uuid}/acts/{act}/", {"reason": "x"}).status_code == 404
    response = desk.post(f"/province/holdings/{holding.uuid}/acts/lift/", {"reason": "x"})
    assert response.status_code == 422
    assert "证书现为“有效”状态，不能办理“解除暂停”。" in text_of(response)
    assert not StatusProposal.objects.exists()


def test_the_second_person_confirms_and_the_learner_sees_it(desk: Client, client: Client, authority: Authority):
    learner = make_learner()
    holding = make_holding(authority=authority, learner=learner)
    proposal = make_proposal(holding, reason="材料核查")

    shown = text_of(desk.get(f"/province/proposals/{proposal.uuid}/"))
    response = desk.post(f"/province/proposals/{proposal.uuid}/", {"decision": "confirm"}, follow=True)

    assert "同意，立即办理" in shown
    text = text_of(response)
    assert "已办理，学员会收到通知，核验页面同时更新。" in text
    holding.refresh_from_db()
    assert holding.status == "02"
    assert "共 1 项" in text_of(desk.get("/province/proposals/?state=decided"))
    client.force_login(learner.user)
    for address in ("/my/", f"/my/holdings/{holding.uuid}/"):
        page = text_of(client.get(address))
        assert "证书状态：暂停" in page
        assert "材料核查" in page
        assert "暂停期间证书不能使用" in page
    assert "测试经办人" not in page
    assert "两名工作人员办理" in page


def test_refusing_needs_a_note_and_shows_it(desk: Client, authority: Authority):
    proposal = make_proposal(make_holding(authority=authority))
    address = f"/province/proposals/{proposal.uuid}/"

    assert desk.post(address, {"decision": "refuse"}).status_code == 422
    assert desk.post(address, {}).status_code == 422
    text = text_of(desk.post(address, {"decision": "refuse", "note": "材料不足"}, follow=True))

    assert "已退回，提出人可以看到理由；证书状态没有变化。" in text
    assert "材料不足" in text
    assert HoldingEvent.objects.count() == 1


def test_the_proposer_cannot_confirm_and_can_withdraw(desk: Client, authority: Authority, officer: User):
    proposal = make_proposal(make_holding(authority=authority), actor=officer)
    address = f"/province/proposals/{proposal.uuid}/"

    refused = desk.post(address, {"decision": "confirm"})
    withdrawn = text_of(desk.post(f"{address}withdraw/", follow=True))

    assert refused.status_code == 422
    assert "提出人不能复核自己的申请" in text_of(refused)
    assert "已撤回，证书状态没有变化。" in withdrawn
    assert StatusProposal.objects.get().state == "withdrawn"


def test_a_decision_that_comes_too_late_says_who_was_first(desk: Client, authority: Authority):
    proposal = make_proposal(make_holding(authority=authority))
    other = Client()
    other.force_login(make_registrar(authority, username="测试复核员"))
    address = f"/province/proposals/{proposal.uuid}/"
    other.post(address, {"decision": "confirm"})

    late = desk.post(address, {"decision": "refuse", "note": "不同意"})

    assert late.status_code == 422
    assert "这项变更已由测试复核员处理：已复核。" in text_of(late)
    assert HoldingEvent.objects.count() == 2


def test_ones_own_and_others_certificates_are_not_found(desk: Client, authority: Authority, officer: User):
    own = make_holding(authority=authority, learner=make_learner(user=officer))
    foreign = make_holding()
    for holding in (own, foreign):
        proposal = make_proposal(holding)
        for address in (f"/province/holdings/{holding.uuid}/acts/", f"/province/proposals/{proposal.uuid}/"):
            assert desk.get(address).status_code == 404
        assert desk.post(f"/province/proposals/{proposal.uuid}/", {"decision": "confirm"}).status_code == 404
        assert desk.post(f"/province/proposals/{proposal.uuid}/withdraw/").status_code == 404
    assert "没有待复核的变更" in text_of(desk.get("/province/proposals/"))


def test_the_list_costs_the_same_for_one_and_for_three(
    desk: Client, authority: Authority, django_assert_max_num_queries, django_assert_num_queries
):
    make_proposal(make_holding(authority=authority))
    desk.get("/province/proposals/")
    with django_assert_max_num_queries(15) as one:
        desk.get("/province/proposals/")
    for _ in range(2):
        make_proposal(make_holding(authority=authority))
    with django_assert_num_queries(len(one)):
        text = text_of(desk.get("/province/proposals/"))
    assert "共 3 项" in text


def test_a_correction_shows_what_is_printed_and_asks_for_a_difference(
    desk: Client, authority: Authority, media_folder: Path, django_assert_max_num_queries
):
    holding = make_certificate(authority=authority).holding
    address = f"/province/holdings/{holding.uuid}/acts/correct/"

    desk.get(address)
    with django_assert_max_num_queries(15):
        shown = text_of(desk.get(address))
    same = desk.post(address, {"full_name": "测试学员", "reason": "公安机关证明"})
    desk.post(address, {"full_name": "测试学園", "reason": "公安机关证明"})

    assert "票面现为“测试学员”" in shown
    assert same.status_code == 422
    assert "没有需要更正的" in text_of(same)
    proposal = StatusProposal.objects.get()
    assert (proposal.operation, proposal.changes) == ("09", {"full_name": "测试学園"})
    with django_assert_max_num_queries(15):
        page = text_of(desk.get(f"/province/proposals/{proposal.uuid}/"))
    assert "测试学園" in page


def test_a_transfer_waits_at_the_receiver_and_is_received_by_two(
    desk: Client, authority: Authority, media_folder: Path, django_assert_max_num_queries
):
    receiver = make_ruled_authority()
    holding = make_certificate(authority=authority).holding
    address = f"/province/holdings/{holding.uuid}/acts/transfer_out/"
    assert desk.post(address, {"reason": "工作调动", "to": "??"}).status_code == 422
    desk.post(address, {"reason": "工作调动", "to": receiver.code})
    second = Client()
    second.force_login(make_registrar(authority))
    proposal = StatusProposal.objects.get()
    assert receiver.name in text_of(second.get(f"/province/proposals/{proposal.uuid}/"))
    second.post(f"/province/proposals/{proposal.uuid}/", {"decision": "confirm"})

    there, confirmer = Client(), Client()
    there.force_login(make_registrar(receiver))
    confirmer.force_login(make_registrar(receiver))
    with django_assert_max_num_queries(15):
        arriving = text_of(there.get("/province/proposals/?state=arriving"))
    assert f"/province/holdings/{holding.uuid}/acts/transfer_in/" in arriving
    assert "接收其他主管部门转来的证书" in text_of(there.get(f"/province/holdings/{holding.uuid}/acts/"))
    there.post(f"/province/holdings/{holding.uuid}/acts/transfer_in/", {"reason": "同意接收"})
    received = StatusProposal.objects.get(operation="08")
    text = text_of(confirmer.post(f"/province/proposals/{received.uuid}/", {"decision": "confirm"}, follow=True))

    assert "已办理" in text
    assert Holding.objects.get(authority=receiver).status == "01"
    assert "没有待接收的证书" in text_of(there.get("/province/proposals/?state=arriving"))
    desk_page = text_of(desk.get(f"/province/holdings/{holding.uuid}/acts/"))
    assert receiver.name in desk_page


def test_the_register_leads_to_the_acts(desk: Client, authority: Authority):
    holding = make_holding(authority=authority)
    proposal = make_proposal(holding)
    text = text_of(desk.get(f"/province/register/{holding.uuid}/"))
    assert f"/province/holdings/{holding.uuid}/acts/" in text
    assert f"/province/proposals/{proposal.uuid}/" in text
