"""Two persons for every act: what is refused, what is written, and what happens at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from accounts.models import AuditEntry, SiteMessage
from certificates.enums import HoldingAct, ProposalState
from certificates.models import Holding, HoldingEvent, Renewal, StatusProposal
from certificates.operations import (
    CorrectionRefusedError,
    IllegalStepError,
    IssueStoppedError,
    ProposalRefusedError,
    confirm_proposal,
    propose_act,
    record_event,
    refuse_proposal,
    renew_certificate,
    set_learner_photo,
    withdraw_proposal,
)
from certificates.operations.lapses import lapse_holding
from lms.lib.errors import DomainError
from tests.factories.accounts import appoint_officer, make_learner
from tests.factories.certificates import make_certificate, make_holding, make_photo, make_recognised_year
from tests.factories.registrars import act_on, make_proposal, make_registrar
from tests.factories.threads import in_threads
from tests.factories.tracking import NOW

LATER = NOW + timedelta(hours=3)


def stands(holding: Holding) -> tuple[str, list[str]]:
    """How the holding stands, and the statuses it went through."""
    events = HoldingEvent.objects.filter(holding=holding).order_by("sequence")
    status = Holding.objects.values_list("status", flat=True).get(pk=holding.pk)
    return status, list(events.values_list("status", flat=True))


def refusal(call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(DomainError) as refused:
        call()
    return refused.value.code, str(refused.value)


@pytest.mark.django_db
def test_a_proposal_changes_nothing_before_the_second_person():
    holding = make_holding()

    proposal = make_proposal(holding)

    assert (proposal.operation, proposal.status, proposal.state) == ("03", "02", "open")
    assert stands(holding) == ("01", ["01"])


@pytest.mark.django_db
def test_confirming_writes_the_act_with_both_persons_and_tells_the_holder():
    holding = make_holding()
    first, second = make_registrar(holding.authority), make_registrar(holding.authority)
    proposal = make_proposal(holding, actor=first, reason="证件照与本人不符，核查中。")

    confirm_proposal(proposal_id=proposal.pk, actor=second, note="同意", now=LATER)

    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by, proposal.decided_at) == ("confirmed", second, LATER)
    assert proposal.decision_note == "同意"
    event = HoldingEvent.objects.get(sequence=2)
    assert (event.operation, event.status, event.at) == ("03", "02", LATER)
    assert (event.actor, event.confirmed_by, event.proposal) == (first, second, proposal)
    assert event.reason == "证件照与本人不符，核查中。"
    message = SiteMessage.objects.get(user=holding.learner.user)
    assert message.subject == f"证书状态变更：{holding.post.name} · 暂停"
    assert message.body == (
        f"{holding.authority.name}已对您的“{holding.post.name}”证书办理“暂停”，证书现为“暂停”状态。"
        "原因：证件照与本人不符，核查中。有异议的，请联系该主管部门。"
    )
    assert message.address == f"/my/holdings/{holding.uuid}/"
    rows = AuditEntry.objects.filter(action__startswith="holding.prop").order_by("pk")
    assert [(row.action, row.actor) for row in rows] == [
        ("holding.propose", first),
        ("holding.proposal_confirmed", second),
    ]


@pytest.mark.django_db
def test_neither_the_proposer_nor_the_holder_nor_a_stranger_is_the_second_person():
    learner = make_learner()
    holding = make_holding(learner=learner)
    first = make_registrar(holding.authority)
    appoint_officer(user=learner.user, authority=holding.authority, role="registrar")
    stranger = make_registrar(make_holding().authority)
    recogniser = appoint_officer(authority=holding.authority).user
    proposal = make_proposal(holding, actor=first)

    codes = {
        person: refusal(lambda who=person: confirm_proposal(proposal_id=proposal.pk, actor=who, now=LATER))[0]
        for person in (first, learner.user, stranger, recogniser)
    }

    assert list(codes.values()) == ["same_person", "own", "not_in_charge", "not_in_charge"]
    assert refusal(lambda: make_proposal(make_holding(learner=make_learner()), actor=first))[0] == "not_in_charge"
    assert stands(holding) == ("01", ["01"])
    assert StatusProposal.objects.get().state == ProposalState.OPEN


@pytest.mark.django_db
def test_nobody_proposes_an_act_on_ones_own_certificate():
    learner = make_learner()
    holding = make_holding(learner=learner)
    appoint_officer(user=learner.user, authority=holding.authority, role="registrar")

    assert refusal(lambda: make_proposal(holding, actor=learner.user)) == (
        "own",
        "不能办理本人证书的变更，请交由其他工作人员。",
    )


@pytest.mark.django_db
def test_the_same_proposal_twice_is_one_and_another_beside_it_is_refused():
    holding = make_holding()
    officer = make_registrar(holding.authority)

    first = make_proposal(holding, actor=officer)
    again = make_proposal(holding, actor=officer)

    assert again == first
    assert refusal(lambda: make_proposal(holding, HoldingAct.CANCEL, actor=officer)) == (
        "open",
        "这本证书已有一项变更等待复核，请先处理。",
    )
    assert StatusProposal.objects.count() == 1


@pytest.mark.django_db
def test_a_reason_is_needed_and_the_act_must_be_one_of_officers_and_legal():
    holding = make_holding()
    officer = make_registrar(holding.authority)

    assert refusal(lambda: make_proposal(holding, actor=officer, reason=" \n"))[0] == "reason"
    assert refusal(lambda: make_proposal(holding, HoldingAct.LAPSE, actor=officer))[0] == "not_offered"
    assert refusal(lambda: make_proposal(holding, HoldingAct.EXTEND, actor=officer))[0] == "not_offered"
    assert refusal(lambda: make_proposal(holding, HoldingAct.LIFT, actor=officer)) == (
        "illegal_step",
        "证书现为“有效”状态，不能办理“解除暂停”。",
    )
    assert not StatusProposal.objects.exists()


@pytest.mark.django_db
def test_confirming_again_changes_nothing_and_another_decision_is_told_who_was_first():
    holding = make_holding()
    proposal = make_proposal(holding)
    second, third = make_registrar(holding.authority, username="测试复核员"), make_registrar(holding.authority)
    confirm_proposal(proposal_id=proposal.pk, actor=second, now=LATER)

    again = confirm_proposal(proposal_id=proposal.pk, actor=second, now=LATER + timedelta(days=1))

    assert again.decided_at == LATER
    for call in (
        lambda: confirm_proposal(proposal_id=proposal.pk, actor=third, now=LATER),
        lambda: refuse_proposal(proposal_id=proposal.pk, actor=third, note="不同意", now=LATER),
        lambda: withdraw_proposal(proposal_id=proposal.pk, actor=proposal.proposed_by, now=LATER),
    ):
        assert refusal(call) == ("decided", "这项变更已由测试复核员处理：已复核。")
    assert stands(holding) == ("02", ["01", "02"])
    assert SiteMessage.objects.count() == 1


@pytest.mark.django_db
def test_refusing_needs_a_note_and_another_person_and_leaves_the_holding():
    holding = make_holding()
    proposal = make_proposal(holding)
    second = make_registrar(holding.authority)

    own = refusal(lambda: refuse_proposal(proposal_id=proposal.pk, actor=proposal.proposed_by, note="x", now=LATER))
    silent = refusal(lambda: refuse_proposal(proposal_id=proposal.pk, actor=second, note=" ", now=LATER))
    refused = refuse_proposal(proposal_id=proposal.pk, actor=second, note="材料不足", now=LATER)

    assert (own[0], silent[0]) == ("same_person", "reason")
    assert (refused.state, refused.decision_note, refused.decided_by) == ("refused", "材料不足", second)
    assert refuse_proposal(proposal_id=proposal.pk, actor=second, note="又一次", now=LATER).decision_note == "材料不足"
    assert stands(holding) == ("01", ["01"])
    assert make_proposal(holding).pk != proposal.pk


@pytest.mark.django_db
def test_only_the_proposer_withdraws():
    holding = make_holding()
    proposal = make_proposal(holding)

    assert (
        refusal(lambda: withdraw_proposal(proposal_id=proposal.pk, actor=make_registrar(holding.authority), now=LATER))[
            0
        ]
        == "not_proposer"
    )
    withdrawn = withdraw_proposal(proposal_id=proposal.pk, actor=proposal.proposed_by, now=LATER)
    assert (withdrawn.state, withdrawn.decided_at) == ("withdrawn", LATER)
    assert withdraw_proposal(proposal_id=proposal.pk, actor=proposal.proposed_by, now=LATER) == withdrawn


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("acts", "status"),
    [
        ([HoldingAct.SUSPEND, HoldingAct.LIFT], "01"),
        ([HoldingAct.SUSPEND, HoldingAct.RESCIND], "03"),
        ([HoldingAct.RESCIND, HoldingAct.RESTORE], "01"),
        ([HoldingAct.CANCEL], "04"),
        ([HoldingAct.REVOKE, HoldingAct.RESTORE, HoldingAct.SUSPEND], "02"),
    ],
)
def test_acts_follow_one_another(acts: list[HoldingAct], status: str):
    holding = make_holding()

    for act in acts:
        act_on(Holding.objects.get(pk=holding.pk), act)

    assert stands(holding)[0] == status
    assert HoldingEvent.objects.filter(holding=holding).count() == len(acts) + 1


@pytest.mark.django_db
def test_what_has_become_illegal_since_is_refused_and_stays_open():
    holding = make_holding()
    proposal = make_proposal(holding, HoldingAct.SUSPEND)
    record_event(holding=holding, operation="04", now=NOW)

    with pytest.raises(IllegalStepError):
        confirm_proposal(proposal_id=proposal.pk, actor=make_registrar(holding.authority), now=LATER)

    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == ("open", None)
    assert not SiteMessage.objects.exists()
    assert not AuditEntry.objects.filter(action="holding.proposal_confirmed").exists()


@pytest.mark.django_db
def test_a_suspended_certificate_is_not_renewed_until_the_suspension_is_lifted(media_folder: Path):
    holding = make_holding()
    year = make_recognised_year(holding=holding)
    act_on(holding, HoldingAct.SUSPEND)

    with pytest.raises(IssueStoppedError, match="暂停"):
        renew_certificate(ce_year_id=year.pk, now=LATER)
    assert not holding.certificates.exists()

    act_on(Holding.objects.get(), HoldingAct.LIFT, now=LATER)
    assert Renewal.objects.get().failure == ""
    certificate = renew_certificate(ce_year_id=year.pk, now=LATER)
    assert stands(holding) == ("01", ["01", "02", "01", "01"])
    assert certificate.version == 1


@pytest.mark.django_db
def test_a_correction_is_confirmed_with_its_fields_and_the_learner_bears_the_name(
    media_folder: Path, django_capture_on_commit_callbacks
):
    certificate = make_certificate()
    holding = certificate.holding
    learner = holding.learner
    set_learner_photo(learner=learner, data=make_photo(), now=NOW)
    changes = {"full_name": " 测试学園 ", "issuing_institution": "测试培训中心", "photo": "current"}
    proposal = make_proposal(Holding.objects.get(), HoldingAct.CORRECT, changes=changes)
    assert proposal.changes == {"full_name": "测试学園", "photo": "current"}  # the institution is printed so already

    with django_capture_on_commit_callbacks() as callbacks:
        confirm_proposal(proposal_id=proposal.pk, actor=make_registrar(holding.authority), now=LATER)

    learner.refresh_from_db()
    assert learner.full_name == "测试学園"
    assert certificate.printed["full_name"] == "测试学员"
    assert "issue_correction" in repr([getattr(call, "func", call) for call in callbacks])
    audit = AuditEntry.objects.get(action="learner.correct_name")
    assert audit.detail == {"from": "测试学员", "to": "测试学園", "reason": "核查中"}


@pytest.mark.django_db
def test_corrections_that_correct_nothing_are_refused(media_folder: Path):
    holding = make_certificate().holding

    def refused(changes: dict[str, object]) -> tuple[str, str]:
        with pytest.raises(CorrectionRefusedError) as error:
            make_proposal(holding, HoldingAct.CORRECT, changes=changes)
        return error.value.field, str(error.value)

    assert refused({}) == ("", "请填写需要更正的内容。")
    assert refused({"full_name": "测试学员"}) == ("", "填写的内容与现证书票面一致，没有需要更正的。")
    assert refused({"full_name": "7"})[0] == "full_name"
    assert refused({"photo": "current"}) == ("photo", "学员还没有上传证件照，请先请学员上传。")
    assert refused({"number": "伪造"})[0] == "number"
    assert refused({"full_name": "测" * 81})[0] == "full_name"


@pytest.mark.django_db
def test_a_certificate_on_paper_has_nothing_to_correct():
    with pytest.raises(CorrectionRefusedError) as error:
        make_proposal(make_holding(), HoldingAct.CORRECT, changes={"full_name": "测试李四"})
    assert str(error.value) == "这本证书还没有换发电子证书，没有可更正的内容。"


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_at_once_one_confirms_and_the_other_is_told():
    holding = make_holding()
    proposal = make_proposal(holding)
    officers = [make_registrar(holding.authority) for _ in range(2)]

    outcomes = in_threads(
        *[lambda who=who: confirm_proposal(proposal_id=proposal.pk, actor=who, now=LATER) for who in officers]
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ProposalRefusedError", "StatusProposal"]
    told = next(outcome for outcome in outcomes if isinstance(outcome, ProposalRefusedError))
    assert told.code == "decided"
    assert stands(holding) == ("02", ["01", "02"])
    assert SiteMessage.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_confirms_once_and_both_are_content():
    holding = make_holding()
    proposal = make_proposal(holding)
    officer = make_registrar(holding.authority)

    outcomes = in_threads(*[lambda: confirm_proposal(proposal_id=proposal.pk, actor=officer, now=LATER)] * 3)

    assert [getattr(outcome, "state", outcome) for outcome in outcomes] == ["confirmed"] * 3
    assert stands(holding) == ("02", ["01", "02"])


@pytest.mark.django_db(transaction=True)
def test_a_double_click_proposes_once():
    holding = make_holding()
    officer = make_registrar(holding.authority)

    outcomes = in_threads(*[lambda: make_proposal(holding, actor=officer)] * 3)

    assert len({getattr(outcome, "pk", outcome) for outcome in outcomes}) == 1
    assert StatusProposal.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_renewal_that_meets_a_suspension_comes_before_it_or_not_at_all(media_folder: Path):
    for _ in range(3):
        holding = make_holding()
        year = make_recognised_year(holding=holding)
        proposal = make_proposal(holding)
        officer = make_registrar(holding.authority)

        renewed, suspended = in_threads(
            lambda year=year: renew_certificate(ce_year_id=year.pk, now=LATER),
            lambda pk=proposal.pk, who=officer: confirm_proposal(proposal_id=pk, actor=who, now=LATER),
        )

        assert getattr(suspended, "state", suspended) == "confirmed"
        if isinstance(renewed, DomainError):
            assert stands(holding) == ("02", ["01", "02"])
            assert not holding.certificates.exists()
        else:
            assert stands(holding) == ("02", ["01", "01", "02"])
            assert holding.certificates.get() == renewed


@pytest.mark.django_db
def test_a_holding_that_nothing_lapses_is_left_alone():
    holding = make_holding()

    assert lapse_holding(holding.pk, now=LATER) is None
    assert stands(holding) == ("01", ["01"])


@pytest.mark.django_db
def test_an_act_of_another_authority_is_refused():
    holding = make_holding()
    other = make_holding().authority
    officer = make_registrar(other)

    with pytest.raises(DomainError) as refused:
        propose_act(
            holding_id=holding.pk, act=HoldingAct.SUSPEND, authority=other, actor=officer, reason="核查", now=NOW
        )
    assert (refused.value.code, str(refused.value)) == ("elsewhere", "这本证书由其他主管部门管理。")
