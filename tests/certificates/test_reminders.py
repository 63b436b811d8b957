"""Learners are told of their deadlines: each stage once by each way, the met never, an extended deadline anew."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail

from accounts.models import ContactSettings, Learner, SiteMessage, User
from certificates.enums import CertificateStatus, ReminderChannel
from certificates.models import Holding, Reminder
from certificates.operations import make_reminders, remind_of_deadlines
from certificates.operations.reminder_mails import IN_HAND, MOST_ATTEMPTS
from courses.enums import Block
from lms.env import SmsGateway
from tests.factories.accounts import make_learner, make_user
from tests.factories.certificates import make_holding, meet_year, renewal_year
from tests.factories.courses import make_policy
from tests.factories.threads import in_threads
from tests.factories.tracking import make_entry, make_ruled_authority
from tests.services.sms_gateway import SmsGatewayDouble, sms_gateway
from tracking.operations import extend_renewal_years

DUE = date(2026, 9, 30)
CLAIMED = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def before(days: int, *, hour: int = 2) -> datetime:
    """Ten in the morning in Shanghai, so many days before the deadline."""
    day = DUE - timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, 0, tzinfo=UTC)


def make_due(*, learner: Learner | None = None, **policy: object) -> Holding:
    """A claimed certificate whose renewal is due on 30 September 2026."""
    return make_holding(learner=learner, now=CLAIMED, policy={"legacy_deadline": DUE, **policy})


def remind(now: datetime) -> tuple[int, int, int, int]:
    sent = remind_of_deadlines(now=now, limit=500)
    return sent.made, sent.site, sent.email, sent.sms


def wants_mail(user: User, email: str = "ce@example.org", **overrides: object) -> None:
    ContactSettings.objects.create(user=user, email=email, email_confirmed_at=CLAIMED, **overrides)


@pytest.fixture
def gateway(settings):
    with sms_gateway() as double:
        settings.XUESHI_SMS = SmsGateway(url=double.url, key=double.key)
        yield double


@pytest.mark.django_db
def test_a_learner_is_told_at_90_60_30_and_7_days_and_never_between():
    make_due()
    told = [days for days in range(95, -3, -1) if remind(before(days))[1]]
    assert told == [90, 60, 30, 7]
    assert list(Reminder.objects.order_by("made_at").values_list("days_before", flat=True)) == [90, 60, 30, 7]
    assert SiteMessage.objects.count() == 4


@pytest.mark.django_db
def test_the_message_says_what_is_missing_until_when_and_leads_to_the_certificate():
    holding = make_due()
    make_entry(ce_year=renewal_year(holding), block=Block.PROFESSIONAL, minutes=1)
    remind(before(30))
    message = SiteMessage.objects.get()
    assert message.user == holding.learner.user
    assert message.subject == f"“{holding.post.name}”换证继续教育还差 2 学时，2026-09-30 截止"
    assert message.body == (
        "截止日是 2026-09-30（还有 30 天），截止日当天完成仍然有效。\n"
        "换证继续教育需 3 学时，已有 1 学时，还差 2 学时；其中专业岗位知识还差 1 学时。"
    )
    assert message.address == f"/my/holdings/{holding.uuid}/"


@pytest.mark.django_db
def test_the_last_day_is_named_as_such_and_the_day_after_says_nothing():
    make_due()
    assert remind(before(0))[1] == 1
    assert "今天（2026-09-30）是最后一天，今天完成仍然有效。" in SiteMessage.objects.get().body
    Reminder.objects.all().delete()
    SiteMessage.objects.all().delete()
    assert remind(before(-1)) == (0, 0, 0, 0)


@pytest.mark.django_db
def test_the_last_day_lasts_two_hours_longer_in_urumqi():
    for zone, told in (("Asia/Shanghai", 0), ("Asia/Urumqi", 1)):
        Reminder.objects.all().delete()
        make_due(learner=make_learner(time_zone=zone))
        Holding.objects.exclude(learner__time_zone=zone).update(status=CertificateStatus.CANCELLED)
        assert remind(datetime(2026, 9, 30, 17, 0, tzinfo=UTC))[0] == told  # one o'clock at night in Shanghai


@pytest.mark.django_db
def test_nobody_who_met_the_hours_is_reminded():
    meet_year(renewal_year(make_due()))
    make_due()
    assert remind(before(7))[:2] == (1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["03", "04", "05", "06", "07", "99"])
def test_a_certificate_that_does_not_stand_asks_for_nothing(status: str):
    Holding.objects.filter(pk=make_due().pk).update(status=status)
    assert remind(before(30)) == (0, 0, 0, 0)


@pytest.mark.django_db
def test_a_suspended_certificate_is_still_to_be_renewed():
    Holding.objects.filter(pk=make_due().pk).update(status=CertificateStatus.SUSPENDED)
    assert remind(before(30))[:2] == (1, 1)


@pytest.mark.django_db
def test_a_renewal_without_a_deadline_is_never_reminded():
    make_due(legacy_deadline=date(2099, 12, 31))
    assert remind(before(0)) == (0, 0, 0, 0)


@pytest.mark.django_db
def test_an_extended_deadline_is_reminded_anew():
    authority = make_ruled_authority(legacy_deadline=DUE)
    make_holding(authority=authority, now=CLAIMED)
    assert remind(before(7))[1] == 1
    make_policy(authority=authority, effective_from=date(2026, 9, 24), legacy_deadline=date(2026, 12, 31))
    assert extend_renewal_years(now=before(6)) == 1
    assert remind(before(6)) == (0, 0, 0, 0)  # 98 days again
    assert [remind(datetime(2026, 10, day, 2, tzinfo=UTC))[1] for day in (1, 2, 3)] == [0, 1, 0]
    assert list(Reminder.objects.order_by("pk").values_list("due_on", "days_before")) == [
        (DUE, 7),
        (date(2026, 12, 31), 90),
    ]


@pytest.mark.django_db
def test_after_the_deadline_the_end_of_grace_is_named():
    make_due(grace_days=20)
    assert [days for days in range(31, -22, -1) if remind(before(days))[1]] == [31, 30, 7, -1, -13]
    assert list(Reminder.objects.order_by("pk").values_list("due_on", "days_before")) == [
        (DUE, 60),
        (DUE, 30),
        (DUE, 7),
        (date(2026, 10, 20), 30),
        (date(2026, 10, 20), 7),
    ]
    newest = SiteMessage.objects.latest("pk")
    assert "截止日已过，现在是宽限期，最后一天是 2026-10-20（还有 7 天）。" in newest.body


@pytest.mark.django_db
def test_mail_goes_to_a_confirmed_address_with_a_way_out():
    holding = make_due()
    wants_mail(holding.learner.user)
    mail.outbox.clear()
    assert remind(before(30)) == (1, 1, 1, 0)
    [sent] = mail.outbox
    assert sent.to == ["ce@example.org"]
    assert sent.subject == f"“{holding.post.name}”换证继续教育还差 3 学时，2026-09-30 截止"
    leave = sent.extra_headers["List-Unsubscribe"].strip("<>")
    assert leave in sent.body
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert remind(before(30)) == (0, 0, 0, 0)
    assert len(mail.outbox) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("choice", [{"wants_email": False}, {"email_confirmed_at": None}])
def test_mail_goes_nowhere_else(choice: dict[str, object]):
    user = make_due().learner.user
    wants_mail(user)
    ContactSettings.objects.update(**choice)
    mail.outbox.clear()
    assert remind(before(30)) == (1, 1, 0, 0)
    assert mail.outbox == []


@pytest.mark.django_db
def test_a_reader_of_english_is_told_in_english():
    holding = make_due()
    wants_mail(holding.learner.user, language="en")
    Holding.objects.filter(pk=holding.pk).update()
    mail.outbox.clear()
    remind(before(30))
    assert holding.post.name_en in mail.outbox[0].body


@pytest.mark.django_db
def test_several_posts_of_one_deadline_are_one_mail_and_one_sms(gateway: SmsGatewayDouble):
    learner = make_learner(user=make_user(mobile="13800138000"))
    wants_mail(learner.user)
    authority = make_ruled_authority(legacy_deadline=DUE)
    posts = [make_holding(learner=learner, authority=authority, now=CLAIMED).post.name for _ in range(3)]
    mail.outbox.clear()
    assert remind(before(30)) == (3, 3, 3, 3)
    [sent] = mail.outbox
    assert sent.subject == "3 个岗位的继续教育将于 2026-09-30 截止"
    assert all(post in sent.body for post in posts)
    [message] = gateway.sent.values()
    assert message["text"] == "【学时】您有 3 个岗位的继续教育未达标，2026-09-30 截止，还有 30 天。请登录网站学习。"
    assert SiteMessage.objects.count() == 3


@pytest.mark.django_db
def test_nobody_is_woken_at_night_and_in_the_morning_it_is_made_good(gateway: SmsGatewayDouble):
    make_due(learner=make_learner(user=make_user(mobile="13800138001")))
    night = before(30, hour=14)  # ten in the evening
    assert remind(night) == (1, 1, 0, 0)
    assert remind(night + timedelta(hours=9)) == (0, 0, 0, 0)  # seven in the morning
    assert remind(night + timedelta(hours=10)) == (0, 0, 0, 1)
    assert len(gateway.sent) == 1


@pytest.mark.django_db
def test_whoever_meets_the_hours_overnight_hears_nothing_in_the_morning(gateway: SmsGatewayDouble):
    holding = make_due(learner=make_learner(user=make_user(mobile="13800138002")))
    remind(before(30, hour=14))
    meet_year(renewal_year(holding))
    assert remind(before(29, hour=1)) == (0, 0, 0, 1)  # settled: taken away
    assert gateway.sent == {}
    assert list(Reminder.objects.values_list("channel", flat=True)) == [ReminderChannel.SITE]


@pytest.mark.django_db
def test_a_gateway_that_is_away_is_tried_again_and_the_message_arrives_once(gateway: SmsGatewayDouble):
    make_due(learner=make_learner(user=make_user(mobile="13800138003")))
    gateway.answers = [(503, b"{}")]
    now = before(30)
    assert remind(now)[3] == 0
    assert Reminder.objects.get(channel="sms").failure == "HTTP 503"
    assert remind(now + timedelta(minutes=14))[3] == 0  # still in hand
    assert remind(now + IN_HAND + timedelta(seconds=1))[3] == 1
    reminder = Reminder.objects.get(channel="sms")
    assert (reminder.attempts, reminder.failure, reminder.sent_at is not None) == (2, "", True)
    assert len(gateway.sent) == 1


@pytest.mark.django_db
def test_one_killed_between_sending_and_marking_is_sent_again_under_the_same_key(gateway: SmsGatewayDouble):
    make_due(learner=make_learner(user=make_user(mobile="13800138004")))
    remind(before(30))
    Reminder.objects.filter(channel="sms").update(sent_at=None)  # what the crash left
    assert remind(before(30) + IN_HAND * 2)[3] == 1
    assert (gateway.requests, len(gateway.sent)) == (2, 1)


@pytest.mark.django_db
def test_a_refused_number_is_not_tried_again(gateway: SmsGatewayDouble):
    make_due(learner=make_learner(user=make_user(mobile="13800138005")))
    gateway.refused_mobiles.add("13800138005")
    remind(before(30))
    assert remind(before(30) + IN_HAND * 2)[3] == 0
    assert (gateway.requests, Reminder.objects.get(channel="sms").attempts) == (1, MOST_ATTEMPTS)


@pytest.mark.django_db
def test_a_server_that_is_away_is_asked_five_times_and_the_rest_waits_uncounted(gateway: SmsGatewayDouble):
    authority = make_ruled_authority(legacy_deadline=DUE)
    for number in range(8):
        learner = make_learner(user=make_user(mobile=f"138001390{number:02d}"))
        make_holding(learner=learner, authority=authority, now=CLAIMED)
    gateway.answers = [(503, b"{}")] * 5
    assert remind(before(30))[3] == 0
    assert gateway.requests == 5
    assert sorted(Reminder.objects.filter(channel="sms").values_list("attempts", flat=True)) == [0] * 3 + [1] * 5
    assert remind(before(30) + IN_HAND * 2)[3] == 8
    assert len(gateway.sent) == 8


@pytest.mark.django_db
def test_a_hundred_learners_take_few_statements(django_assert_max_num_queries):
    authority = make_ruled_authority(legacy_deadline=DUE)
    for _ in range(12):
        make_holding(authority=authority, now=CLAIMED)
    with django_assert_max_num_queries(20):
        assert make_reminders(now=before(30), limit=500) == 12
    with django_assert_max_num_queries(60):
        assert remind(before(30))[:2] == (0, 12)


@pytest.mark.django_db
def test_a_limit_leaves_the_rest_to_the_next_call():
    authority = make_ruled_authority(legacy_deadline=DUE)
    for _ in range(5):
        make_holding(authority=authority, now=CLAIMED)
    assert [make_reminders(now=before(30), limit=2) for _ in range(4)] == [2, 2, 1, 0]


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_tell_each_learner_once(gateway: SmsGatewayDouble):
    authority = make_ruled_authority(legacy_deadline=DUE)
    for number in range(6):
        learner = make_learner(user=make_user(mobile=f"138001380{number:02d}"))
        wants_mail(learner.user, f"n{number}@example.org")
        make_holding(learner=learner, authority=authority, now=CLAIMED)
    mail.outbox.clear()
    outcomes = in_threads(*[lambda: remind(before(30))] * 4)
    assert [each for each in outcomes if isinstance(each, Exception)] == []
    remind(before(30) + IN_HAND * 2)
    assert SiteMessage.objects.count() == 6
    assert sorted(message.to[0] for message in mail.outbox) == [f"n{number}@example.org" for number in range(6)]
    assert (gateway.requests, len(gateway.sent)) == (6, 6)
    assert set(Reminder.objects.values_list("channel", "attempts")) == {("site", 0), ("email", 1), ("sms", 1)}
