"""An address is used once its reader has confirmed it, and no longer than wanted."""

from __future__ import annotations

import base64
import smtplib
from datetime import timedelta

import pytest
from django.core import mail, signing
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.gateways import DeliveryError
from accounts.models import AuditEntry, ContactSettings, User
from accounts.operations import ContactLinkError, confirm_email, leave_address, mail_confirmation, save_contact
from accounts.operations.contact import CONFIRM_SALT
from accounts.queries import Reach, reach_of
from lms.env import SmsGateway
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.tracking import NOW

SITE = "http://127.0.0.1:8000"


def choose(user: User, **overrides: object) -> ContactSettings:
    values = {"email": "ce@example.org", "wants_email": True, "wants_sms": True, "language": "zh-hans"}
    return save_contact(user=user, now=NOW, **{**values, **overrides})


def confirm_path(user: User) -> str:
    """The path in the mail that asks for confirmation."""
    mail.outbox.clear()
    assert mail_confirmation(user_id=user.pk) is True
    [sent] = mail.outbox
    [line] = [line for line in sent.body.splitlines() if line.startswith(SITE)]
    return line.removeprefix(SITE)


def signed_in(user: User) -> Client:
    client = Client()
    assert client.login(request=None, username=user.username, password=PASSWORD) is True
    return client


@pytest.fixture
def client_of(settings):
    settings.AUTHENTICATION_BACKENDS = ["accounts.permissions.UserNameOrMobileBackend"]
    return signed_in


@pytest.mark.django_db
def test_an_address_is_used_only_after_its_reader_confirmed_it(client: Client):
    user = make_user()
    choose(user)
    assert reach_of([user])[user.pk] == Reach(email="", mobile="", language="zh-hans")
    path = confirm_path(user)

    seen = client.get(path)

    assert (seen.status_code, reach_of([user])[user.pk].email) == (200, "")  # a scanner of mails opens, presses nothing
    assert client.post(path).status_code == 200
    assert client.post(path).status_code == 200
    assert reach_of([user])[user.pk].email == "ce@example.org"
    assert AuditEntry.objects.filter(action="contact.confirm").count() == 1


@pytest.mark.django_db
def test_the_link_holds_nothing_of_the_address():
    """Links end up in the logs of servers and proxies."""
    user = make_user()
    save_contact(user=user, email="zhang@example.org", wants_email=True, wants_sms=False, language="zh-hans", now=NOW)
    payload = confirm_path(user).removesuffix("/").rsplit("/", 1)[-1].split(":")[0]
    held = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()
    assert str(user.uuid) in held
    assert "zhang" not in held


@pytest.mark.django_db
def test_a_link_of_an_address_that_was_changed_since_confirms_nothing(client: Client):
    user = make_user()
    choose(user)
    path = confirm_path(user)
    choose(user, email="other@example.org")
    answer = client.post(path)
    assert (answer.status_code, reach_of([user])[user.pk].email) == (410, "")
    assert "这个邮箱已被更改或删除" in answer.content.decode()


@pytest.mark.django_db
def test_changing_a_confirmed_address_asks_for_confirmation_again():
    user = make_user()
    choose(user)
    ContactSettings.objects.update(email_confirmed_at=NOW)
    choose(user, email="CE@Example.org")
    assert reach_of([user])[user.pk].email == "ce@example.org"
    choose(user, email="other@example.org")
    assert reach_of([user])[user.pk].email == ""


@pytest.mark.django_db
def test_a_forged_link_is_refused():
    for token in ("x", "a:b:c", signing.dumps(["x", "y"], salt="another")):
        with pytest.raises(ContactLinkError):
            confirm_email(token=token, now=NOW)


@pytest.mark.django_db
def test_a_link_of_the_right_shape_with_rubbish_inside_is_refused():
    for rubbish in ("text", ["one"], {"a": 1}, [1, 2, 3], ["not-a-uuid", "ce@example.org"]):
        with pytest.raises(ContactLinkError):
            confirm_email(token=signing.dumps(rubbish, salt=CONFIRM_SALT), now=NOW)


@pytest.mark.django_db
def test_one_press_in_a_mail_program_stops_the_mails_without_signing_in():
    user = make_user()
    choose(user)
    ContactSettings.objects.update(email_confirmed_at=NOW)
    path = leave_address(user).removeprefix(SITE)
    client = Client(enforce_csrf_checks=True)

    assert client.get(path).status_code == 200
    assert reach_of([user])[user.pk].email == "ce@example.org"
    answer = client.post(path, {"List-Unsubscribe": "One-Click"})

    assert (answer.status_code, reach_of([user])[user.pk].email) == (200, "")
    assert client.post("/accounts/contact/leave/forged/").status_code == 410


@pytest.mark.django_db
def test_a_mobile_number_is_used_where_there_is_a_gateway_and_it_is_wanted(settings):
    user = make_user(mobile="13800138000")
    assert reach_of([user])[user.pk].mobile == ""
    settings.XUESHI_SMS = SmsGateway(url="http://127.0.0.1:9/", key="k")
    assert reach_of([user])[user.pk].mobile == "13800138000"
    choose(user, wants_sms=False)
    assert reach_of([user])[user.pk].mobile == ""


@pytest.mark.django_db
def test_a_closed_account_is_reached_nowhere(settings):
    settings.XUESHI_SMS = SmsGateway(url="http://127.0.0.1:9/", key="k")
    user = make_user(mobile="13800138000", is_active=False)
    choose(user)
    ContactSettings.objects.update(email_confirmed_at=NOW)
    assert reach_of([user])[user.pk] == Reach(email="", mobile="", language="zh-hans")


@pytest.mark.django_db
def test_the_page_saves_and_sends_the_confirmation_after_the_commit(client_of, django_capture_on_commit_callbacks):
    user = make_user()
    client = client_of(user)
    with django_capture_on_commit_callbacks() as waiting:
        answer = client.post(
            reverse("accounts:contact"), {"email": " ce@example.org ", "wants_email": "on", "language": "en"}
        )
    assert (answer.status_code, len(waiting)) == (302, 1)
    chosen = ContactSettings.objects.get(user=user)
    assert (chosen.email, chosen.wants_email, chosen.wants_sms, chosen.language) == ("ce@example.org", True, True, "en")
    page = client.get(reverse("accounts:contact")).content.decode()
    assert "ce@example.org" in page


@pytest.mark.django_db
def test_a_wrong_address_is_named_beside_its_field(client_of):
    client = client_of(make_user())
    answer = client.post(reverse("accounts:contact"), {"email": "ce@@example", "language": "zh-hans"})
    assert answer.status_code == 422
    assert "这不是有效的邮箱地址" in answer.content.decode()


@pytest.mark.django_db
def test_nobody_sends_more_than_six_confirmations_an_hour_to_strangers(client_of):
    cache.clear()
    client = client_of(make_user())
    statuses = [
        client.post(reverse("accounts:contact"), {"email": f"n{number}@example.org", "language": "zh-hans"}).status_code
        for number in range(7)
    ]
    assert statuses == [302] * 6 + [429]


@pytest.mark.django_db
def test_a_server_that_is_away_is_tried_again_and_a_refused_address_is_not(monkeypatch: pytest.MonkeyPatch, settings):
    user = make_user()
    choose(user)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with pytest.raises(DeliveryError) as away:
        mail_confirmation(user_id=user.pk)
    assert away.value.is_final is False
    refusal = smtplib.SMTPRecipientsRefused({"ce@example.org": (550, b"no such user")})

    class Refusing(smtplib.SMTP):
        def __init__(self, *args: object, **kwargs: object) -> None:
            raise refusal

    monkeypatch.setattr(smtplib, "SMTP", Refusing)
    with pytest.raises(DeliveryError) as refused:
        mail_confirmation(user_id=user.pk)
    assert refused.value.is_final is True


@pytest.mark.django_db
def test_a_link_is_good_for_three_days(monkeypatch: pytest.MonkeyPatch):
    user = make_user()
    choose(user)
    token = confirm_path(user).removesuffix("/").rsplit("/", 1)[-1]
    later = signing.time.time() + timedelta(days=3).total_seconds() + 5
    monkeypatch.setattr(signing.time, "time", lambda: later)
    with pytest.raises(ContactLinkError):
        confirm_email(token=token, now=NOW)
