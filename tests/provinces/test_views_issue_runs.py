"""The officers' pages of mass issues."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import Authority, User
from certificates.models import IssueRun
from certificates.operations import check_certificates, issue_next_piece, start_issue_run
from tests.factories.accounts import appoint_officer, make_user
from tests.factories.certificates import make_certificate, make_holding, make_recognised_year
from tests.factories.registrars import make_registrar
from tests.factories.tracking import NOW, make_ruled_authority

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
PAGE = "/province/issue/"


@pytest.fixture
def authority() -> Authority:
    return make_ruled_authority()


@pytest.fixture
def officer(authority: Authority) -> User:
    return make_registrar(authority)


@pytest.fixture
def desk(client: Client, officer: User) -> Client:
    client.force_login(officer)
    return client


def run_of(authority: Authority, *, good: int = 2, bad: int = 1) -> IssueRun:
    """A mass issue that is worked off, with lines that a person must see to."""
    years = [make_recognised_year(holding=make_holding(authority=authority)) for _ in range(good + bad)]
    for year in years[good:]:
        type(year.learner).objects.filter(pk=year.learner_id).update(full_name="=测试\U0003fffd")
    run = start_issue_run(authority=authority, actor=make_user(), now=LATER)
    while issue_next_piece(run_id=run.pk, lane=0, now=LATER):
        pass
    run.refresh_from_db()
    return run


def test_a_registrar_starts_a_run_and_sees_it(desk: Client, authority: Authority, officer: User):
    make_recognised_year(holding=make_holding(authority=authority))
    page = desk.get(PAGE)
    assert "目前有 1 个已认定的年度尚未签发证书。" in page.content.decode()

    answer = desk.post(PAGE, {"authority": authority.code})

    run = IssueRun.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}{run.uuid}/")
    assert (run.authority, run.total, run.started_by) == (authority, 1, officer)
    shown = desk.get(answer["Location"]).content.decode()
    assert "0 / 1" in shown
    assert 'hx-trigger="every 3s"' in shown


def test_nothing_to_issue_is_said_at_the_form(desk: Client, authority: Authority):
    answer = desk.post(PAGE, {"authority": authority.code})
    assert answer.status_code == 422
    assert "没有已认定而未签发的年度，无需批量签发。" in answer.content.decode()


def test_an_ended_run_names_the_lines_that_need_a_person(desk: Client, authority: Authority):
    run = run_of(authority)
    shown = desk.get(f"{PAGE}{run.uuid}/").content.decode()
    assert "3 / 3" in shown
    assert "票面文字无法排印" in shown
    assert "hx-trigger" not in shown
    assert "暂停签发" not in shown.split('id="how-far"')[1].split('id="stopped"')[0]


def test_a_run_is_paused_resumed_and_cancelled(desk: Client, authority: Authority):
    make_recognised_year(holding=make_holding(authority=authority))
    desk.post(PAGE, {"authority": authority.code})
    run = IssueRun.objects.get()
    for turn, state in [("pause", "paused"), ("resume", "running"), ("retry", "running"), ("cancel", "cancelled")]:
        assert desk.post(f"{PAGE}{run.uuid}/{turn}/").status_code == 302
        run.refresh_from_db()
        assert run.state == state
    answer = desk.post(f"{PAGE}{run.uuid}/resume/", follow=True)
    assert "这项批量签发已经结束。" in answer.content.decode()
    assert desk.post(f"{PAGE}{run.uuid}/explode/").status_code == 404
    assert desk.get(f"{PAGE}{run.uuid}/pause/").status_code == 405


def test_the_report_has_every_line_and_starts_no_formula(desk: Client, authority: Authority):
    run = run_of(authority)
    answer = desk.get(f"{PAGE}{run.uuid}/report.csv")
    assert answer["Content-Disposition"].startswith('attachment; filename="issue-2026')
    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert lines[0] == [
        "序号",
        "姓名",
        "岗位",
        "主管部门",
        "年度",
        "结果",
        "证书编号",
        "完成时间",
        "未完成原因",
    ]
    assert [line[5] for line in lines[1:]] == ["已签发", "已签发", "需人工处理"]
    assert lines[1][6].startswith(f"{authority.code}20260000001")
    assert (lines[3][1], lines[3][6]) == ("'=测试\U0003fffd", "")


def test_another_authoritys_runs_are_not_shown(desk: Client):
    run = run_of(make_ruled_authority(), good=1, bad=0)
    assert str(run.uuid) not in desk.get(PAGE).content.decode()
    for address in ("", "report.csv"):
        assert desk.get(f"{PAGE}{run.uuid}/{address}").status_code == 404
    assert desk.post(f"{PAGE}{run.uuid}/cancel/").status_code == 404
    assert desk.post(PAGE, {"authority": run.authority.code}).status_code == 422


def test_who_keeps_no_certificates_is_kept_out(client: Client, authority: Authority):
    client.force_login(appoint_officer(authority=authority).user)
    assert client.get(PAGE).status_code == 403
    client.logout()
    assert client.get(PAGE).status_code == 302


def test_the_ministry_sees_all_runs_may_start_one_of_all_and_sees_the_last_check(
    client: Client, authority: Authority, media_folder: Path
):
    ministry = make_ruled_authority()
    Authority.objects.filter(pk=ministry.pk).update(kind="ministry")
    client.force_login(make_registrar(ministry))
    run = run_of(authority, good=1, bad=0)
    make_recognised_year()
    certificate = make_certificate()
    (media_folder / "private" / certificate.pdf_path).unlink()
    check_certificates(now=LATER)

    page = client.get(PAGE).content.decode()
    assert str(run.uuid) in page
    assert "发现异常，请从备份恢复" in page
    assert certificate.number in page
    assert client.post(PAGE, {"authority": "all"}).status_code == 302
    assert IssueRun.objects.get(authority=None).total == 1


@pytest.mark.parametrize("lines", [1, 3])
def test_the_pages_cost_the_same_however_long(
    desk: Client, authority: Authority, django_assert_max_num_queries, lines: int
):
    run = run_of(authority, good=lines, bad=lines)
    with django_assert_max_num_queries(13):
        assert desk.get(f"{PAGE}{run.uuid}/").status_code == 200
    with django_assert_max_num_queries(13):
        assert desk.get(PAGE).status_code == 200
