"""The officers' desk: make-up with consent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import Authority, User
from courses.enums import Block
from tests.factories.accounts import appoint_officer, make_learner, make_user
from tests.factories.tracking import make_annual_year, make_ce_year, make_entry, make_ruled_authority
from tracking.models import CeYear, MakeUpApproval
from tracking.operations import open_due_years
from tracking.operations.recognition import settle_learner

pytestmark = pytest.mark.django_db
CONSENT = {"make_up_allowed": True, "make_up_years_back": 1, "make_up_needs_approval": True}
NOW = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
BEFORE = datetime(2025, 5, 1, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The officers sit at the desk on 2026-09-01."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def authority() -> Authority:
    return make_ruled_authority(**CONSENT)


@pytest.fixture
def officer(authority: Authority) -> User:
    return appoint_officer(authority=authority, user=make_user(username="测试审核员")).user


@pytest.fixture
def desk(client: Client, officer: User) -> Client:
    client.force_login(officer)
    return client


def short_year(authority: Authority, *, minutes: int = 6, **options: Any) -> CeYear:
    """The year 2024 of a certificate, over and empty; ``minutes`` were studied in the year after."""
    year = make_annual_year(authority=authority, now=BEFORE, issued_on=BEFORE.date().replace(year=2024), **options)
    open_due_years(now=NOW)
    following = CeYear.objects.get(learner=year.learner, post=year.post, opens_on__gt=year.opens_on)
    if minutes:
        entry = make_entry(ce_year=following, block=Block.PROFESSIONAL, minutes=minutes, earned_at=NOW)
        settle_learner(learner_id=entry.learner_id, now=NOW)
    return year


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_only_officers_who_recognise_hours_come_in(client: Client, authority: Authority):
    year = short_year(authority)
    for address in ("/province/make-up/", f"/province/make-up/{year.uuid}/"):
        assert client.get(address).status_code == 302
    client.force_login(appoint_officer(authority=authority, role="importer").user)
    for address in ("/province/make-up/", f"/province/make-up/{year.uuid}/"):
        assert client.get(address).status_code == 403
        assert client.post(address).status_code in {403, 405}


def test_the_list_says_what_an_approval_would_bring(desk: Client, authority: Authority):
    enough, some = short_year(authority), short_year(authority, minutes=4)
    none, unstudied = short_year(authority, minutes=2), short_year(authority, minutes=0)
    other = short_year(make_ruled_authority(**CONSENT))
    text = text_of(desk.get("/province/make-up/"))
    assert "共 3 个年度" in text
    assert "补入 3 学时" in text
    assert "补入 1 学时，仍差 2" in text
    assert "目前没有可以补入的学时" in text
    for year, is_listed in ((enough, True), (some, True), (none, True), (unstudied, False), (other, False)):
        assert (str(year.uuid) in text) is is_listed


def test_the_list_costs_the_same_for_one_and_for_three(
    desk: Client, authority: Authority, django_assert_max_num_queries, django_assert_num_queries
):
    short_year(authority)
    desk.get("/province/make-up/")
    with django_assert_max_num_queries(15) as one:
        desk.get("/province/make-up/")
    short_year(authority)
    short_year(authority)
    with django_assert_num_queries(len(one)):
        desk.get("/province/make-up/")


def test_an_authority_whose_policy_asks_for_no_approval_says_so(client: Client):
    authority = make_ruled_authority(make_up_allowed=False)
    short_year(authority)
    client.force_login(appoint_officer(authority=authority).user)
    text = text_of(client.get("/province/make-up/"))
    assert "本主管部门的政策不需要批准补学" in text


def test_the_page_of_a_year_shows_the_years_beside_it(
    desk: Client, authority: Authority, django_assert_max_num_queries
):
    year = short_year(authority)
    address = f"/province/make-up/{year.uuid}/"
    desk.get(address)
    with django_assert_max_num_queries(15):
        text = text_of(desk.get(address))
    assert "2025-05-01 – 2026-04-30" in text
    assert "2026-05-01 – 2027-04-30" in text
    assert 'name="reason"' in text


def test_approving_makes_the_year_met_and_leaves_the_list(desk: Client, authority: Authority, officer: User):
    year = short_year(authority)
    response = desk.post(f"/province/make-up/{year.uuid}/", {"reason": "工地封闭"}, follow=True)
    text = text_of(response)
    assert response.redirect_chain == [("/province/make-up/", 302)]
    assert "已批准补学，学员可以看到理由" in text
    assert "没有待批准的补学" in text
    approval = MakeUpApproval.objects.get()
    assert (approval.ce_year, approval.approved_by, approval.reason) == (year, officer, "工地封闭")
    year.refresh_from_db()
    assert year.met_at == NOW
    listed = text_of(desk.get("/province/make-up/?state=approved"))
    assert "共 1 个年度已批准补学" in listed
    assert "工地封闭" in listed
    assert "已达标" in listed
    assert "已批准补学 · 2026-09-01 10:00" in text_of(desk.get(f"/province/make-up/{year.uuid}/"))


def test_approving_needs_a_reason(desk: Client, authority: Authority):
    year = short_year(authority)
    response = desk.post(f"/province/make-up/{year.uuid}/", {"reason": "  "})
    assert response.status_code == 422
    assert "请写明批准补学的理由" in text_of(response)
    assert not MakeUpApproval.objects.exists()


def test_what_the_policy_does_not_permit_is_refused_in_words(client: Client):
    authority = make_ruled_authority(make_up_allowed=False)
    year = short_year(authority)
    client.force_login(appoint_officer(authority=authority).user)
    response = client.post(f"/province/make-up/{year.uuid}/", {"reason": "工地封闭"})
    assert response.status_code == 422
    assert "按现行政策，该年度不能经批准补学。" in text_of(response)


def test_years_of_others_renewals_open_years_and_one_s_own_are_not_found(
    desk: Client, authority: Authority, officer: User
):
    foreign = short_year(make_ruled_authority(**CONSENT))
    own = short_year(authority, learner=make_learner(user=officer))
    renewal = make_ce_year(authority=make_ruled_authority(**CONSENT, legacy_deadline=NOW.date()))
    running = CeYear.objects.get(learner=own.learner, opens_on__gt=own.opens_on)
    for year in (foreign, own, renewal, running):
        address = f"/province/make-up/{year.uuid}/"
        assert desk.get(address).status_code == 404
        assert desk.post(address, {"reason": "x"}).status_code == 404
    assert str(own.uuid) not in text_of(desk.get("/province/make-up/"))
    assert not MakeUpApproval.objects.exists()
