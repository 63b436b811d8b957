"""The system administrator's desk."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import AuditEntry, InstitutionMember, OfficerAppointment, User
from tests.factories.accounts import (
    PASSWORD,
    appoint_officer,
    make_authority,
    make_id_number,
    make_institution,
    make_institution_member,
    make_learner,
    make_user,
)

pytestmark = pytest.mark.django_db
NUMBER = make_id_number(sequence=33)


@pytest.fixture
def desk() -> Client:
    """A signed-in superuser."""
    client = Client()
    admin = make_user(is_staff=True, is_superuser=True)
    client.force_login(admin, backend="accounts.permissions.UserNameOrMobileBackend")
    return client


@pytest.mark.parametrize(
    "model",
    [
        "user",
        "authority",
        "traininginstitution",
        "officerappointment",
        "institutionmember",
        "learner",
        "consent",
        "auditentry",
    ],
)
def test_every_list_opens(desk: Client, model: str) -> None:
    make_learner()
    make_institution()
    appoint_officer()
    make_institution_member()

    assert desk.get(f"/staff/accounts/{model}/").status_code == 200


def test_a_learner_is_shown_masked_and_cannot_be_changed(desk: Client) -> None:
    learner = make_learner(id_number=NUMBER)
    address = f"/staff/accounts/learner/{learner.pk}/change/"

    html = desk.get(address).content.decode()
    changed = desk.post(address, {"full_name": "测试他人"})

    assert learner.id_masked in html
    assert NUMBER not in html
    assert changed.status_code == 403
    assert desk.post(f"/staff/accounts/learner/{learner.pk}/delete/").status_code == 403


def test_the_audit_trail_can_only_be_read(desk: Client) -> None:
    make_learner()
    entry = AuditEntry.objects.get()

    assert desk.get(f"/staff/accounts/auditentry/{entry.pk}/change/").status_code == 200
    assert desk.post(f"/staff/accounts/auditentry/{entry.pk}/change/", {"action": "x"}).status_code == 403
    assert desk.get("/staff/accounts/auditentry/add/").status_code == 403


def test_an_appointment_is_given_and_taken_back_with_an_audit_row_each(desk: Client) -> None:
    officer, authority = make_user(), make_authority()

    desk.post(
        "/staff/accounts/officerappointment/add/",
        {"user": officer.pk, "authority": authority.pk, "role": "recogniser"},
    )
    appointment = OfficerAppointment.objects.get()
    desk.post(f"/staff/accounts/officerappointment/{appointment.pk}/delete/", {"post": "yes"})

    assert OfficerAppointment.objects.count() == 0
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "officer.appoint",
        "officer.dismiss",
    ]


def test_a_user_name_may_not_be_anothers_mobile_number(desk: Client) -> None:
    make_user(mobile="13800000001")
    form = {"username": "13800000001", "mobile": "", "usable_password": "true"}

    page = desk.post("/staff/accounts/user/add/", {**form, "password1": PASSWORD, "password2": PASSWORD})

    assert "已被其他账户用作用户名或手机号" in page.content.decode()
    assert not User.objects.filter(username="13800000001").exists()


def test_rights_given_to_an_account_and_passwords_set_for_it_stand_in_the_audit_trail(desk: Client) -> None:
    user = make_user(username="测试升级")
    address = f"/staff/accounts/user/{user.pk}"

    given = desk.post(f"{address}/change/", {"username": "测试升级", "is_active": "on", "is_superuser": "on"})
    new = {"usable_password": "true", "password1": "新的长密码一二三四五", "password2": "新的长密码一二三四五"}
    reset = desk.post(f"{address}/password/", new)

    assert (given.status_code, reset.status_code) == (302, 302)
    first, second = AuditEntry.objects.filter(action="user.change").order_by("pk")
    assert (first.actor, first.target) == (User.objects.get(is_staff=True), f"accounts.user:{user.uuid}")
    assert (first.detail["is_superuser"], first.detail["is_staff"]) == (True, False)
    assert first.detail["changes"] == [{"changed": {"fields": ["Superuser status"]}}]
    assert second.target == first.target
    assert "新的长密码一二三四五" not in str(second.detail)


def test_who_may_change_accounts_gains_no_rights_by_it(desk: Client) -> None:
    helper, above = make_user(username="测试帮手", is_staff=True), User.objects.get(is_superuser=True)
    helper.user_permissions.set(
        Permission.objects.filter(content_type__app_label="accounts", codename__endswith="_user")
    )
    other = make_user(username="测试他人")
    client = Client()
    client.force_login(helper, backend="accounts.permissions.UserNameOrMobileBackend")
    wish = {"is_active": "on", "is_staff": "on", "is_superuser": "on"}
    new = {"usable_password": "true", "password1": "新的长密码一二三四五", "password2": "新的长密码一二三四五"}

    client.post(f"/staff/accounts/user/{helper.pk}/change/", {**wish, "username": "测试帮手"})
    client.post(f"/staff/accounts/user/{other.pk}/change/", {**wish, "username": "测试改名"})
    taken = client.post(f"/staff/accounts/user/{above.pk}/password/", new)

    helper.refresh_from_db()
    other.refresh_from_db()
    above.refresh_from_db()
    assert helper.is_superuser is False
    assert (other.username, other.is_superuser, other.is_staff) == ("测试改名", False, False)
    assert (taken.status_code, above.check_password("新的长密码一二三四五")) == (403, False)


def test_a_new_account_stands_in_the_audit_trail(desk: Client) -> None:
    new = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}

    desk.post("/staff/accounts/user/add/", {"username": "测试新建", **new})

    entry = AuditEntry.objects.get(action="user.create")
    assert entry.target == f"accounts.user:{User.objects.get(username='测试新建').uuid}"


def test_what_the_cms_does_to_an_account_stands_in_the_audit_trail_too(desk: Client) -> None:
    user = make_user(username="测试编辑")
    form = {
        "username": "测试编辑",
        "email": "a@example.org",
        "first_name": "测",
        "last_name": "试",
        "is_superuser": "on",
    }

    changed = desk.post(f"/admin/users/edit/{user.pk}/", {**form, "password1": PASSWORD, "password2": PASSWORD})
    made = desk.post(
        "/admin/users/new/", {**form, "username": "测试新人", "password1": PASSWORD, "password2": PASSWORD}
    )

    assert (changed.status_code, made.status_code) == (302, 302)
    change, creation = AuditEntry.objects.filter(action__startswith="user.").order_by("pk")
    assert (change.action, change.target) == ("user.change", f"accounts.user:{user.uuid}")
    assert change.detail["is_superuser"] is True
    assert (creation.action, creation.detail["groups"]) == ("user.create", [])


def test_a_membership_of_an_institution_is_given_and_taken_back_with_an_audit_row_each(desk: Client) -> None:
    member, institution = make_user(), make_institution()

    desk.post("/staff/accounts/institutionmember/add/", {"user": member.pk, "institution": institution.pk})
    membership = InstitutionMember.objects.get()
    changed = desk.post(f"/staff/accounts/institutionmember/{membership.pk}/change/", {"user": make_user().pk})
    desk.post(f"/staff/accounts/institutionmember/{membership.pk}/delete/", {"post": "yes"})

    assert changed.status_code == 403
    assert InstitutionMember.objects.count() == 0
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "institution.admit",
        "institution.dismiss",
    ]
