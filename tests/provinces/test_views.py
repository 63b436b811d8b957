"""The officers' desk."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import Authority, User
from certificates.models import Certificate
from certificates.operations import renew_certificate
from tests.factories.accounts import appoint_officer, make_learner, make_user
from tests.factories.certificates import make_holding, meet_year, renewal_year
from tests.factories.tracking import NOW, make_ruled_authority
from tracking.models import CeYear, Recognition
from tracking.operations import recognise_year, refuse_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def authority() -> Authority:
    return make_ruled_authority(recognition="officer")


@pytest.fixture
def officer(authority: Authority) -> User:
    return appoint_officer(authority=authority, user=make_user(username="测试审核员")).user


@pytest.fixture
def desk(client: Client, officer: User) -> Client:
    """A browser in which the officer is signed in."""
    client.force_login(officer)
    return client


def waiting_year(
    authority: Authority, *, full_name: str = "测试张三", user: User | None = None, minutes: int = 0
) -> CeYear:
    """A year of the authority that is met and waits for a decision, met ``minutes`` after the first."""
    learner = make_learner(full_name=full_name, user=user)
    holding = make_holding(learner=learner, authority=authority)
    return meet_year(renewal_year(holding), now=NOW + timedelta(minutes=minutes))


def address_of(year: CeYear) -> str:
    return f"/province/years/{year.uuid}/"


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("address", ["/province/", "/province/years/00000000-0000-4000-8000-000000000000/"])
def test_a_visitor_is_sent_to_sign_in(client: Client, address: str):
    response = client.get(address)
    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={address}")


@pytest.mark.parametrize("role", [None, "importer", "supervisor"])
def test_whoever_does_not_recognise_hours_is_kept_out(client: Client, authority: Authority, role: str | None):
    user = make_user() if role is None else appoint_officer(authority=authority, role=role).user
    year = waiting_year(authority)
    client.force_login(user)
    assert client.get("/province/").status_code == 403
    assert client.get(address_of(year)).status_code == 403
    assert client.post(address_of(year), {"outcome": "recognised"}).status_code == 403
    assert not Recognition.objects.exists()


def test_an_empty_queue_says_so(desk: Client, authority: Authority, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        text = text_of(desk.get("/province/"))
    assert "没有待认定的学时" in text
    assert authority.name in text


def test_the_queue_holds_the_own_authority_s_met_years_newest_first(desk: Client, authority: Authority):
    earlier = waiting_year(authority, full_name="测试张三")
    later = waiting_year(authority, full_name="测试李四", minutes=5)
    other = waiting_year(make_ruled_authority(recognition="officer"), full_name="测试王五")
    unmet = make_holding(learner=make_learner(full_name="测试赵六"), authority=authority)

    text = text_of(desk.get("/province/"))

    assert "共 2 条待认定" in text
    assert text.index(address_of(later)) < text.index(address_of(earlier))
    assert address_of(other) not in text
    assert address_of(renewal_year(unmet)) not in text
    assert earlier.learner.id_masked in text


def test_the_queue_needs_as_many_statements_for_three_rows_as_for_one(
    desk: Client, authority: Authority, django_assert_max_num_queries, django_assert_num_queries
):
    waiting_year(authority)
    desk.get("/province/")
    with django_assert_max_num_queries(15) as one:
        desk.get("/province/")
    for _ in range(2):
        waiting_year(authority)
    with django_assert_num_queries(len(one)):
        desk.get("/province/")


def test_a_long_queue_is_split_into_pages(desk: Client, authority: Authority):
    first = waiting_year(authority)
    for minute in range(1, 26):
        waiting_year(authority, minutes=minute)
    front, back = text_of(desk.get("/province/")), text_of(desk.get("/province/?page=2"))
    assert front.count("/province/years/") == 25
    assert back.count("/province/years/") == 1
    assert address_of(first) in back
    assert "1 / 2" in front
    assert "2 / 2" in text_of(desk.get("/province/?page=99"))


def test_a_year_shows_its_evidence(desk: Client, authority: Authority, django_assert_max_num_queries):
    year = waiting_year(authority)
    with django_assert_max_num_queries(15):
        text = text_of(desk.get(address_of(year)))
    assert "测试张三" in text
    assert year.post.name in text
    assert "3 / 3" in text
    assert "2 / 2" in text
    assert text.count('data-label="取得时间">2026-03-02 10:00') == 2
    assert 'type="radio" name="outcome" value="recognised"' in text


def test_the_evidence_needs_as_many_statements_for_many_entries_as_for_few(
    desk: Client, authority: Authority, django_assert_num_queries, django_assert_max_num_queries
):
    few, many = waiting_year(authority), waiting_year(authority)
    for _ in range(3):
        meet_year(many)
    desk.get(address_of(few))
    with django_assert_max_num_queries(15) as statements:
        desk.get(address_of(few))
    with django_assert_num_queries(len(statements)):
        desk.get(address_of(many))


def test_the_year_of_another_authority_is_not_found(desk: Client):
    year = waiting_year(make_ruled_authority(recognition="officer"))
    assert desk.get(address_of(year)).status_code == 404
    assert desk.post(address_of(year), {"outcome": "recognised"}).status_code == 404
    assert not Recognition.objects.exists()


def test_a_year_that_is_not_met_is_not_up_for_decision(desk: Client, authority: Authority):
    year = renewal_year(make_holding(authority=authority))
    assert desk.get(address_of(year)).status_code == 404
    assert desk.post(address_of(year), {"outcome": "refused", "reason": "太早"}).status_code == 404


def test_nobody_decides_on_hours_of_one_s_own(desk: Client, authority: Authority, officer: User):
    own = waiting_year(authority, user=officer)
    assert address_of(own) not in text_of(desk.get("/province/"))
    assert desk.post(address_of(own), {"outcome": "recognised"}).status_code == 404
    assert not Recognition.objects.exists()


def test_recognising_hours_lets_the_certificate_be_renewed(
    desk: Client, authority: Authority, officer: User, media_folder: Path
):
    year = waiting_year(authority)

    response = desk.post(address_of(year), {"outcome": "recognised"}, follow=True)

    assert response.redirect_chain == [("/province/", 302)]
    assert "已认定，系统将自动换发证书。" in text_of(response)
    assert "没有待认定的学时" in text_of(response)
    decision = Recognition.objects.get()
    assert (decision.ce_year, decision.outcome, decision.decided_by) == (year, "recognised", officer)
    assert (decision.common_minutes, decision.professional_minutes) == (1, 2)
    assert renew_certificate(ce_year_id=year.pk, now=NOW) == Certificate.objects.get()


def test_refusing_needs_a_reason(desk: Client, authority: Authority):
    year = waiting_year(authority)
    for reason in ("", "   "):
        response = desk.post(address_of(year), {"outcome": "refused", "reason": reason})
        text = text_of(response)
        assert response.status_code == 422
        assert "请写明不予认定的理由" in text
        assert 'aria-describedby="id_reason_helptext id_reason_error"' in text
        assert 'id="id_reason_error"' in text
    assert not Recognition.objects.exists()


def test_a_decision_needs_an_outcome(desk: Client, authority: Authority):
    response = desk.post(address_of(waiting_year(authority)), {})
    assert response.status_code == 422
    assert 'id="id_outcome_error"' in text_of(response)


def test_a_refusal_is_kept_with_its_reason_and_shown_to_the_learner(desk: Client, authority: Authority, officer: User):
    year = waiting_year(authority)

    response = desk.post(address_of(year), {"outcome": "refused", "reason": " 学习记录不全 "}, follow=True)

    assert "已作出不予认定的决定，学员可以看到理由。" in text_of(response)
    assert "没有待认定的学时" in text_of(response)
    decision = Recognition.objects.get()
    assert (decision.outcome, decision.reason, decision.decided_by) == ("refused", "学习记录不全", officer)
    learner_s_browser = Client()
    learner_s_browser.force_login(year.learner.user)
    assert "未通过：学习记录不全" in text_of(learner_s_browser.get("/my/"))


def test_a_refused_year_can_be_found_and_decided_again(desk: Client, authority: Authority, officer: User):
    year = waiting_year(authority)
    refuse_year(ce_year_id=year.pk, actor=officer, reason="记录不全", now=NOW)

    listed = text_of(desk.get("/province/?state=refused"))
    assert "共 1 条不予认定" in listed
    assert address_of(year) in listed
    page = text_of(desk.get(address_of(year)))
    assert "不予认定 · 2026-03-02 10:00" in page
    assert '理由：<span lang="zh-Hans">记录不全</span>' in page
    desk.post(address_of(year), {"outcome": "recognised"})

    assert list(Recognition.objects.order_by("pk").values_list("outcome", flat=True)) == ["refused", "recognised"]
    assert "没有不予认定的学时" in text_of(desk.get("/province/?state=refused"))


def test_the_list_of_refused_years_grows_without_statements(
    desk: Client, authority: Authority, officer: User, django_assert_max_num_queries, django_assert_num_queries
):
    def refuse() -> None:
        refuse_year(ce_year_id=waiting_year(authority).pk, actor=officer, reason="记录不全", now=NOW)

    refuse()
    desk.get("/province/?state=refused")
    with django_assert_max_num_queries(15) as one:
        desk.get("/province/?state=refused")
    refuse()
    refuse()
    with django_assert_num_queries(len(one)):
        assert text_of(desk.get("/province/?state=refused")).count("/province/years/") == 3


def test_recognising_twice_says_that_it_was_done_before(desk: Client, authority: Authority):
    year = waiting_year(authority)
    recognise_year(ce_year_id=year.pk, actor=make_user(), now=NOW)
    response = desk.post(address_of(year), {"outcome": "recognised"}, follow=True)
    assert "该年度学时此前已经认定，没有重复处理。" in text_of(response)
    assert Recognition.objects.count() == 1


def test_refusing_what_is_recognised_is_refused_with_a_clear_answer(desk: Client, authority: Authority):
    year = waiting_year(authority)
    recognise_year(ce_year_id=year.pk, actor=make_user(), now=NOW)
    response = desk.post(address_of(year), {"outcome": "refused", "reason": "反悔"})
    text = text_of(response)
    assert response.status_code == 422
    assert "该年度学时已经认定，不能再改为不予认定。" in text
    assert "予以认定 · 2026-03-02 10:00" in text
    assert 'name="outcome"' not in text
    assert Recognition.objects.count() == 1


def test_a_reason_is_shown_as_it_was_typed_and_never_as_markup(desk: Client, authority: Authority, officer: User):
    year = waiting_year(authority)
    refuse_year(ce_year_id=year.pk, actor=officer, reason="<script>alert(1)</script>", now=NOW)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text_of(desk.get(address_of(year)))


def test_a_decision_needs_its_token(officer: User, authority: Authority):
    year = waiting_year(authority)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(officer)
    assert browser.post(address_of(year), {"outcome": "recognised"}).status_code == 403
    assert not Recognition.objects.exists()


def test_an_officer_of_two_authorities_sees_both(desk: Client, authority: Authority, officer: User):
    second = make_ruled_authority(recognition="officer")
    appoint_officer(user=officer, authority=second)
    years = [waiting_year(authority), waiting_year(second)]
    text = text_of(desk.get("/province/"))
    assert [address_of(year) in text for year in years] == [True, True]
