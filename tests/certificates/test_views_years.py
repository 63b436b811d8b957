"""What the learner's page says of years that are over and of a certificate that lapsed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from certificates.models import Holding
from certificates.queries import holding_cards
from courses.enums import Block
from tests.factories.accounts import appoint_officer
from tests.factories.certificates import annual_years, make_certificate
from tests.factories.tracking import make_entry
from tracking.operations import approve_make_up, open_due_years

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(media_folder: Any) -> None:
    """Keep certificates' files in a folder of the test."""


def holding_after(now: datetime, **policy: Any) -> Holding:
    """A renewed certificate, its annual years opened up to ``now``, nothing studied since the renewal."""
    holding = make_certificate(policy={"make_up_allowed": True, "make_up_years_back": 1, **policy}).holding
    open_due_years(now=now)
    return holding


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 2, 0, tzinfo=UTC)


def page(client: Client, holding: Holding, monkeypatch: pytest.MonkeyPatch, on: date, path: str = "/my/") -> str:
    """The learner's page as it is on a day."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(on.year, on.month, on.day))
    client.force_login(holding.learner.user)
    return " ".join(client.get(path).content.decode().split())


def test_a_year_that_ended_short_is_named_with_what_is_missing(client: Client, monkeypatch: pytest.MonkeyPatch):
    holding = holding_after(at(2027, 3, 3))
    text = page(client, holding, monkeypatch, date(2027, 3, 3))
    assert "2026 年继续教育未达标：2027-03-02 已结束，还差 3 学时" in text
    assert "2027-03-03 至 2028-03-02" in text
    assert "证书有效期止于" not in text


def test_on_the_last_day_of_a_year_nothing_is_short_yet(client: Client, monkeypatch: pytest.MonkeyPatch):
    holding = holding_after(at(2027, 3, 2))
    assert "未达标" not in page(client, holding, monkeypatch, date(2027, 3, 2))


def test_make_up_that_waits_and_make_up_that_was_approved_are_shown(client: Client, monkeypatch: pytest.MonkeyPatch):
    holding = holding_after(at(2027, 3, 3), make_up_needs_approval=True)
    short, current = annual_years(holding)
    make_entry(ce_year=current, block=Block.PROFESSIONAL, minutes=5)
    waiting = page(client, holding, monkeypatch, date(2027, 4, 1))
    assert "以后年度有 2 学时可以补入，等待主管部门批准。" in waiting

    officer = appoint_officer(authority=holding.authority).user
    approve_make_up(ce_year_id=short.pk, actor=officer, reason="工地封闭期间无法学习", now=at(2027, 4, 2))

    approved = page(client, holding, monkeypatch, date(2027, 4, 3))
    assert "还差 1 学时" in approved
    assert "主管部门已于 2027-04-02 批准补学" in approved
    assert "工地封闭期间无法学习" in approved


@pytest.mark.parametrize("path", ["/my/", "/my/holdings/{uuid}/"])
def test_a_certificate_that_lapsed_says_so_with_years_hours_and_source(
    client: Client, monkeypatch: pytest.MonkeyPatch, path: str, django_assert_max_num_queries
):
    holding = holding_after(at(2028, 3, 3))
    address = path.format(uuid=holding.uuid)
    text = page(client, holding, monkeypatch, date(2028, 3, 3), address)
    with django_assert_max_num_queries(15):
        client.get(address)
    assert "证书有效期止于 2028-03-02" in text
    assert "滚动考核未通过：2026、2027 年度合计 0 学时，不足 6 学时。" in text
    assert '依据：<span lang="zh-Hans">测试政策</span>' in text
    assert "去学习" not in text
    assert [year.label for year in annual_years(holding)] == [2026, 2027]


def test_the_certificate_is_valid_on_the_last_day_of_the_group():
    holding = holding_after(at(2028, 3, 2))
    (last,) = holding_cards(holding.learner, on=date(2028, 3, 2))
    (after,) = holding_cards(holding.learner, on=date(2028, 3, 3))
    assert last.lapse is None
    assert after.lapse is not None
    assert (after.lapse.last_day, after.lapse.labels) == (date(2028, 3, 2), (2026, 2027))


def test_the_page_costs_the_same_for_one_year_and_for_many(django_assert_num_queries):
    holding = holding_after(at(2026, 3, 3), rolling_years=0)
    with django_assert_num_queries(8):
        holding_cards(holding.learner, on=date(2031, 3, 3))
    open_due_years(now=at(2031, 3, 3))
    with django_assert_num_queries(8):
        holding_cards(holding.learner, on=date(2031, 3, 3))
