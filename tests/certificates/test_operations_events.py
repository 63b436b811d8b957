"""Acts on a holding: legal ones are appended, others refused."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from certificates.enums import CertificateOperation as Operation
from certificates.enums import CertificateStatus as Status
from certificates.models import Certificate, Holding, HoldingEvent, StatusProposal
from certificates.operations import IllegalStepError, extension_refusal, may_extend, record_event
from certificates.operations.events import NewEvent, record_claim, record_events
from tests.factories.accounts import make_learner
from tests.factories.certificates import make_certificate, make_holding, make_record
from tests.factories.threads import in_threads
from tests.factories.tracking import NOW

LATER = NOW + timedelta(hours=3)


def acts_of(holding: Holding) -> list[tuple[int, str, str]]:
    events = HoldingEvent.objects.filter(holding=holding).order_by("sequence")
    return list(events.values_list("sequence", "operation", "status"))


def make_older_holding() -> Holding:
    """A holding from before events were kept."""
    learner = make_learner()
    record = make_record(learner=learner)
    return Holding.objects.create(
        learner=learner,
        authority=record.authority,
        post=record.post,
        kind="legacy",
        record=record,
        number=record.number,
        issued_on=record.issued_on,
        claimed_at=NOW,
    )


@pytest.mark.django_db
def test_a_claim_writes_the_first_act_of_its_holding():
    learner = make_learner()
    holding = make_holding(learner=learner)

    event = HoldingEvent.objects.get()
    assert (event.sequence, event.operation, event.status, event.at) == (1, "07", "01", NOW)
    assert (event.actor, event.related, event.reason) == (learner.user, holding.number, "认领原证书")
    assert (event.authority, event.certificate) == (holding.authority, None)
    assert record_claim(holding=holding, actor=learner.user, now=LATER) == event
    assert HoldingEvent.objects.count() == 1


@pytest.mark.django_db
def test_a_holding_without_acts_is_registered_before_the_first_one():
    holding = make_older_holding()

    record_event(holding=holding, operation=Operation.SUSPEND, reason="核查", now=LATER)

    assert acts_of(holding) == [(1, "07", "01"), (2, "03", "02")]
    assert list(HoldingEvent.objects.order_by("sequence").values_list("at", flat=True)) == [NOW, LATER]


@pytest.mark.django_db
def test_an_older_holding_may_begin_with_its_certificate(media_folder: Path):
    certificate = make_certificate(holding=None)

    assert acts_of(certificate.holding) == [(1, "07", "01"), (2, "01", "01")]
    older = make_older_holding()
    record_event(holding=older, operation=Operation.ISSUE, now=LATER)
    assert acts_of(older) == [(1, "01", "01")]


@pytest.mark.django_db
def test_an_illegal_act_is_refused_in_words_and_changes_nothing():
    holding = make_holding()
    record_event(holding=holding, operation=Operation.SUSPEND, now=NOW)

    with pytest.raises(IllegalStepError) as refused:
        record_event(holding=holding, operation=Operation.EXTEND, now=LATER)

    assert str(refused.value) == "证书现为“暂停”状态，不能办理“延续”。"
    assert acts_of(holding) == [(1, "07", "01"), (2, "03", "02")]
    holding.refresh_from_db()
    assert holding.status == Status.SUSPENDED


@pytest.mark.django_db
def test_the_refusal_names_the_act_that_the_code_07_hides():
    holding = make_holding()
    record_event(holding=holding, operation=Operation.OTHER, status=Status.REVOKED, now=NOW)

    with pytest.raises(IllegalStepError) as refused:
        record_event(holding=holding, operation=Operation.OTHER, status=Status.TRANSFERRED, now=LATER)

    assert str(refused.value) == "证书现为“吊销”状态，不能办理“转出”。"


@pytest.mark.django_db
def test_only_a_valid_holding_may_be_extended_and_the_refusal_says_why():
    holding = make_holding()
    assert may_extend(holding)

    record_event(holding=Holding.objects.get(), operation=Operation.SUSPEND, now=NOW)

    assert not may_extend(holding)  # what the caller read before is not believed
    holding.refresh_from_db()
    assert extension_refusal(holding) == "证书现为“暂停”状态，不能签发或延续。请联系主管部门"


@pytest.mark.django_db
def test_acts_written_together_stand_each_for_their_holding(media_folder: Path):
    certificate, older, first = make_certificate(), make_older_holding(), make_holding()

    record_events(
        [
            NewEvent(holding=certificate.holding, operation=Operation.SUSPEND, reason="核查"),
            NewEvent(holding=older, operation=Operation.OTHER, status=Status.REVOKED),
            NewEvent(holding=first, operation=Operation.SUSPEND),
        ],
        now=LATER,
    )

    assert [acts_of(holding)[-2:] for holding in (certificate.holding, older, first)] == [
        [(2, "01", "01"), (3, "03", "02")],
        [(1, "07", "01"), (2, "07", older.status)],
        [(1, "07", "01"), (2, "03", "02")],
    ]
    rows = {row.pk: row for row in Holding.objects.all()}
    for read in (certificate.holding, older, first):
        kept = rows[read.pk]
        assert (kept.status, kept.certificate_number) == (read.status, read.certificate_number)
    assert rows[certificate.holding_id].certificate_number == certificate.number
    assert (rows[older.pk].status, rows[first.pk].certificate_number) == (Status.REVOKED, "")


@pytest.mark.django_db
def test_of_acts_written_together_an_illegal_one_leaves_nothing():
    good, bad = make_holding(), make_holding()
    record_event(holding=bad, operation=Operation.SUSPEND, now=NOW)

    with pytest.raises(IllegalStepError):
        record_events(
            [NewEvent(holding=good, operation=Operation.SUSPEND), NewEvent(holding=bad, operation=Operation.EXTEND)],
            now=LATER,
        )

    assert acts_of(good) == [(1, "07", "01")]
    assert Holding.objects.get(pk=good.pk).status == Status.VALID


@pytest.mark.django_db
def test_an_act_concerns_the_newest_certificate_and_updates_what_was_read(media_folder: Path):
    certificate = make_certificate()
    holding = certificate.holding

    event = record_event(holding=holding, operation=Operation.SUSPEND, now=LATER)

    assert event.certificate == certificate
    assert (holding.status, holding.certificate_number) == ("02", certificate.number)
    assert holding.last_issued_at == certificate.issued_at == Certificate.objects.get().issued_at


@pytest.mark.django_db(transaction=True)
def test_of_two_suspensions_at_once_one_is_written():
    holding = make_holding()

    outcomes = in_threads(*[lambda: record_event(holding=holding, operation=Operation.SUSPEND, now=LATER)] * 2)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["HoldingEvent", "IllegalStepError"]
    assert acts_of(holding) == [(1, "07", "01"), (2, "03", "02")]
    assert StatusProposal.objects.count() == 0
