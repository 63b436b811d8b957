"""Saying who one is, once."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection

from accounts.enums import IdKind
from accounts.models import AuditEntry, Consent, Learner, User
from accounts.operations import CONSENT_NOTICE_VERSION, attach_photo, register_identity
from accounts.queries import IdentityRefusedError, identity_digest
from lms.lib.append_only import AppendOnlyError
from lms.lib.sealed import unseal
from tests.factories.accounts import make_id_number, make_learner, make_user

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NUMBER = make_id_number(sequence=7)


def _register(user: User, **changes: Any) -> Learner:
    facts: dict[str, Any] = {
        "full_name": "测试学员",
        "id_kind": IdKind.RESIDENT_ID,
        "id_number": NUMBER,
        "consent_version": CONSENT_NOTICE_VERSION,
        "now": NOW,
        **changes,
    }
    return register_identity(user=user, **facts)


@pytest.mark.django_db
def test_an_identity_is_sealed_masked_and_read_for_birth_and_sex() -> None:
    learner = _register(make_user(), id_number=f" {NUMBER[:6]} {NUMBER[6:].lower()} ")

    assert unseal(learner.id_sealed) == NUMBER
    assert learner.id_digest == identity_digest(id_kind=IdKind.RESIDENT_ID, id_number=NUMBER)
    assert learner.id_masked == f"990{'*' * 11}{NUMBER[-4:]}"
    assert (learner.born_on, learner.sex) == (date(1990, 1, 1), "male")


@pytest.mark.django_db
def test_an_identity_leaves_consent_and_an_audit_row_without_the_number() -> None:
    learner = _register(make_user())

    consent = Consent.objects.get()
    assert (consent.learner, consent.notice_version, consent.given_at) == (learner, CONSENT_NOTICE_VERSION, NOW)
    [entry] = AuditEntry.objects.all()
    assert (entry.actor, entry.action) == (learner.user, "learner.register")
    assert entry.detail == {
        "id_kind": "resident_id",
        "id_masked": learner.id_masked,
        "consent": CONSENT_NOTICE_VERSION,
    }
    with pytest.raises(AppendOnlyError):
        consent.delete()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "number", "masked"),
    [
        (IdKind.HK_MACAU_PERMIT, "H1234567801", "H******78"),
        (IdKind.TAIWAN_PERMIT, "12345678", "1*****78"),
        (IdKind.PASSPORT, "TEST99999", "T******99"),
    ],
)
def test_documents_without_birth_date_are_registered_without_one(kind: IdKind, number: str, masked: str) -> None:
    learner = _register(make_user(), id_kind=kind, id_number=number, full_name="John Test")

    assert (learner.id_masked, learner.born_on, learner.sex) == (masked, None, "")


@pytest.mark.django_db
def test_saying_the_same_again_changes_nothing() -> None:
    user = make_user()
    first = _register(user)

    assert _register(user) == first
    assert (Learner.objects.count(), Consent.objects.count(), AuditEntry.objects.count()) == (1, 1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("changes", [{"full_name": "测试他人"}, {"id_number": make_id_number(sequence=9)}])
def test_a_registered_identity_is_not_changed_by_its_holder(changes: dict[str, str]) -> None:
    user = make_user()
    _register(user)

    with pytest.raises(IdentityRefusedError) as refusal:
        _register(user, **changes)

    assert refusal.value.code == "registered"
    assert str(refusal.value) == "您已完成实名登记。登记信息不能自行修改，确需更正的请联系主管部门"


@pytest.mark.django_db
def test_a_number_of_another_account_is_refused_without_saying_whose() -> None:
    _register(make_user(username="测试原户", mobile="13800000001"), full_name="测试原主")

    with pytest.raises(IdentityRefusedError) as refusal:
        _register(make_user())

    assert refusal.value.code == "taken"
    assert str(refusal.value) == (
        "该证件号码已在本站登记。请使用原账户登录；如忘记账户或认为被他人冒用，请联系所在地主管部门核实"
    )
    assert Learner.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("version", ["", "2020-01"])
def test_without_consent_to_the_present_notice_nothing_is_kept(version: str) -> None:
    with pytest.raises(IdentityRefusedError) as refusal:
        _register(make_user(), consent_version=version)

    assert refusal.value.field == "consent"
    assert Learner.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["测", "测试3", "测试·", "·测试", "测试@", "", "测" * 81])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(IdentityRefusedError) as refusal:
        _register(make_user(), full_name=name)

    assert refusal.value.field == "full_name"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  测试  学员 ", "测试 学员"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("测𬭎𠮷", "测𬭎𠮷"),
        ("José Test-Núñez", "José Test-Núñez"),
        ("葛\U000e0100测", "葛\U000e0100测"),
    ],
)
def test_a_name_is_kept_as_the_document_prints_it(typed: str, kept: str) -> None:
    assert _register(make_user(), full_name=typed).full_name == kept


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "number", "field", "code", "message"),
    [
        ("", NUMBER, "id_kind", "unknown_kind", "请选择证件类型"),
        ("resident_id", "--", "id_number", "empty", "请填写证件号码"),
        ("resident_id", "99000１甲", "id_number", "characters", "证件号码只含数字和字母，请检查是否有其他符号"),
        (
            "resident_id",
            "990001900101001",
            "id_number",
            "fifteen_digits",
            "这是 15 位旧号码，已停止使用。请填写现行身份证上的 18 位号码",
        ),
        ("resident_id", "12345", "id_number", "length", "号码应为 18 位，请对照证件检查是否多填或漏填"),
        ("passport", "TESTING", "id_number", "shape", "号码格式与所选证件类型不符，请对照证件检查，或改选证件类型"),
        ("resident_id", "000001199001010010", "id_number", "region", "号码前几位的地区代码不存在，请对照证件检查"),
        ("resident_id", "990001199002300010", "id_number", "birth_date", "号码中的出生日期不存在，请检查第 7 至 14 位"),
        (
            "resident_id",
            make_id_number(birth_on=date(2027, 1, 1)),
            "id_number",
            "birth_in_future",
            "号码中的出生日期在今天之后，请检查第 7 至 14 位",
        ),
        (
            "resident_id",
            make_id_number(birth_on=date(2015, 1, 1)),
            "id_number",
            "age",
            "号码中的出生年份不合常理：须年满 16 周岁。请检查第 7 至 14 位",
        ),
        (
            "resident_id",
            NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1"),
            "id_number",
            "check_digit",
            "号码校验不通过，通常是有一位输错。请逐位对照证件检查",
        ),
        (
            "resident_id",
            make_id_number(region="810000"),
            "id_kind",
            "other_kind",
            "这个号码属于“港澳台居民居住证”，请改选证件类型",
        ),
    ],
)
def test_an_impossible_number_is_refused_with_what_to_do(
    kind: str, number: str, field: str, code: str, message: str
) -> None:
    with pytest.raises(IdentityRefusedError) as refusal:
        _register(make_user(), id_kind=kind, id_number=number)

    assert (refusal.value.field, refusal.value.code, str(refusal.value)) == (field, code, message)
    assert Learner.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_accounts_registering_one_number_at_the_same_moment_one_is_refused() -> None:
    users = [make_user(), make_user()]
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def register(user: User) -> None:
        try:
            start.wait(timeout=10)
            _register(user)
            outcomes.append("registered")
        except IdentityRefusedError as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=register, args=[user]) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["registered", "taken"]
    assert (Learner.objects.count(), Consent.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_a_photo_is_attached_once_and_each_new_one_leaves_an_audit_row() -> None:
    learner = make_learner()
    before = AuditEntry.objects.count()

    for sha256 in ("a" * 64, "a" * 64, "b" * 64):
        attach_photo(learner=learner, path=f"photos/{sha256[0]}.jpg", sha256=sha256, now=NOW)

    learner.refresh_from_db()
    assert (learner.photo_path, learner.photo_sha256) == ("photos/b.jpg", "b" * 64)
    assert AuditEntry.objects.count() - before == 2
