"""Deadlines in a calendar of one's own: right in any calendar's eyes, private, and gone when met or revoked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar, Event

from accounts.models import Learner, User
from certificates.models import CalendarFeed, Holding
from certificates.operations import open_calendar_feed, revoke_calendar_feed
from certificates.queries import calendar_address, calendar_file, deadlines_of
from tests.factories.accounts import make_learner, make_user
from tests.factories.certificates import make_holding, meet_year, renewal_year
from tests.factories.courses import make_policy
from tests.factories.tracking import NOW, make_ruled_authority
from tracking.operations import extend_renewal_years

pytestmark = pytest.mark.django_db
DUE = date(2030, 9, 30)
TODAY = NOW.date()
SITE = "http://127.0.0.1:8000"


def make_due(*, learner: Learner | None = None, **policy: Any) -> Holding:
    return make_holding(learner=learner, policy={"legacy_deadline": DUE, **policy})


def events_of(data: bytes) -> list[Event]:
    return Calendar.from_ical(data).walk("VEVENT")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.permissions.UserNameOrMobileBackend")
    return client


def feed_path(learner: Learner) -> str:
    open_calendar_feed(learner=learner, now=NOW)
    return calendar_address(learner).removeprefix(SITE)


def test_a_file_says_what_is_missing_on_which_day_and_when_to_remind():
    holding = make_due()
    year = renewal_year(holding)
    data = calendar_file(deadlines_of(holding.learner, on=TODAY), now=NOW)

    calendar = Calendar.from_ical(data)
    assert (str(calendar["version"]), str(calendar["x-wr-calname"])) == ("2.0", "继续教育截止日")
    assert data.startswith(b"BEGIN:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    [event] = events_of(data)
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (DUE, DUE + timedelta(days=1))
    assert str(event["uid"]) == f"{year.uuid}@127.0.0.1"
    assert str(event["summary"]) == f"换证继续教育截止：{holding.post.name}"
    assert str(event["description"]) == "需 3 学时，还差 3 学时；当天完成仍然有效。"
    assert str(event["url"]) == f"{SITE}/my/holdings/{holding.uuid}/"
    triggers = [alarm.decoded("trigger") for alarm in event.walk("VALARM")]
    assert triggers == [timedelta(hours=9) - timedelta(days=days) for days in (30, 7, 1)]


def test_neither_name_nor_number_stands_in_the_file():
    holding = make_due(learner=make_learner(full_name="测试张三"))
    data = calendar_file(deadlines_of(holding.learner, on=TODAY), now=NOW).decode()
    unfolded = data.replace("\r\n ", "")
    assert "测试张三" not in unfolded
    assert holding.number not in unfolded


def test_an_extended_deadline_moves_the_same_event():
    authority = make_ruled_authority(legacy_deadline=date(2026, 9, 30))
    holding = make_holding(authority=authority)
    [before] = events_of(calendar_file(deadlines_of(holding.learner, on=TODAY), now=NOW))
    make_policy(authority=authority, effective_from=date(2026, 3, 1), legacy_deadline=date(2026, 12, 31))
    extend_renewal_years(now=NOW)
    [after] = events_of(calendar_file(deadlines_of(holding.learner, on=TODAY), now=NOW))
    assert str(before["uid"]) == str(after["uid"])
    assert (before.decoded("dtstart"), after.decoded("dtstart")) == (date(2026, 9, 30), date(2026, 12, 31))


def test_a_met_year_a_passed_one_and_one_without_an_end_are_in_no_calendar():
    learner = make_learner()
    meet_year(renewal_year(make_due(learner=learner)))
    make_holding(learner=learner, policy={"legacy_deadline": date(2099, 12, 31)})
    make_holding(learner=learner, policy={"legacy_deadline": date(2026, 3, 31)})
    assert [each.due_on for each in deadlines_of(learner, on=date(2026, 3, 31))] == [date(2026, 3, 31)]
    assert deadlines_of(learner, on=date(2026, 4, 1)) == []


def test_days_of_grace_are_named_beside_the_deadline():
    holding = make_due(grace_days=31)
    [deadline] = deadlines_of(holding.learner, on=TODAY)
    assert (deadline.due_on, deadline.grace_until) == (DUE, date(2030, 10, 31))
    [event] = events_of(calendar_file([deadline], now=NOW))
    assert event.decoded("dtstart") == DUE
    assert str(event["description"]).endswith("宽限至 2030-10-31。")


def test_a_text_that_means_something_in_the_format_is_escaped():
    holding = make_due()
    type(holding.post).objects.filter(pk=holding.post_id).update(name="测试;岗位,甲\nBEGIN:VEVENT")
    [event] = events_of(calendar_file(deadlines_of(holding.learner, on=TODAY), now=NOW))
    assert str(event["summary"]) == "换证继续教育截止：测试;岗位,甲\nBEGIN:VEVENT"


def test_one_certificates_file_is_its_holders_alone(django_assert_max_num_queries):
    holding = make_due()
    make_due(learner=holding.learner)
    address = reverse("certificates:holding_calendar", args=[holding.uuid])
    client = signed_in(holding.learner.user)
    with django_assert_max_num_queries(15):
        answer = client.get(address)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    [event] = events_of(answer.content)
    assert str(event["url"]).endswith(f"{holding.uuid}/")
    assert signed_in(make_learner().user).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_a_certificate_without_a_deadline_says_so():
    holding = make_holding()
    client = signed_in(holding.learner.user)
    page = client.get(reverse("certificates:holding_calendar", args=[holding.uuid]), follow=True).content.decode()
    assert "这本证书目前没有需要记入日历的截止日。" in page


def test_whoever_has_the_private_address_reads_the_deadlines_without_signing_in(django_assert_max_num_queries):
    learner = make_learner()
    for _ in range(3):
        make_due(learner=learner)
    path = feed_path(learner)
    with django_assert_max_num_queries(9):
        answer = Client().get(path)
    assert (answer.status_code, len(events_of(answer.content))) == (200, 3)
    assert "no-store" in answer.headers["Cache-Control"]
    assert Client().head(path).status_code == 200
    assert answer.cookies == {}


def test_a_revoked_or_replaced_address_is_as_unknown_as_any_other():
    learner = make_learner()
    make_due(learner=learner)
    first = feed_path(learner)
    second = feed_path(learner)
    assert [Client().get(path).status_code for path in (first, second)] == [404, 200]
    revoke_calendar_feed(learner=learner, now=NOW)
    revoke_calendar_feed(learner=learner, now=NOW)
    assert [Client().get(path).status_code for path in (first, second, "/calendar/unknown.ics")] == [404] * 3


def test_a_closed_accounts_address_is_unknown():
    learner = make_learner()
    path = feed_path(learner)
    User.objects.filter(pk=learner.user_id).update(is_active=False)
    assert Client().get(path).status_code == 404


def test_the_address_is_kept_so_that_the_database_alone_opens_nothing():
    learner = make_learner()
    token = feed_path(learner).removeprefix("/calendar/").removesuffix(".ics")
    feed = CalendarFeed.objects.get()
    assert len(token) == 32
    assert token not in f"{feed.token_digest}{feed.token_sealed}"


def test_the_page_makes_shows_and_revokes_the_address(django_assert_max_num_queries):
    learner = make_learner()
    holding = make_due(learner=learner)
    client = signed_in(learner.user)
    address = reverse("certificates:calendar")
    page = client.get(address).content.decode()
    assert ("生成订阅地址" in page, holding.post.name in page) == (True, True)
    client.post(address, {"act": "open"})
    with django_assert_max_num_queries(15):
        page = client.get(address).content.decode()
    assert calendar_address(learner) in page
    client.post(address, {"act": "revoke"})
    assert calendar_address(learner) == ""


def test_a_person_without_an_identity_is_sent_to_register_it():
    answer = signed_in(make_user()).get(reverse("certificates:calendar"))
    assert answer.headers["Location"] == reverse("accounts:identity")


def test_the_feed_speaks_the_language_of_its_owner():
    from accounts.models import ContactSettings

    holding = make_due()
    ContactSettings.objects.create(user=holding.learner.user, language="en")
    [event] = events_of(Client().get(feed_path(holding.learner)).content)
    assert holding.post.name_en in str(event["summary"])
    assert isinstance(event.decoded("dtstamp"), datetime)
