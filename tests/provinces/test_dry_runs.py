"""Trials of a changed policy: what they find, and how they survive."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, Authority, User
from courses.enums import Block
from courses.models import HourPolicy
from lms.lib.errors import DomainError
from provinces.models import PolicyDryRun, PolicyDryRunLine
from provinces.operations import ask_dry_run, perform_dry_run
from provinces.operations import dry_runs as operations
from provinces.tasks import run_policy_dry_run
from tests.factories.accounts import appoint_officer, make_learner, make_user
from tests.factories.tracking import NOW, make_annual_year, make_ce_year, make_entry, make_ruled_authority
from tracking.models import CeYear
from tracking.operations.recognition import settle_learner
from tracking.queries import standing_of_year

pytestmark = pytest.mark.django_db
EARLY = date(2026, 3, 1)  # before every year of these tests


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The officers sit at the desk on 2026-03-02."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def authority() -> Authority:
    return make_ruled_authority(recognition="officer", legacy_deadline=date(2026, 12, 31))


@pytest.fixture
def officer(authority: Authority) -> User:
    return appoint_officer(authority=authority, user=make_user(username="测试审核员")).user


@pytest.fixture
def desk(client: Client, officer: User) -> Client:
    client.force_login(officer)
    return client


def year_with(authority: Authority, *, professional: int, common: int = 0, **options: Any) -> CeYear:
    year = make_ce_year(authority=authority, **options)
    for block, minutes in ((Block.PROFESSIONAL, professional), (Block.COMMON, common)):
        if minutes:
            make_entry(ce_year=year, block=block, minutes=minutes, earned_at=NOW)
            settle_learner(learner_id=year.learner_id, now=NOW)
    year.refresh_from_db()
    return year


def attempt(authority: Authority, officer: User, **changes: Any) -> PolicyDryRun:
    effective_from = changes.pop("effective_from", EARLY)
    return ask_dry_run(authority=authority, actor=officer, effective_from=effective_from, changes=changes, now=NOW)


def found(run: PolicyDryRun) -> dict[int, str]:
    return dict(PolicyDryRunLine.objects.filter(run=run).values_list("ce_year_id", "effect"))


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_a_lower_minimum_lets_some_gain_and_eases_the_others(authority: Authority, officer: User):
    gains = year_with(authority, professional=2)
    eased = year_with(authority, professional=1)
    met = year_with(authority, professional=3)
    run = attempt(authority, officer, renewal_min_hours=2)
    assert (run.state, run.total, run.checked, run.finished_at) == ("done", 3, 3, NOW)
    assert run.counts == {"gained": 1, "eased": 1, "unchanged": 1}
    assert found(run) == {gains.pk: "gained", eased.pk: "eased"}
    assert met.met_at == NOW
    line = PolicyDryRunLine.objects.get(ce_year=gains)
    assert (line.need_before_minutes, line.have_before_minutes) == (3, 2)
    assert (line.need_after_minutes, line.have_after_minutes) == (2, 2)


def test_a_higher_minimum_takes_from_those_who_are_not_recognised_yet(authority: Authority, officer: User):
    loses = year_with(authority, professional=3)
    tightened = year_with(authority, professional=1)
    run = attempt(authority, officer, renewal_min_hours=4)
    assert found(run) == {loses.pk: "lost", tightened.pk: "tightened"}


def test_recognised_years_and_other_authorities_are_left_out(officer: User):
    authority = make_ruled_authority()
    year_with(authority, professional=3)  # recognised by itself
    year_with(make_ruled_authority(), professional=1)
    run = attempt(authority, officer, renewal_min_hours=9)
    assert (run.total, run.counts) == (0, {})


def test_years_that_opened_before_the_change_keep_their_policy(authority: Authority, officer: User):
    year_with(authority, professional=1)
    run = attempt(authority, officer, renewal_min_hours=9, effective_from=date(2026, 3, 3))
    assert (run.counts, run.earlier) == ({"unchanged": 1}, 1)


def test_a_later_deadline_reopens_closed_renewals_and_extends_open_ones(authority: Authority, officer: User):
    closed = year_with(authority, professional=1, now=datetime(2025, 3, 2, tzinfo=UTC))
    CeYear.objects.filter(pk=closed.pk).update(closes_on=date(2025, 12, 31))
    running = year_with(authority, professional=1)
    run = attempt(authority, officer, legacy_deadline=date(2027, 6, 30))
    assert found(run) == {closed.pk: "reopened", running.pk: "extended"}
    assert set(PolicyDryRunLine.objects.values_list("closes_after_on", flat=True)) == {date(2027, 6, 30)}


def test_make_up_is_tried_together_with_the_years_beside(officer: User):
    authority = make_ruled_authority(recognition="officer", make_up_allowed=True, make_up_years_back=1)
    first = make_annual_year(authority=authority)
    run = attempt(authority, officer, annual_min_hours=2, professional_min_hours=2, rolling_min_hours=4)
    assert found(run) == {first.pk: "eased"}


def test_a_trial_changes_no_policy_and_no_year(authority: Authority, officer: User):
    year = year_with(authority, professional=2)
    policies = list(HourPolicy.objects.order_by("pk").values())
    attempt(authority, officer, renewal_min_hours=2)
    assert list(HourPolicy.objects.order_by("pk").values()) == policies
    year.refresh_from_db()
    assert (year.met_at, standing_of_year(year).need_minutes) == (None, 3)
    assert AuditEntry.objects.get(action="policy.dry_run").detail == {
        "effective_from": "2026-03-01",
        "changes": {"renewal_min_hours": 2},
    }


def test_a_trial_without_a_change_or_against_itself_is_refused(authority: Authority, officer: User):
    with pytest.raises(DomainError) as caught:
        attempt(authority, officer)
    assert caught.value.code == "unchanged"
    with pytest.raises(DomainError, match="其中专业最低学时") as caught:
        attempt(authority, officer, professional_min_hours=9)
    assert caught.value.code == "conflict"
    with pytest.raises(DomainError) as caught:
        attempt(authority, officer, renewal_min_hours=2, effective_from=date(2010, 1, 1))
    assert caught.value.code == "no_policy"
    assert not PolicyDryRun.objects.exists()


def test_the_last_five_trials_of_a_person_are_kept(authority: Authority, officer: User):
    year_with(authority, professional=1)
    runs = [attempt(authority, officer, renewal_min_hours=hours) for hours in range(4, 11)]
    other = attempt(authority, make_user(), renewal_min_hours=4)
    assert set(PolicyDryRun.objects.all()) == {*runs[2:], other}


def test_many_years_are_judged_by_a_task_in_batches(
    authority: Authority, officer: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
):
    monkeypatch.setattr(operations, "AT_ONCE", 2)
    monkeypatch.setattr("tracking.queries.policy_trials.BATCH", 2)
    years = [year_with(authority, professional=2) for _ in range(5)]
    sent: list[int] = []
    monkeypatch.setattr(run_policy_dry_run, "delay", sent.append)
    with django_capture_on_commit_callbacks(execute=True):
        run = attempt(authority, officer, renewal_min_hours=2)
    assert (run.state, run.total, sent) == ("queued", 5, [run.pk])
    run_policy_dry_run(run.pk)
    run_policy_dry_run(run.pk)
    run.refresh_from_db()
    assert (run.state, run.checked, run.counts) == ("done", 5, {"gained": 5})
    assert found(run) == {year.pk: "gained" for year in years}


def test_statements_do_not_grow_with_the_years_of_a_batch(
    authority: Authority, officer: User, django_assert_num_queries: Any, django_assert_max_num_queries: Any
):
    year_with(authority, professional=2)
    with django_assert_max_num_queries(40) as few:
        attempt(authority, officer, renewal_min_hours=2)
    for _ in range(4):
        year_with(authority, professional=2)
    with django_assert_num_queries(len(few)):
        attempt(authority, officer, renewal_min_hours=2)


def test_a_trial_that_a_crash_broke_off_begins_anew(authority: Authority, officer: User):
    year = year_with(authority, professional=2)
    run = attempt(authority, officer, renewal_min_hours=2)
    PolicyDryRun.objects.filter(pk=run.pk).update(state="running", finished_at=None, checked=7, counts={"lost": 7})
    assert perform_dry_run(run_id=run.pk, now=NOW + timedelta(minutes=5)).state == "running"
    again = perform_dry_run(run_id=run.pk, now=NOW + timedelta(minutes=11))
    assert (again.state, again.checked, again.counts) == ("done", 1, {"gained": 1})
    assert found(again) == {year.pk: "gained"}


def test_only_officers_of_the_authority_see_its_trials(client: Client, authority: Authority, officer: User):
    run = attempt(authority, officer, renewal_min_hours=2)
    addresses = ("/province/dry-run/", f"/province/dry-run/{run.uuid}/")
    assert [client.get(address).status_code for address in addresses] == [302, 302]
    client.force_login(make_user())
    assert [client.get(address).status_code for address in addresses] == [403, 403]
    client.force_login(appoint_officer().user)
    assert [client.get(address).status_code for address in addresses] == [200, 404]


def test_the_desk_tries_a_change_and_pages_through_who_and_why(
    desk: Client, authority: Authority, django_assert_max_num_queries: Any
):
    for number in range(26):
        year_with(authority, professional=2, learner=make_learner(full_name=f"测试{chr(0x4E01 + number)}"))
    year_with(authority, professional=0, common=1)
    with django_assert_max_num_queries(15):
        desk.get("/province/dry-run/")
    values = {"authority": authority.code, "effective_from": "2026-03-01", "renewal_min_hours": "2"}
    response = desk.post("/province/dry-run/", values)
    assert response.status_code == 302
    with django_assert_max_num_queries(15):
        text = text_of(desk.get(response["Location"]))
    assert "共检查 27 个年度" in text
    assert "<dt>换证学时</dt><dd>2</dd>" in text
    assert "由未达标变为达标 26" in text
    assert "计 2，需 3" in text
    assert "计 2，需 2" in text
    assert "1 / 2" in text
    assert f"测试{chr(0x4E01 + 25)}" in text_of(desk.get(f"{response['Location']}?effect=gained&page=2"))
    eased = text_of(desk.get(f"{response['Location']}?effect=eased"))
    assert "专业岗位知识还差 1" in eased
    assert text_of(desk.get(f"{response['Location']}?effect=nonsense&page=zero")).count("</tr>") > 25
    assert response["Location"] in text_of(desk.get("/province/dry-run/"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "请至少改动一项政策。"),
        ({"professional_min_hours": "9"}, "改动后的政策自相矛盾，请检查：其中专业最低学时"),
        ({"renewal_min_hours": "-1"}, 'id="id_renewal_min_hours_error"'),
        ({"renewal_min_hours": "2", "effective_from": ""}, 'id="id_effective_from_error"'),
        ({"renewal_min_hours": "2", "effective_from": "2010-01-01"}, "没有可用的学时政策"),
        ({"legacy_deadline": "9999-01-01"}, "请填写 1990-01-01 至 2090-12-31 之间的日期"),
    ],
)
def test_what_cannot_be_tried_is_refused_in_words(
    desk: Client, authority: Authority, changes: dict[str, str], message: str
):
    values = {"authority": authority.code, "effective_from": "2026-03-01", **changes}
    response = desk.post("/province/dry-run/", values)
    assert response.status_code == 422
    assert message in text_of(response)


def test_a_trial_under_way_says_how_far_it_has_come(desk: Client, authority: Authority, officer: User):
    run = attempt(authority, officer, renewal_min_hours=2)
    PolicyDryRun.objects.filter(pk=run.pk).update(state="running", finished_at=None, checked=500, total=80_000)
    text = text_of(desk.get(f"/province/dry-run/{run.uuid}/"))
    assert "正在计算" in text
    assert "已检查 500 / 80000 个年度" in text


def test_a_trial_that_failed_says_why(desk: Client, authority: Authority, officer: User):
    run = attempt(authority, officer, renewal_min_hours=2)
    PolicyDryRun.objects.filter(pk=run.pk).update(state="failed", failure="没有可用的学时政策")
    assert "没有可用的学时政策" in text_of(desk.get(f"/province/dry-run/{run.uuid}/"))
