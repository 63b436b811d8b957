"""A learner finds the old certificate."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.models import AuditEntry
from accounts.queries import identity_digest
from certificates.models import Holding
from certificates.operations import ClaimRefusedError, claim_holding
from certificates.queries import records_to_claim
from tests.factories.accounts import make_id_number, make_learner
from tests.factories.certificates import NOW, make_holding, make_record, renewal_year
from tests.factories.threads import in_threads
from tests.factories.tracking import make_ruled_authority
from tracking.models import CeYear
from tracking.operations.years import RenewalNotOpenError

NO_MATCH = (
    "没有找到证书编号、姓名和证件号码都相符的证书。请对照旧证书核对编号和姓名；"
    "仍查不到的，可能是发证地尚未上传名册，请联系原发证的主管部门。"
)


@pytest.mark.django_db
def test_a_claim_that_matches_ties_the_certificate_and_opens_its_year():
    learner = make_learner(full_name="阿依古丽·买买提")
    record = make_record(learner=learner, number="鄂A2016001")

    holding = claim_holding(learner=learner, number=" 鄂ａ２０１６ 001", full_name="阿依古丽•买买提 ", now=NOW)

    assert (holding.learner, holding.record, holding.authority, holding.post) == (
        learner,
        record,
        record.authority,
        record.post,
    )
    assert (holding.kind, holding.number, holding.institution_name) == ("legacy", "鄂A2016001", "测试培训中心")
    assert (holding.issued_on, holding.claimed_at) == (record.issued_on, NOW)
    year = renewal_year(holding)
    assert (year.opens_on, year.closes_on, year.label) == (date(2026, 3, 2), date(2099, 12, 31), 2026)
    entry = AuditEntry.objects.get(action="holding.claim")
    assert (entry.actor, entry.at, entry.detail) == (learner.user, NOW, {"number": "鄂A2016001"})
    assert entry.target == f"certificates.holding:{holding.uuid}"


@pytest.mark.django_db
def test_a_wrong_number_name_or_identity_gets_one_and_the_same_answer():
    learner = make_learner(full_name="测试张三")
    record = make_record(learner=learner)
    strangers_number = identity_digest(id_kind="resident_id", id_number=make_id_number(sequence=999))
    other = make_record(learner=learner, id_digest=strangers_number)
    renamed = make_record(learner=learner, full_name="测试李四")
    attempts = [
        (record.number + "X", "测试张三"),
        (record.number, "测试李四"),
        (other.number, "测试张三"),
        (renamed.number, "测试李四"),
    ]
    answers = set()
    for number, name in attempts:
        with pytest.raises(ClaimRefusedError) as caught:
            claim_holding(learner=learner, number=number, full_name=name, now=NOW)
        answers.add((caught.value.code, str(caught.value)))

    assert answers == {("no_match", NO_MATCH)}
    assert not Holding.objects.exists()
    refusals = AuditEntry.objects.filter(action="holding.claim_refused")
    assert {(each.actor, each.at) for each in refusals} == {(learner.user, NOW)}
    assert [each.detail["number"] for each in refusals.order_by("pk")] == [number for number, _name in attempts]


@pytest.mark.django_db
def test_an_identity_number_typed_as_the_certificates_number_is_not_kept():
    learner = make_learner()

    with pytest.raises(ClaimRefusedError):
        claim_holding(learner=learner, number="证 990001199001010021", full_name="测试", now=NOW)

    entry = AuditEntry.objects.get(action="holding.claim_refused")
    assert entry.detail == {"number": "证990***********0021"}


@pytest.mark.django_db
def test_a_certificate_claimed_by_another_account_is_not_handed_over():
    first = make_holding()
    learner = make_learner(full_name=first.learner.full_name)
    type(first.record).objects.filter(pk=first.record.pk).update(id_digest=learner.id_digest)

    with pytest.raises(ClaimRefusedError) as caught:
        claim_holding(learner=learner, number=first.number, full_name=learner.full_name, now=NOW)

    assert (caught.value.code, str(caught.value)) == (
        "claimed",
        "该证书已被其他账号认领。如非本人操作，请联系原发证的主管部门。",
    )
    assert list(Holding.objects.all()) == [first]


@pytest.mark.django_db
def test_claiming_again_gives_the_same_holding_and_writes_nothing():
    holding = make_holding()
    again = claim_holding(
        learner=holding.learner, number=holding.number, full_name=holding.learner.full_name, now=NOW + timedelta(days=3)
    )
    assert again == holding
    assert (Holding.objects.count(), CeYear.objects.count()) == (1, 1)
    assert AuditEntry.objects.filter(action="holding.claim").count() == 1


@pytest.mark.django_db
def test_a_second_certificate_of_the_same_post_is_refused():
    holding = make_holding()
    second = make_record(learner=holding.learner, authority=holding.authority, post=holding.post)

    with pytest.raises(ClaimRefusedError) as caught:
        claim_holding(learner=holding.learner, number=second.number, full_name=second.full_name, now=NOW)

    assert (caught.value.code, str(caught.value)) == (
        "post_twice",
        f"您已认领过“{holding.post.name}”岗位的证书，同一岗位只需换发一本。",
    )


@pytest.mark.django_db
def test_a_certificate_of_another_post_is_a_second_holding():
    first = make_holding()
    second = make_holding(learner=first.learner, authority=first.authority)
    assert list(Holding.objects.order_by("pk")) == [first, second]


@pytest.mark.django_db
def test_after_ten_refusals_in_an_hour_even_the_right_claim_waits():
    learner = make_learner()
    record = make_record(learner=learner)
    for minute in range(10):
        with pytest.raises(ClaimRefusedError, match="没有找到"):
            claim_holding(learner=learner, number="错", full_name="错", now=NOW + timedelta(minutes=minute))

    right = {"learner": learner, "number": record.number, "full_name": learner.full_name}
    with pytest.raises(ClaimRefusedError) as caught:
        claim_holding(**right, now=NOW + timedelta(minutes=59))
    assert (caught.value.code, str(caught.value)) == ("too_many", "核对失败次数过多，请一小时后再试")
    assert claim_holding(**right, now=NOW + timedelta(minutes=60)).record == record


@pytest.mark.django_db
def test_the_refusals_of_others_do_not_count():
    for _ in range(10):
        with pytest.raises(ClaimRefusedError, match="没有找到"):
            claim_holding(learner=make_learner(), number="错", full_name="错", now=NOW)
    assert make_holding().claimed_at == NOW


@pytest.mark.django_db
def test_after_the_deadline_the_claim_is_refused_and_nothing_stays():
    authority = make_ruled_authority(legacy_deadline=date(2026, 3, 1), source="测试通知")
    record = make_record(authority=authority, learner=(learner := make_learner()))

    with pytest.raises(RenewalNotOpenError) as caught:
        claim_holding(learner=learner, number=record.number, full_name=learner.full_name, now=NOW)

    assert str(caught.value) == "旧证换发已于 2026-03-01 截止（依据：测试通知）。如有疑问请联系主管部门。"
    assert (Holding.objects.count(), CeYear.objects.count()) == (0, 0)
    assert not AuditEntry.objects.filter(action="holding.claim").exists()


@pytest.mark.django_db
def test_records_offered_are_those_that_can_be_claimed():
    learner = make_learner(full_name="测试张三")
    holding = make_holding(learner=learner)
    make_record(learner=learner, authority=holding.authority, post=holding.post)  # the same post again
    make_record(learner=learner, number=holding.number)  # the same certificate, listed by another authority
    make_record(learner=learner, full_name="测试李四")
    make_record()
    newer = make_record(learner=learner, issued_on=date(2018, 5, 1))
    older = make_record(learner=learner, issued_on=date(2016, 5, 1))

    assert records_to_claim(learner) == [older, newer]


@pytest.mark.django_db(transaction=True)
def test_one_certificate_claimed_twice_at_once_is_handed_over_once():
    learner = make_learner()
    record = make_record(learner=learner)

    def claim() -> Holding:
        return claim_holding(learner=learner, number=record.number, full_name=learner.full_name, now=NOW)

    results = in_threads(claim, claim, claim)

    assert results == [Holding.objects.get()] * 3
    assert CeYear.objects.count() == 1
    assert AuditEntry.objects.filter(action="holding.claim").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_certificates_of_one_post_claimed_at_once_give_one_holding_and_one_clear_answer():
    learner = make_learner()
    first = make_record(learner=learner)
    second = make_record(learner=learner, authority=first.authority, post=first.post)

    def claim(number: str) -> Holding:
        return claim_holding(learner=learner, number=number, full_name=learner.full_name, now=NOW)

    results = in_threads(lambda: claim(first.number), lambda: claim(second.number))

    assert [each for each in results if isinstance(each, Holding)] == [Holding.objects.get()]
    assert [each.code for each in results if isinstance(each, ClaimRefusedError)] == ["post_twice"]
