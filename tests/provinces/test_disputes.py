"""What officers do about what learners do not agree with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, Authority, User
from tests.factories.accounts import appoint_officer, make_learner
from tests.factories.tracking import NOW, first_lesson, make_ce_year, make_enrolment, make_lease, make_ruled_authority
from tracking.models import Dispute, Enrolment, LedgerEntry
from tracking.operations import DisputeRefusedError, answer_dispute, file_dispute

pytestmark = pytest.mark.django_db
Limit = Callable[[int], Any]
TEXT = "我从头到尾看完了整段视频，请核对。"


@pytest.fixture
def authority() -> Authority:
    return make_ruled_authority()


@pytest.fixture
def officer(authority: Authority) -> User:
    return appoint_officer(authority=authority).user


@pytest.fixture
def desk(client: Client, officer: User) -> Client:
    client.force_login(officer)
    return client


def disagree(
    authority: Authority | None = None, *, full_name: str = "测试张三", minutes: int = 0, user: User | None = None
) -> Dispute:
    learner = make_learner(full_name=full_name, user=user)
    enrolment = make_enrolment(ce_year=make_ce_year(learner=learner, authority=authority))
    make_lease(enrolment=enrolment)
    at = NOW + timedelta(minutes=minutes)
    return file_dispute(enrolment=enrolment, lesson=first_lesson(enrolment), text=TEXT, now=at)


def address_of(dispute: Dispute) -> str:
    return f"/province/disputes/{dispute.uuid}/"


def why_of(enrolment: Enrolment) -> str:
    return f"/province/why/{enrolment.uuid}/{first_lesson(enrolment).uuid}/"


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_queue_holds_the_own_authority_s_disputes_oldest_first(desk: Client, authority: Authority) -> None:
    later = disagree(authority, full_name="测试李四", minutes=5)
    earlier = disagree(authority)
    other = disagree()
    text = text_of(desk.get("/province/disputes/"))
    assert "共 2 条待答复" in text
    assert text.index(address_of(earlier)) < text.index(address_of(later))
    assert address_of(other) not in text


def test_empty_queue_says_so(desk: Client) -> None:
    assert "没有待答复的异议" in text_of(desk.get("/province/disputes/"))
    assert "还没有答复过异议" in text_of(desk.get("/province/disputes/?state=answered"))


@pytest.mark.parametrize(("words", "found"), [("李四", 1), ("测试", 2), ("无此人", 0), ("%", 0), ("", 2), ("\x00", 2)])
def test_disputes_are_found_by_name_or_lesson(desk: Client, authority: Authority, words: str, found: int) -> None:
    disagree(authority)
    disagree(authority, full_name="测试李四")
    response = desk.get("/province/disputes/", {"q": words})
    assert response.context["page"].paginator.count == found
    assert ("没有找到相符的异议" in text_of(response)) is (found == 0)


def test_answer_is_kept_and_reaches_the_learner_and_changes_no_hour(
    desk: Client, officer: User, authority: Authority
) -> None:
    dispute = disagree(authority)
    response = desk.post(address_of(dispute), {"state": "upheld", "answer": "测试答复：按线下学时补记"})
    assert (response.status_code, response["Location"]) == (302, "/province/disputes/")
    dispute.refresh_from_db()
    assert (dispute.state, dispute.answered_by) == ("upheld", officer)
    assert LedgerEntry.objects.count() == 0
    assert AuditEntry.objects.filter(action="dispute.answer").count() == 1
    desk.force_login(dispute.learner.user)
    text = text_of(desk.get(why_of(dispute.enrolment).replace("/province/", "/study/")))
    assert "测试答复：按线下学时补记" in text
    assert "异议成立不会自动改变学时" in text
    assert 'name="text"' in text  # another one may be filed


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"state": "upheld"},
        {"answer": "测试"},
        {"state": "filed", "answer": "测试"},
        {"state": "upheld", "answer": " "},
    ],
)
def test_answer_without_sense_is_refused(desk: Client, authority: Authority, data: dict[str, str]) -> None:
    dispute = disagree(authority)
    assert desk.post(address_of(dispute), data).status_code == 422
    dispute.refresh_from_db()
    assert dispute.state == "filed"


def test_second_answer_is_refused_and_the_same_again_is_not(officer: User, authority: Authority) -> None:
    dispute = disagree(authority)
    first = answer_dispute(dispute_id=dispute.pk, actor=officer, state="explained", answer="测试", now=NOW)
    again = answer_dispute(dispute_id=dispute.pk, actor=officer, state="explained", answer="测试", now=NOW)
    assert first == again
    with pytest.raises(DisputeRefusedError) as refusal:
        answer_dispute(dispute_id=dispute.pk, actor=officer, state="upheld", answer="测试", now=NOW)
    assert refusal.value.code == "answered"


def test_nobody_answers_oneself(desk: Client, officer: User, authority: Authority) -> None:
    own = disagree(authority, user=officer)
    assert address_of(own) not in text_of(desk.get("/province/disputes/"))
    assert desk.post(address_of(own), {"state": "upheld", "answer": "测试"}).status_code == 404
    assert desk.get(why_of(own.enrolment)).status_code == 404
    with pytest.raises(DisputeRefusedError) as refusal:
        answer_dispute(dispute_id=own.pk, actor=officer, state="upheld", answer="测试", now=NOW)
    assert refusal.value.code == "own_dispute"


def test_other_authorities_rows_are_not_found(desk: Client) -> None:
    other = disagree()
    assert desk.get(address_of(other)).status_code == 404
    assert desk.post(address_of(other), {"state": "upheld", "answer": "测试"}).status_code == 404
    assert desk.get(why_of(other.enrolment)).status_code == 404


@pytest.mark.parametrize("role", [None, "importer", "supervisor"])
def test_whoever_does_not_recognise_hours_is_kept_out(client: Client, authority: Authority, role: str | None) -> None:
    dispute = disagree(authority)
    client.force_login(make_learner().user if role is None else appoint_officer(authority=authority, role=role).user)
    for address in ("/province/disputes/", address_of(dispute), why_of(dispute.enrolment)):
        assert client.get(address).status_code == 403


def test_why_page_shows_what_the_learner_sees_and_leads_to_the_answer(desk: Client, authority: Authority) -> None:
    dispute = disagree(authority)
    text = text_of(desk.get(why_of(dispute.enrolment)))
    assert TEXT in text
    assert address_of(dispute) in text
    assert "每一次学习" in text
    assert desk.get(why_of(dispute.enrolment)[:-37] + f"{dispute.uuid}/").status_code == 404


def test_pages_keep_to_fifteen_statements(
    desk: Client, authority: Authority, django_assert_max_num_queries: Limit, django_assert_num_queries: Limit
) -> None:
    dispute = disagree(authority)
    desk.get("/province/disputes/")
    for address in (address_of(dispute), why_of(dispute.enrolment)):
        with django_assert_max_num_queries(15):
            desk.get(address)
    with django_assert_max_num_queries(15) as one:
        desk.get("/province/disputes/")
    disagree(authority)
    disagree(authority)
    with django_assert_num_queries(len(one)):
        desk.get("/province/disputes/")
