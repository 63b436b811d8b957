"""A person's box: each message once, read by its owner only."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import SiteMessage, User
from accounts.operations import MessageDraft, read_messages, send_site_message, send_site_messages
from accounts.queries import messages_of, unread_count
from tests.factories.accounts import make_user
from tests.factories.threads import in_threads
from tests.factories.tracking import NOW


def send(user: User, key: str = "k", **overrides: str) -> bool:
    return send_site_message(user=user, now=NOW, **{"key": key, "subject": "测试标题", "body": "测试内容", **overrides})


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.permissions.UserNameOrMobileBackend")
    return client


@pytest.mark.django_db
def test_the_same_message_is_delivered_once():
    user, other = make_user(), make_user()
    assert [send(user), send(user), send(other), send(user, "k2")] == [True, False, True, True]
    assert (unread_count(user), unread_count(other)) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_two_who_send_the_same_at_the_same_moment_deliver_it_once():
    user = make_user()
    in_threads(*[lambda: send(user)] * 4)
    assert SiteMessage.objects.filter(user=user).count() == 1


@pytest.mark.django_db
def test_a_hundred_messages_take_as_many_statements_as_one(django_assert_num_queries):
    users = [make_user() for _ in range(10)]
    drafts = [MessageDraft(user.pk, f"k{number}", "测试", "测试") for user in users for number in range(10)]
    with django_assert_num_queries(4):  # look, write, and the transaction's two ends
        assert send_site_messages(drafts=drafts, now=NOW) == 100


@pytest.mark.django_db
def test_a_subject_that_is_too_long_is_cut():
    user = make_user()
    send(user, subject="长" * 200)
    assert len(messages_of(user).get().subject) == 120


@pytest.mark.django_db
def test_the_box_lists_the_newest_first_and_names_the_unread(django_assert_max_num_queries):
    user = make_user()
    send(user, "old", subject="第一条")
    read_messages(user=user, now=NOW)
    send(user, "new", subject="第二条")
    client = signed_in(user)
    with django_assert_max_num_queries(15):
        page = client.get(reverse("accounts:messages")).content.decode()
    assert page.index("第二条") < page.index("第一条")
    assert page.count("badge--seal") == 3  # the menu, wide and small, and the message


@pytest.mark.django_db
def test_opening_a_message_marks_it_as_read_and_goes_where_it_leads():
    user = make_user()
    send(user, address="/my/")
    message = messages_of(user).get()
    answer = signed_in(user).post(reverse("accounts:message", args=[message.uuid]))
    assert (answer.status_code, answer.headers["Location"], unread_count(user)) == (302, "/my/", 0)


@pytest.mark.django_db
def test_nobody_opens_another_persons_message():
    user = make_user()
    send(user)
    message = messages_of(user).get()
    answer = signed_in(make_user()).post(reverse("accounts:message", args=[message.uuid]))
    assert (answer.status_code, unread_count(user)) == (404, 1)


@pytest.mark.django_db
def test_all_are_marked_as_read_in_one_go_and_only_ones_own():
    user, other = make_user(), make_user()
    for key in "abc":
        send(user, key)
    send(other)
    signed_in(user).post(reverse("accounts:messages_read"))
    assert (unread_count(user), unread_count(other)) == (0, 1)


@pytest.mark.django_db
def test_an_empty_box_says_what_will_come():
    page = signed_in(make_user()).get(reverse("accounts:messages")).content.decode()
    assert "还没有消息" in page


@pytest.mark.django_db
def test_reading_by_looking_is_refused():
    user = make_user()
    send(user)
    message = messages_of(user).get()
    assert signed_in(user).get(reverse("accounts:message", args=[message.uuid])).status_code == 405
    assert unread_count(user) == 1


@pytest.mark.django_db
def test_a_visitor_is_asked_to_sign_in(client: Client):
    assert client.get(reverse("accounts:messages")).status_code == 302
