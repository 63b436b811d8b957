"""Registering, signing in and out, the real-name form, the account page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEntry, Learner, User
from accounts.permissions import IDENTITY_TRIES_AN_HOUR, PASSWORD_TRIES_AN_HOUR, REGISTRATIONS_AN_HOUR
from tests.factories.accounts import PASSWORD, make_id_number, make_learner, make_user

pytestmark = pytest.mark.django_db
NUMBER = make_id_number(sequence=21)


@pytest.fixture(autouse=True)
def fresh_cache() -> Iterator[None]:
    """Count tries from none."""
    cache.clear()
    yield
    cache.clear()


def _registration(**changes: str) -> dict[str, str]:
    return {"mobile": "", "username": "测试新人", "password": PASSWORD, "password_again": PASSWORD, **changes}


def _identity(**changes: str) -> dict[str, str]:
    return {"full_name": "测试学员", "id_kind": "resident_id", "id_number": NUMBER, "consent": "on", **changes}


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.permissions.UserNameOrMobileBackend")
    return client


def test_registering_signs_in_and_leads_to_the_real_name_form_and_then_where_the_person_wanted(client: Client) -> None:
    registered = client.post("/accounts/register/?next=/my/claim/", _registration())
    assert (registered.status_code, registered["Location"]) == (302, "/accounts/identity/?next=%2Fmy%2Fclaim%2F")
    user = User.objects.get()
    assert client.session["_auth_user_id"] == str(user.pk)

    named = client.post(registered["Location"], _identity())

    assert (named.status_code, named["Location"]) == (302, "/my/claim/")
    assert Learner.objects.get().user == user


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
@pytest.mark.parametrize("page", ["/accounts/register/", "/accounts/login/", "/accounts/identity/"])
def test_nobody_is_sent_to_another_site(client: Client, page: str, target: str) -> None:
    user = make_user(username="测试安全")
    form: dict[str, str] = {
        "/accounts/register/": _registration(),
        "/accounts/login/": {"username": "测试安全", "password": PASSWORD},
        "/accounts/identity/": _identity(),
    }[page]
    if page == "/accounts/identity/":
        client = _signed_in(user)

    response = client.post(page, {**form, "next": target})

    assert response.status_code == 302
    assert response["Location"] in {"/accounts/identity/", "/my/"}


def test_every_fault_of_a_registration_is_said_at_once_and_tied_to_its_input(client: Client) -> None:
    faults = {"mobile": "123", "username": "1", "password": "12345", "password_again": "1234"}

    page = client.post("/accounts/register/", _registration(**faults))

    assert set(page.context["form"].errors) == set(faults)
    html = page.content.decode()
    for field in faults:
        assert f'id="id_{field}_error"' in html
        assert f"id_{field}_error" in html.split(f'name="{field}"')[1].split(">")[0]
    assert page.status_code == 200
    assert User.objects.count() == 0
    assert PASSWORD not in html


def test_neither_name_nor_number_is_asked_for(client: Client) -> None:
    page = client.post("/accounts/register/", _registration(username=""))

    assert page.context["form"].errors == {"mobile": ["请填写手机号或用户名，至少一项"]}


def test_a_number_in_use_is_an_answer_and_no_failure(client: Client) -> None:
    make_user(mobile="13800000001")

    page = client.post("/accounts/register/", _registration(mobile="138 0000 0001"))

    assert page.context["form"].errors == {"mobile": ["该手机号已经注册。请直接登录，或换一个手机号"]}


def test_the_registration_page_states_the_password_rules_before_typing(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(15):
        html = client.get("/accounts/register/").content.decode()

    assert "至少 10 个字符" in html
    assert 'aria-describedby="id_password_helptext"' in html


def test_too_many_registrations_from_one_address_wait(client: Client) -> None:
    for _ in range(REGISTRATIONS_AN_HOUR):
        assert client.post("/accounts/register/", {}).status_code == 200

    refused = client.post("/accounts/register/", _registration())
    elsewhere = Client(REMOTE_ADDR="192.0.2.7").post("/accounts/register/", _registration())

    assert (refused.status_code, elsewhere.status_code) == (429, 302)
    assert "本网络的注册次数过多，请一小时后再试" in refused.content.decode()


@pytest.mark.parametrize("name", ["测试登录", "13800000001", "+86 138-0000-0001"])
def test_user_name_or_mobile_signs_in(client: Client, name: str) -> None:
    user = make_user(username="测试登录", mobile="13800000001")

    response = client.post("/accounts/login/", {"username": name, "password": PASSWORD})

    assert (response.status_code, response["Location"]) == (302, "/my/")
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_wrong_password_says_nothing_about_the_account(client: Client) -> None:
    make_user(username="测试登录")
    texts = []
    for name in ("测试登录", "查无此人"):
        page = client.post("/accounts/login/", {"username": name, "password": "不对的密码啊啊"})
        texts.append(page.context["form"].non_field_errors())

    assert texts[0] == texts[1] == ["用户名、手机号或密码不正确。请检查大小写；连续多次输错，账户会暂时锁定"]


def test_repeated_wrong_passwords_lock_the_account_with_an_explanation(client: Client) -> None:
    make_user(username="测试锁定")
    wrong = {"username": "测试锁定", "password": "不对的密码啊啊"}
    statuses = [client.post("/accounts/login/", wrong).status_code for _ in range(8)]

    locked = client.post("/accounts/login/", {**wrong, "password": PASSWORD})

    assert (statuses, locked.status_code) == ([200] * 7 + [429], 429)
    assert "登录已暂时锁定" in locked.content.decode()


@pytest.mark.parametrize("is_known", [True, False])
def test_spellings_of_one_mobile_number_share_their_tries(client: Client, is_known: bool) -> None:
    if is_known:
        make_user(mobile="13800138000")
    spellings = ["1" + "-" * dashes + "3800138000" for dashes in range(9)]

    statuses = [
        client.post("/accounts/login/", {"username": name, "password": "不对的密码啊啊"}).status_code
        for name in spellings
    ]

    assert statuses == [200] * 7 + [429] * 2


def test_a_name_of_any_length_is_only_a_wrong_name(client: Client) -> None:
    response = client.post("/accounts/login/", {"username": "长" * 5000, "password": "不对的密码啊啊"})

    assert response.status_code == 200


def test_signing_out_is_a_post(client: Client) -> None:
    client = _signed_in(make_user())

    assert client.get("/accounts/logout/").status_code == 405
    assert client.post("/accounts/logout/")["Location"] == "/"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("page", ["/accounts/", "/accounts/identity/", "/accounts/password/"])
def test_a_visitor_is_asked_to_sign_in_first(client: Client, page: str) -> None:
    response = client.get(page)

    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={page}")


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"full_name": ""}, {"full_name"}),
        ({"full_name": "测试3"}, {"full_name"}),
        ({"id_number": "990001900101001"}, {"id_number"}),
        ({"id_number": make_id_number(region="810000")}, {"id_kind"}),
        ({"id_kind": "other"}, {"id_kind"}),
        ({"consent": ""}, {"consent"}),
        ({"full_name": "", "id_number": "1", "consent": ""}, {"full_name", "id_number", "consent"}),
    ],
)
def test_a_faulty_identity_is_explained_field_by_field(changes: dict[str, str], faults: set[str]) -> None:
    page = _signed_in(make_user()).post("/accounts/identity/", _identity(**changes))

    assert page.status_code == 200
    assert set(page.context["form"].errors) == faults
    assert Learner.objects.count() == 0


def test_anothers_number_is_an_answer_and_tells_nothing_of_the_other() -> None:
    make_learner(full_name="测试原主", id_number=NUMBER, user=make_user(username="测试原户", mobile="13800000001"))

    html = _signed_in(make_user()).post("/accounts/identity/", _identity()).content.decode()

    assert "该证件号码已在本站登记" in html
    for secret in ("测试原主", "测试原户", "13800000001", "138****0001"):
        assert secret not in html


def test_guessing_numbers_stops_after_some_tries() -> None:
    make_learner(id_number=NUMBER)
    client = _signed_in(make_user())
    for _ in range(IDENTITY_TRIES_AN_HOUR):
        client.post("/accounts/identity/", _identity())

    page = client.post("/accounts/identity/", _identity())

    assert page.context["form"].errors["id_number"] == ["尝试次数过多，请一小时后再试"]


def test_a_registered_identity_is_shown_masked_and_cannot_be_rewritten() -> None:
    learner = make_learner(id_number=NUMBER)
    client = _signed_in(learner.user)

    shown = client.get("/accounts/identity/").content.decode()
    rewritten = client.post("/accounts/identity/", _identity(full_name="测试他人"))

    assert learner.id_masked in shown
    assert NUMBER not in shown
    assert "登记信息不能自行修改" in rewritten.content.decode()
    assert Learner.objects.get().full_name == "测试学员"


def test_the_account_page_shows_masked_data_in_few_statements(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    learner = make_learner(user=make_user(mobile="13800000001"), id_number=NUMBER)
    client = _signed_in(learner.user)

    with django_assert_max_num_queries(15):
        html = client.get("/accounts/").content.decode()

    assert learner.id_masked in html
    assert "138****0001" in html
    assert NUMBER not in html
    assert "13800000001" not in html


def test_changing_the_password_keeps_this_session_and_ends_the_others() -> None:
    user = make_user()
    here, there = _signed_in(user), _signed_in(user)
    form = {"old_password": PASSWORD, "password": "另一句-容易记住的话", "password_again": "另一句-容易记住的话"}

    response = here.post("/accounts/password/", form)

    assert response["Location"] == "/accounts/"
    assert (here.get("/accounts/").status_code, there.get("/accounts/").status_code) == (200, 302)
    assert AuditEntry.objects.get().action == "user.change_password"


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"old_password": "不对"}, {"old_password"}),
        ({"password": "12345", "password_again": "12345"}, {"password"}),
        ({"password_again": "另一句"}, {"password_again"}),
    ],
)
def test_a_faulty_password_change_is_explained(changes: dict[str, str], faults: set[str]) -> None:
    user = make_user()
    new = "另一句-容易记住的话"
    form: dict[str, Any] = {"old_password": PASSWORD, "password": new, "password_again": new, **changes}

    page = _signed_in(user).post("/accounts/password/", form)

    assert set(page.context["form"].errors) == faults
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_guessing_the_present_password_stops_after_some_tries() -> None:
    user = make_user()
    browser = _signed_in(user)
    new = {"password": "新的长密码一二三四五", "password_again": "新的长密码一二三四五"}
    for _ in range(PASSWORD_TRIES_AN_HOUR):
        browser.post("/accounts/password/", {**new, "old_password": "不对的密码"})

    late = browser.post("/accounts/password/", {**new, "old_password": PASSWORD})

    assert late.status_code == 429
    assert "尝试次数过多" in late.content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_the_handling_of_personal_information_is_public(client: Client) -> None:
    html = client.get("/accounts/privacy/").content.decode()

    assert "个人信息处理规则" in html
    assert "版本 2026-11" in html


def test_every_form_carries_a_token() -> None:
    strict = Client(enforce_csrf_checks=True)

    page = strict.post("/accounts/register/", _registration())

    assert page.status_code == 403
    assert "页面已过期" in page.content.decode()
    assert User.objects.count() == 0


def test_the_time_of_registration_is_the_servers() -> None:
    before = datetime.now(tz=UTC)
    user = make_user()

    _signed_in(user).post("/accounts/identity/", _identity())

    assert before <= Learner.objects.get().registered_at <= datetime.now(tz=UTC)
