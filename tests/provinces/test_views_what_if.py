"""The officers' desk: what the rule would say."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Authority, User
from tests.factories.accounts import appoint_officer, make_user
from tests.factories.courses import make_policy
from tests.factories.tracking import make_ruled_authority
from tracking.models import CeYear, LedgerEntry

pytestmark = pytest.mark.django_db
REAL_RULES = {
    "hour_minutes": 45,
    "annual_min_hours": 32,
    "professional_min_hours": 22,
    "renewal_min_hours": 32,
    "rolling_min_hours": 64,
    "make_up_allowed": False,
    "legacy_deadline": date(2021, 9, 30),
}


@pytest.fixture
def authority() -> Authority:
    return make_ruled_authority(**REAL_RULES)


@pytest.fixture
def desk(client: Client, authority: Authority) -> Client:
    client.force_login(appoint_officer(authority=authority, user=make_user(username="测试审核员")).user)
    return client


def ask(desk: Client, authority: Authority, **changes: Any) -> Any:
    values = {
        "authority": authority.code,
        "certificate": "new",
        "issued_on": "2020-03-10",
        "on": "2023-03-10",
        "study": "",
    }
    return desk.get("/province/what-if/", {**values, **changes})


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_only_officers_come_in(client: Client, authority: Authority):
    assert client.get("/province/what-if/").status_code == 302
    client.force_login(make_user())
    assert client.get("/province/what-if/").status_code == 403


def test_the_page_begins_with_an_empty_form(desk: Client, authority: Authority, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        text = text_of(desk.get("/province/what-if/"))
    assert 'id="outcome"' not in text
    assert authority.name in text
    assert 'name="annual_min_hours"' in text
    assert f'name="on" value="{timezone.localdate().isoformat()}"' in text


def test_surplus_is_not_carried_and_the_clauses_say_why(
    desk: Client, authority: Authority, django_assert_max_num_queries
):
    study = "2021-06-01 公共 10\n2021-06-02 专业 50"
    ask(desk, authority)
    with django_assert_max_num_queries(15):
        text = text_of(ask(desk, authority, study=study))
    assert "2021-03-10 至 2022-03-09" in text
    assert "<dt>合计学时</dt><dd>32 / 32</dd>" in text
    assert "计 22，至少 22；窗口内学了 50" in text
    assert "<dt>不计入任何年度</dt><dd>28</dd>" in text
    assert "超出年度所需的学时不结转到下一年度" in text
    assert "32，其中专业岗位知识 22" in text
    assert '依据：<span lang="zh-Hans">测试政策</span>，自 2019-01-19 起施行' in text
    assert "证书有效期止于 2023-03-09，须重新参加培训" in text
    assert "连续 2 个年度合计至少 64 学时，否则证书失效，须重新培训" in text


def test_the_day_before_the_group_closes_the_certificate_is_valid(desk: Client, authority: Authority):
    assert "证书有效" in text_of(ask(desk, authority, on="2023-03-09"))


def test_a_policy_changed_by_hand_gives_another_verdict(desk: Client, authority: Authority):
    study = "2022-06-01 公共 20\n2022-06-02 专业 44"
    changed = ask(
        desk, authority, study=study, make_up_allowed="yes", make_up_years_back="1", make_up_needs_approval="no"
    )
    text = text_of(changed)
    assert "证书有效期止于" not in text
    assert "<dt>由以后年度补入</dt><dd>32</dd>" in text
    assert "由以后年度富余的学时补入，最多可补前 1 年" in text
    assert "测试政策（含手工改动）" in text


def test_make_up_that_needs_approval_waits_for_it(desk: Client, authority: Authority):
    policy = {"make_up_allowed": "yes", "make_up_years_back": "1", "make_up_needs_approval": "yes"}
    study = "2022-06-02 专业 64"
    waiting = text_of(ask(desk, authority, study=study, **policy))
    approved = text_of(ask(desk, authority, study=study, approved="2021", **policy))
    assert "<dt>批准补学后可补入</dt><dd>32</dd>" in waiting
    assert "补学须经主管部门批准" in waiting
    assert "<dt>由以后年度补入</dt><dd>32</dd>" in approved


def test_each_year_is_judged_by_the_policy_of_its_first_day_unless_a_day_is_chosen(desk: Client, authority: Authority):
    make_policy(
        authority=authority, effective_from=date(2022, 1, 1), source="新政策", **{**REAL_RULES, "annual_min_hours": 40}
    )
    dated = text_of(ask(desk, authority, on="2022-06-01"))
    fixed = text_of(ask(desk, authority, on="2022-06-01", policy_on="2022-01-01"))
    assert ("0 / 32" in dated, "0 / 40" in dated) == (True, True)
    assert ("0 / 32" in fixed, "0 / 40" in fixed) == (False, True)


def test_years_before_the_first_policy_are_named_and_not_judged(desk: Client, authority: Authority):
    text = text_of(ask(desk, authority, issued_on="2017-03-10", on="2020-03-10"))
    assert "2018 年度（2018-03-10 至 2019-03-09）当时还没有政策，不作认定。" in text
    assert "2019-03-10 至 2020-03-09" in text


def test_a_certificate_without_a_year_yet_says_so(desk: Client, authority: Authority):
    assert "到这一天还没有开始任何继续教育年度" in text_of(ask(desk, authority, on="2020-03-11"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"claimed_on": "2021-08-01", "on": "2021-11-19"}, ["换发已经截止", "旧证换发截止 2021-09-30"]),
        (
            {"claimed_on": "2021-08-01", "on": "2021-11-20", "legacy_deadline": "2022-06-30"},
            ["可以换发，学时还不够", "2，其中专业岗位知识 2", "至 2022-06-30"],
        ),
        (
            {"claimed_on": "2021-08-01", "on": "2021-09-30", "study": "2021-08-02 专业 32"},
            ["学时已够，可以换发", "换证继续教育至少 32 学时"],
        ),
        ({"issued_on": "2018-12-13"}, ["不属于旧证换发范围", "只有 2018-12-13 之前发的旧证才需要换发"]),
    ],
)
def test_an_old_certificate_is_judged_for_its_renewal(
    desk: Client, authority: Authority, changes: dict[str, str], words: list[str]
):
    values = {"certificate": "legacy", "issued_on": "2015-05-01", "study": "2021-09-01 公共 10\n2021-09-15 专业 20"}
    text = text_of(ask(desk, authority, **{**values, **changes}))
    for word in words:
        assert word in text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"study": "2021-06-01 公共"}, "第 1 行应为：日期 模块 学时"),
        ({"study": "0001-01-01 公共 1"}, "学习日期超出可推演的范围"),
        ({"issued_on": "9999-12-31"}, "请填写 1990-01-01 至 2090-12-31 之间的日期"),
        ({"on": "2019-01-01"}, "推演日期不能早于发证日期"),
        ({"claimed_on": "2019-01-01"}, "认领日期不能早于发证日期"),
        ({"approved": "今年"}, "请填写四位数的年度"),
        ({"hour_minutes": "0"}, 'id="id_hour_minutes_error"'),
        ({"issued_on": "2010-01-01", "on": "2018-01-01", "certificate": "legacy"}, "没有可用的学时政策"),
        ({"policy_on": "2018-01-01"}, "没有可用的学时政策"),
    ],
)
def test_what_cannot_be_supposed_is_refused_in_words(
    desk: Client, authority: Authority, changes: dict[str, str], message: str
):
    response = ask(desk, authority, **changes)
    assert response.status_code == 422
    assert message in text_of(response)


def test_the_policies_of_other_authorities_are_not_to_be_chosen(desk: Client, authority: Authority):
    other = make_ruled_authority()
    assert ask(desk, other).status_code == 422


def test_nothing_is_written(desk: Client, authority: Authority):
    ask(desk, authority, study="2021-06-01 公共 10")
    assert not CeYear.objects.exists()
    assert not LedgerEntry.objects.exists()


def test_a_lifetime_of_years_is_judged_at_once(desk: Client, authority: Authority):
    text = text_of(ask(desk, authority, issued_on="1990-02-28", on="2090-12-31", policy_on="2020-01-01"))
    assert text.count('aria-labelledby="year-') == 100


def test_an_officer_of_two_authorities_chooses(client: Client, authority: Authority):
    officer: User = appoint_officer(authority=authority).user
    second = make_ruled_authority(**REAL_RULES)
    appoint_officer(authority=second, user=officer)
    client.force_login(officer)
    assert ask(client, second).status_code == 200
