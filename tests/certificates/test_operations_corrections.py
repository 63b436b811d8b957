"""A confirmed correction becomes one new version that cites the one it corrects."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages

from certificates.enums import HoldingAct
from certificates.models import Certificate, Holding, HoldingEvent, StatusProposal
from certificates.operations import (
    IssueStoppedError,
    NotConfirmedError,
    issue_correction,
    record_event,
    retry_stopped_corrections,
    set_learner_photo,
    wake_corrections,
)
from certificates.operations import corrections as corrections_module
from certificates.rules.printed import PrintedCertificate
from tests.factories.certificates import annual_years, make_certificate, make_holding, make_photo, meet_year
from tests.factories.registrars import act_on, make_proposal
from tests.factories.threads import in_threads
from tests.factories.tracking import NOW

LATER = NOW + timedelta(hours=5)


def confirmed(certificate: Certificate, **changes: str) -> StatusProposal:
    holding = Holding.objects.get(pk=certificate.holding_id)
    return act_on(holding, HoldingAct.CORRECT, changes=changes, now=LATER)


@pytest.mark.django_db
def test_a_correction_prints_the_version_before_but_for_what_it_corrects(media_folder: Path):
    first = make_certificate()
    place = media_folder / "private" / first.pdf_path
    before = place.read_bytes()
    proposal = confirmed(first, full_name="测试更名", issuing_institution="测试第二中心")

    second = issue_correction(proposal_id=proposal.pk, now=LATER)

    old, new = PrintedCertificate.from_json(first.printed), PrintedCertificate.from_json(second.printed)
    assert (second.number, second.version, second.replaces, second.renewal) == (first.number, 2, first, None)
    assert (new.full_name, new.issuing_institution) == ("测试更名", "测试第二中心")
    assert (new.corrects_version, new.version, new.first_issued_on) == (1, 2, old.issued_on)
    assert (new.number, new.post_name, new.ce_lines, new.photo_sha256) == (
        old.number,
        old.post_name,
        old.ce_lines,
        old.photo_sha256,
    )
    assert second.token != first.token
    assert second.status_index != first.status_index
    event = HoldingEvent.objects.get(certificate=second)
    assert (event.operation, event.status, event.previous, event.proposal) == ("09", "01", first, proposal)
    assert (event.actor, event.confirmed_by) == (proposal.proposed_by, proposal.decided_by)
    first.refresh_from_db()
    assert place.read_bytes() == before
    assert hashlib.sha256(before).hexdigest() == first.pdf_sha256


@pytest.mark.django_db(transaction=True)
def test_corrections_at_the_same_moment_issue_once(media_folder: Path):
    first = make_certificate()
    proposal = confirmed(first, full_name="测试更名")
    results = in_threads(*[lambda: issue_correction(proposal_id=proposal.pk, now=LATER)] * 3)
    second = Certificate.objects.get(version=2)
    assert results == [second] * 3
    kept = {path.relative_to(media_folder / "private").as_posix() for path in media_folder.rglob("*.pdf")}
    assert kept == {first.pdf_path, second.pdf_path}


@pytest.mark.django_db
def test_a_proposal_that_nobody_confirmed_prints_nothing(media_folder: Path):
    certificate = make_certificate()
    holding = Holding.objects.get()
    proposal = make_proposal(holding, HoldingAct.CORRECT, changes={"full_name": "测试更名"})
    with pytest.raises(NotConfirmedError):
        issue_correction(proposal_id=proposal.pk, now=LATER)
    assert Certificate.objects.get() == certificate


@pytest.mark.django_db
def test_a_suspended_certificate_is_corrected_and_stays_suspended(media_folder: Path):
    certificate = make_certificate()
    record_event(holding=Holding.objects.get(), operation="03", reason="核查", now=NOW)
    second = issue_correction(proposal_id=confirmed(certificate, full_name="测试更名").pk, now=LATER)
    assert (second.version, Holding.objects.get().status) == (2, "02")


@pytest.mark.django_db
def test_a_holding_cancelled_meanwhile_gets_no_correction_and_says_why(media_folder: Path):
    proposal = confirmed(make_certificate(), full_name="测试更名")
    record_event(holding=Holding.objects.get(), operation="05", reason="注销", now=LATER)
    with pytest.raises(IssueStoppedError):
        issue_correction(proposal_id=proposal.pk, now=LATER)
    proposal.refresh_from_db()
    assert proposal.failure == "证书现为“注销”状态，不能签发或延续。请联系主管部门"
    assert wake_corrections(limit=5, now=LATER) == 0


@pytest.mark.django_db
def test_a_correction_goes_on_from_a_version_that_came_between(media_folder: Path, monkeypatch):
    first = make_certificate()
    proposal = confirmed(first, full_name="测试更名")
    (annual,) = annual_years(first.holding)
    real, in_between = corrections_module.make_page, []

    def slow(draft, *, now):  # type: ignore[no-untyped-def]
        page = real(draft, now=now)
        if not in_between:
            from certificates.operations import renew_certificate

            meet_year(annual, now=LATER + timedelta(days=2))
            in_between.append(renew_certificate(ce_year_id=annual.pk, now=LATER + timedelta(days=2)))
        return page

    monkeypatch.setattr(corrections_module, "make_page", slow)
    third = issue_correction(proposal_id=proposal.pk, now=LATER + timedelta(days=2))

    assert (third.version, third.replaces) == (3, in_between[0])
    assert [line[0] for line in PrintedCertificate.from_json(third.printed).ce_lines] == ["2026-renewal", "2026"]
    assert len(list(media_folder.rglob("*.pdf"))) == 3


@pytest.mark.django_db
def test_a_lost_message_is_healed_and_a_lost_photo_waits_for_a_person(media_folder: Path):
    holding = make_holding()
    set_learner_photo(learner=holding.learner, data=make_photo(), now=NOW)
    first = make_certificate(holding=holding)
    set_learner_photo(learner=holding.learner, data=make_photo(colour="darkred"), now=NOW)
    proposal = confirmed(first, photo="current")
    assert wake_corrections(limit=5, now=LATER) == 1
    holding.learner.refresh_from_db()
    storages["private"].delete(holding.learner.photo_path)

    with pytest.raises(IssueStoppedError) as caught:
        issue_correction(proposal_id=proposal.pk, now=LATER)
    assert str(caught.value) == "证件照文件缺失，请重新上传证件照"
    assert wake_corrections(limit=5, now=LATER + timedelta(minutes=5)) == 0

    set_learner_photo(learner=holding.learner, data=make_photo(colour="darkred"), now=LATER)
    assert retry_stopped_corrections() == 0  # the photo let it go on already
    assert wake_corrections(limit=5, now=LATER) == 1
    second = issue_correction(proposal_id=proposal.pk, now=LATER)
    assert second.photo_sha256 == holding.learner.photo_sha256 != first.photo_sha256
