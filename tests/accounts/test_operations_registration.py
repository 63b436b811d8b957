"""Opening an account."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection

from accounts.models import AuditEntry, User
from accounts.operations import RegistrationRefusedError, change_password, register_user
from lms.lib.append_only import AppendOnlyError
from tests.factories.accounts import PASSWORD, make_user

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_a_registration_opens_an_account_and_leaves_an_audit_row_without_the_number() -> None:
    user = register_user(username="测试张三", mobile="+86 138-0000-0001", password=PASSWORD, now=NOW)

    assert (user.username, user.mobile, user.date_joined) == ("测试张三", "13800000001", NOW)
    assert user.check_password(PASSWORD)
    [entry] = AuditEntry.objects.all()
    assert (entry.actor, entry.action, entry.at) == (user, "user.register", NOW)
    assert entry.target == f"accounts.user:{user.uuid}"
    assert entry.detail == {"username": True, "mobile": True}


@pytest.mark.django_db
def test_a_registration_by_mobile_alone_makes_a_user_name_that_does_not_hold_the_number() -> None:
    user = register_user(username="", mobile="13800000001", password=PASSWORD, now=NOW)

    assert user.username.startswith("u")
    assert "13800000001" not in user.username


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("username", "mobile", "password", "field", "message"),
    [
        ("", " ", PASSWORD, "mobile", "请填写手机号或用户名，至少一项"),
        ("", "12345", PASSWORD, "mobile", "请填写 11 位中国大陆手机号；没有的，可以只填写用户名"),
        (
            "13800000002",
            "",
            PASSWORD,
            "username",
            "用户名为 2–30 个字符，以字母或汉字开头，可含字母、汉字、数字、点、下划线和连字符",
        ),
        (
            "测",
            "",
            PASSWORD,
            "username",
            "用户名为 2–30 个字符，以字母或汉字开头，可含字母、汉字、数字、点、下划线和连字符",
        ),
        ("TAKEN", "", PASSWORD, "username", "该用户名已被使用，请换一个"),
        ("", "138 0000 0009", PASSWORD, "mobile", "该手机号已经注册。请直接登录，或换一个手机号"),
        ("测试", "", "短", "password", "密码太短，至少需要 10 个字符"),
        ("测试", "", "8264917305", "password", "密码不能全是数字"),
        ("测试", "", "password123", "password", "密码太常见，容易被猜中"),
        ("zhangsan-site", "", "zhangsan-site1", "password", "密码与用户名或手机号太相似"),
        ("测试", "", "12345", "password", "密码太短，至少需要 10 个字符；密码太常见，容易被猜中；密码不能全是数字"),
    ],
)
def test_a_registration_is_refused_with_the_field_to_change(
    username: str, mobile: str, password: str, field: str, message: str
) -> None:
    make_user(username="taken", mobile="13800000009")

    with pytest.raises(RegistrationRefusedError) as refusal:
        register_user(username=username, mobile=mobile, password=password, now=NOW)

    assert (refusal.value.field, str(refusal.value)) == (field, message)
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_a_mobile_number_is_refused_while_it_is_anothers_user_name() -> None:
    make_user(username="13800000001")

    with pytest.raises(RegistrationRefusedError) as refusal:
        register_user(username="", mobile="13800000001", password=PASSWORD, now=NOW)

    assert refusal.value.field == "mobile"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("username", "mobile"), [("", "13800000001"), ("测试同名", "")])
def test_of_two_registrations_at_the_same_moment_one_opens_an_account_and_one_is_refused(
    username: str, mobile: str
) -> None:
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def register() -> None:
        try:
            start.wait(timeout=10)
            register_user(username=username, mobile=mobile, password=PASSWORD, now=NOW)
            outcomes.append("opened")
        except RegistrationRefusedError as refusal:
            outcomes.append(refusal.field)
        finally:
            connection.close()

    threads = [threading.Thread(target=register) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == sorted(["opened", "mobile" if mobile else "username"])
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_a_new_password_replaces_the_old_one_and_leaves_an_audit_row() -> None:
    user = make_user()

    change_password(user=user, password="另一句-容易记住的话", now=NOW)

    user.refresh_from_db()
    assert user.check_password("另一句-容易记住的话")
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["user.change_password"]


@pytest.mark.django_db
def test_a_weak_new_password_changes_nothing() -> None:
    user = make_user()

    with pytest.raises(RegistrationRefusedError):
        change_password(user=user, password="12345", now=NOW)

    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert AuditEntry.objects.count() == 0


@pytest.mark.django_db
def test_an_audit_row_is_written_once() -> None:
    register_user(username="测试审计", mobile="", password=PASSWORD, now=NOW)

    with pytest.raises(AppendOnlyError):
        AuditEntry.objects.update(action="user.other")
    with pytest.raises(AppendOnlyError):
        AuditEntry.objects.get().delete()
