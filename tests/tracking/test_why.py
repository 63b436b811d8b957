"""The page that tells why time counted or did not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.signals import post_init
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.accounts import make_learner
from tests.factories.suspicion import make_answers, make_case
from tests.factories.tracking import NOW, first_lesson, make_ce_year, make_enrolment, make_lease
from tracking.enums import ChallengeOutcome, NotCountedReason
from tracking.models import Challenge, Dispute, Enrolment, LessonProgress, PlayLease, StudyDay
from tracking.operations import close_case, complete_lesson, end_lease, file_dispute, reverse_entry
from tracking.queries import lesson_story
from tracking.templatetags.study import REASON_LABELS
from tracking.templatetags.why import REASON_ADVICE, challenge_note, reason_advice

pytestmark = pytest.mark.django_db
Limit = Callable[[int], Any]
WRONG = "我从头到尾看完了整段视频，请核对。"


def address_of(enrolment: Enrolment) -> str:
    return reverse("tracking:why", args=(enrolment.uuid, first_lesson(enrolment).uuid))


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def played(enrolment: Enrolment, *, after: timedelta = timedelta(), **facts: Any) -> PlayLease:
    """One stretch of study that lasted 90 s, with ``facts`` as stored."""
    lease = make_lease(enrolment=enrolment, now=NOW + after, take_over=True)
    end_lease(lease_id=lease.pk, now=NOW + after + timedelta(seconds=90))
    PlayLease.objects.filter(pk=lease.pk).update(**facts)
    lease.refresh_from_db()
    return lease


def cover(enrolment: Enrolment, *pieces: list[int], provisional: tuple[list[int], ...] = (), **facts: Any) -> None:
    LessonProgress.objects.filter(enrolment=enrolment).update(
        coverage=list(pieces), provisional=list(provisional), credited_ms=sum(b - a for a, b in pieces), **facts
    )


@pytest.fixture
def enrolment() -> Enrolment:
    return make_enrolment()


@pytest.fixture
def browser(client: Client, enrolment: Enrolment) -> Client:
    client.force_login(enrolment.learner.user)
    return client


def test_lesson_never_played_says_what_will_stand_here(browser: Client, enrolment: Enrolment) -> None:
    text = text_of(browser.get(address_of(enrolment)))
    assert "还没有开始学习本节" in text
    assert "00:00–01:00 未观看" in text
    assert "还差 00:55" in text


def test_page_names_stretches_reasons_and_what_to_do(browser: Client, enrolment: Enrolment) -> None:
    played(enrolment, credited_ms=35_000, not_counted={"hidden_page": 12_000, "already_counted": 400})
    cover(enrolment, [0, 20_000], [45_000, 60_000], provisional=([40_000, 45_000],))
    text = text_of(browser.get(address_of(enrolment)))
    assert "00:20–00:40 未观看" in text
    assert "00:40–00:45 暂存" in text
    assert '<rect class="why__counted" x="0" y="0" width="333" height="24"/>' in text
    assert '<rect class="why__provisional" x="666" y="12" width="84" height="12"/>' in text
    assert "页面不在前台" in text
    assert reason_advice("hidden_page") in text
    assert str(REASON_LABELS["already_counted"]) not in text  # 0.4 s is no loss to explain
    assert "01:30" in text
    assert "已离开页面" in text
    assert "style=" not in text


def test_every_reason_and_outcome_has_its_words() -> None:
    assert set(REASON_ADVICE) == set(NotCountedReason) == set(REASON_LABELS)
    assert all(challenge_note(outcome) for outcome in ChallengeOutcome)
    assert (reason_advice("unheard_of"), challenge_note("unheard_of")) == ("", "")


def test_challenges_stand_with_the_study_they_belong_to(browser: Client, enrolment: Enrolment) -> None:
    lease = played(enrolment)
    make_answers(lease, 4.0)
    Challenge.objects.create(
        learner=lease.learner,
        lease=lease,
        lesson=lease.lesson,
        kind="presence",
        prompt="测试",
        right_key="a",
        asked_at=NOW + timedelta(seconds=70),
        expires_at=NOW + timedelta(seconds=130),
        outcome=ChallengeOutcome.MISSED,
    )
    text = text_of(browser.get(address_of(enrolment)))
    assert "随堂提问：<strong>答对</strong>" in text
    assert "在场确认：<strong>未作答</strong>" in text
    assert "right_key" not in text


def test_day_s_cap_is_shown_and_said_to_be_full(client: Client) -> None:
    enrolment = make_enrolment(policy={"daily_cap_minutes": 2})
    client.force_login(enrolment.learner.user)
    played(enrolment)
    StudyDay.objects.update(credited_ms=120_000)
    text = text_of(client.get(address_of(enrolment)))
    assert "2026-03-02" in text
    assert "已满" in text
    StudyDay.objects.update(credited_ms=119_999)
    assert "已满" not in text_of(client.get(address_of(enrolment)))


def test_days_are_those_of_the_learner_s_time_zone() -> None:
    late = NOW.replace(hour=17)  # one in the morning of the 3rd in Shanghai, eleven in the evening of the 2nd in Urumqi
    enrolment = make_enrolment(now=late)
    enrolment.learner.time_zone = "Asia/Urumqi"
    enrolment.learner.save(update_fields=["time_zone"])
    make_lease(enrolment=enrolment, now=late)
    StudyDay.objects.all().delete()
    StudyDay.objects.create(learner=enrolment.learner, on="2026-03-02", credited_ms=5)
    story = lesson_story(enrolment, first_lesson(enrolment).uuid, now=late)
    assert [day.on.isoformat() for day in story.days] == ["2026-03-02"]


def test_booked_lesson_shows_its_entry_and_what_was_taken_back(browser: Client, enrolment: Enrolment) -> None:
    lease = played(enrolment)
    cover(enrolment, [0, 60_000], reached_at=NOW)
    assert "正在记入学时账目" in text_of(browser.get(address_of(enrolment)))
    complete_lesson(enrolment_id=enrolment.pk, lesson_id=lease.lesson_id, now=NOW)
    assert "已记入学时账目：1 学时（1 分钟）" in text_of(browser.get(address_of(enrolment)))
    entry = enrolment.learner.ledger_entries.get()
    reverse_entry(entry_id=entry.pk, actor=make_learner().user, reason="测试", now=NOW)
    assert "其后已冲正 -1 分钟" in text_of(browser.get(address_of(enrolment)))


def test_page_costs_as_much_for_thirty_leases_as_for_one(
    browser: Client, enrolment: Enrolment, django_assert_max_num_queries: Limit, django_assert_num_queries: Limit
) -> None:
    make_answers(played(enrolment, not_counted={"hidden_page": 5_000}), 3.0)
    browser.get(address_of(enrolment))
    with django_assert_max_num_queries(15) as one:
        browser.get(address_of(enrolment))
    for each in range(1, 30):
        lease = played(enrolment, after=timedelta(minutes=5 * each), not_counted={"hidden_page": 5_000})
        make_answers(lease, 3.0, start=lease.opened_at)
    with django_assert_num_queries(len(one)):
        text = text_of(browser.get(address_of(enrolment)))
    assert text.count('class="card why__lease"') == 30


def test_oldest_of_very_many_leases_are_summed_up(browser: Client, enrolment: Enrolment) -> None:
    for each in range(53):
        played(enrolment, after=timedelta(minutes=5 * each), not_counted={"hidden_page": 2_000})
    text = text_of(browser.get(address_of(enrolment)))
    assert text.count('class="card why__lease"') == 50
    assert "更早的 3 次未列出" in text
    assert '<span class="number">01:46</span>' in text


def test_very_many_leases_and_challenges_are_not_read_to_be_counted(enrolment: Enrolment) -> None:
    lease = played(enrolment, not_counted={"hidden_page": 2_000})
    facts = {
        name: getattr(lease, name) for name in ("learner_id", "enrolment_id", "lesson_id", "ended_at", "end_reason")
    }
    times = [lease.opened_at + timedelta(hours=each) for each in range(1, 1_000)]
    PlayLease.objects.bulk_create(
        PlayLease(**facts, opened_at=at, last_heard_at=at, expires_at=at, not_counted={"hidden_page": 2_000})
        for at in times
    )
    newest = PlayLease.objects.order_by("-opened_at")[0]
    make_answers(newest, *[3.0] * 201, start=newest.opened_at)
    StudyDay.objects.create(learner=enrolment.learner, on=NOW.date() + timedelta(days=20), credited_ms=5)
    loaded: list[type] = []
    heard = {"weak": False, "dispatch_uid": "test_why"}
    for model in (PlayLease, Challenge):
        post_init.connect(lambda sender, **_: loaded.append(sender), sender=model, **heard)
    try:
        story = lesson_story(enrolment, lease.lesson.uuid, now=NOW)
    finally:
        for model in (PlayLease, Challenge):
            post_init.disconnect(sender=model, dispatch_uid="test_why")
    assert (loaded.count(PlayLease), loaded.count(Challenge)) == (50, 201)
    assert (len(story.leases), story.more_leases, story.more_challenges) == (50, 950, True)
    assert len(story.leases[0].challenges) == 200
    assert story.not_counted == (("hidden_page", 2_000_000),)
    assert [day.on.day for day in story.days] == [22, 2]


def test_page_of_somebody_else_or_of_another_lesson_is_not_found(client: Client, enrolment: Enrolment) -> None:
    client.force_login(make_learner().user)
    assert client.get(address_of(enrolment)).status_code == 404
    assert client.post(address_of(enrolment), {"text": WRONG}).status_code == 404
    client.force_login(enrolment.learner.user)
    other = first_lesson(make_enrolment())
    assert client.get(reverse("tracking:why", args=(enrolment.uuid, other.uuid))).status_code == 404
    assert Dispute.objects.count() == 0


def test_visitor_is_sent_to_sign_in(client: Client, enrolment: Enrolment) -> None:
    assert client.get(address_of(enrolment)).status_code == 302


def test_dispute_is_filed_with_the_facts_as_they_stand(browser: Client, enrolment: Enrolment) -> None:
    lease = played(enrolment, credited_ms=20_000, not_counted={"hidden_page": 12_000})
    cover(enrolment, [0, 20_000])
    response = browser.post(address_of(enrolment), {"text": WRONG})
    assert (response.status_code, response["Location"]) == (302, address_of(enrolment))
    cover(enrolment, [0, 60_000])
    dispute = Dispute.objects.get()
    assert (dispute.text, dispute.authority, dispute.lesson) == (WRONG, enrolment.ce_year.authority, lease.lesson)
    assert dispute.facts["coverage"] == [[0, 20_000]]
    assert dispute.facts["not_counted"] == {"hidden_page": 12_000}
    assert dispute.facts["leases"][0]["lease"] == str(lease.uuid)
    text = text_of(browser.get(address_of(enrolment)))
    assert "待答复" in text
    assert 'name="text"' not in text


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", 422),
        ("一二三四五六七八九", 422),
        ("  一二三四五六七八九  ", 422),
        ("一" * 10, 302),
        ("一" * 1_000, 302),
        ("一" * 1_001, 422),
    ],
)
def test_dispute_has_ten_to_a_thousand_characters(
    browser: Client, enrolment: Enrolment, text: str, status: int
) -> None:
    response = browser.post(address_of(enrolment), {"text": text})
    assert response.status_code == status
    assert Dispute.objects.count() == (status == 302)
    if status == 422:
        assert 'aria-invalid="true"' in response.content.decode()


def test_second_dispute_waits_for_the_answer_to_the_first(browser: Client, enrolment: Enrolment) -> None:
    browser.post(address_of(enrolment), {"text": WRONG})
    assert browser.post(address_of(enrolment), {"text": WRONG}).status_code == 302  # pressed twice
    refused = browser.post(address_of(enrolment), {"text": "另外一条足够长的不同意见"})
    assert refused.status_code == 422
    assert Dispute.objects.count() == 1


def test_identity_number_in_a_dispute_is_masked(enrolment: Enrolment) -> None:
    text = "我的证件号是 990101198805200040，请核对这一节"
    dispute = file_dispute(enrolment=enrolment, lesson=first_lesson(enrolment), text=text, now=NOW)
    assert dispute.text == "我的证件号是 990***********0040，请核对这一节"


def test_learner_whose_hours_are_checked_is_told_by_whom_and_not_how(client: Client) -> None:
    case = make_case()
    enrolment = case.learner.enrolments.get()
    client.force_login(case.learner.user)
    for address in (address_of(enrolment), reverse("tracking:course", args=(enrolment.course.uuid,))):
        text = text_of(client.get(address))
        assert f"您的学时正在由“{case.authority.name}”核查" in text
        assert "同一设备" not in text
        assert "计时明细" in text
    close_case(case_id=case.pk, actor=make_learner().user, outcome="cleared", reason="测试", now=timezone.now())
    assert "核查" not in text_of(client.get(address_of(enrolment)))


def test_lease_that_lives_was_held_until_its_last_report(enrolment: Enrolment) -> None:
    lease = make_lease(enrolment=enrolment)
    PlayLease.objects.filter(pk=lease.pk).update(last_heard_at=NOW + timedelta(seconds=30))
    story = lesson_story(enrolment, lease.lesson.uuid, now=NOW + timedelta(hours=5))
    assert story.leases[0].held_ms == 30_000


def test_course_page_and_player_lead_to_the_page(browser: Client, enrolment: Enrolment) -> None:
    player = reverse("tracking:player", args=(enrolment.uuid, first_lesson(enrolment).uuid))
    assert address_of(enrolment) in browser.get(player).content.decode()
    course = reverse("tracking:course", args=(enrolment.course.uuid,))
    assert address_of(enrolment) in browser.get(course).content.decode()


def test_two_learners_do_not_see_each_other_s_study(enrolment: Enrolment) -> None:
    year = enrolment.ce_year
    other = make_enrolment(course=enrolment.course, ce_year=make_ce_year(post=year.post, authority=year.authority))
    played(enrolment)
    story = lesson_story(other, first_lesson(other).uuid, now=NOW)
    assert (story.leases, story.days, story.entry, story.disputes) == ((), (), None, ())
