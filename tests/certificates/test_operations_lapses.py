"""Certificates lapse by the rolling test and by the deadline, and a newer policy gives them back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, SiteMessage
from certificates.enums import HoldingAct
from certificates.models import Holding, HoldingEvent
from certificates.operations import lapse_due_holdings, renew_certificate, reopen_lapsed_holdings
from certificates.operations.lapses import lapse_holding
from courses.enums import Block
from tests.factories.certificates import annual_years, make_certificate, make_holding, meet_year, renewal_year
from tests.factories.courses import make_policy
from tests.factories.registrars import act_on
from tests.factories.threads import in_threads
from tests.factories.tracking import NOW, make_entry
from tracking.models import CeYear
from tracking.operations import extend_renewal_years, open_due_years, refuse_year
from tracking.operations.recognition import settle_learner

DEADLINE = date(2026, 9, 30)


@pytest.fixture(autouse=True)
def files(media_folder: Any) -> None:
    """Keep certificates' files in a folder of the test."""


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 2, 0, tzinfo=UTC)


def history(holding: Holding) -> list[tuple[str, str]]:
    return list(HoldingEvent.objects.filter(holding=holding).order_by("sequence").values_list("operation", "status"))


def lapse(now: datetime) -> int:
    return lapse_due_holdings(now=now, limit=500)


def reopen(now: datetime) -> int:
    return reopen_lapsed_holdings(now=now, limit=500)


@pytest.mark.django_db
def test_an_old_certificate_lapses_the_day_after_the_deadline_and_its_holder_is_told():
    holding = make_holding(policy={"legacy_deadline": DEADLINE})

    assert lapse(at(2026, 9, 30)) == 0
    assert lapse(at(2026, 10, 1)) == 1

    event = HoldingEvent.objects.get(sequence=2)
    assert (event.operation, event.status, event.actor, event.at) == ("04", "05", None, at(2026, 10, 1))
    assert event.reason == "换证截止日期 2026-09-30 已过，学时未达标（依据：测试政策）"
    holding.refresh_from_db()
    assert holding.status == "05"
    message = SiteMessage.objects.get()
    assert message.subject == f"证书状态变更：{holding.post.name} · 失效"
    assert "失效后须重新参加培训并考核合格" in message.body
    assert AuditEntry.objects.get(action="holding.lapse").detail == {"reason": event.reason}
    assert lapse(at(2026, 10, 2)) == 0


@pytest.mark.django_db
def test_days_of_grace_keep_it_valid():
    make_holding(policy={"legacy_deadline": DEADLINE, "grace_days": 30})

    assert lapse(at(2026, 10, 30)) == 0
    assert lapse(at(2026, 10, 31)) == 1


@pytest.mark.django_db
def test_hours_met_in_time_wait_for_their_recognition_and_do_not_lapse():
    holding = make_holding(policy={"legacy_deadline": DEADLINE, "recognition": "officer"})
    meet_year(renewal_year(holding))

    assert lapse(at(2026, 10, 1)) == 0
    assert history(holding) == [("07", "01")]


@pytest.mark.django_db
def test_hours_in_the_ledger_count_before_anybody_has_settled_them():
    holding = make_holding(policy={"legacy_deadline": DEADLINE})
    for block, minutes in ((Block.COMMON, 1), (Block.PROFESSIONAL, 2)):
        make_entry(ce_year=renewal_year(holding), block=block, minutes=minutes)

    assert lapse(at(2026, 10, 1)) == 0


@pytest.mark.django_db
def test_refused_hours_leave_the_decision_to_persons():
    holding = make_holding(policy={"legacy_deadline": DEADLINE, "recognition": "officer"})
    year = meet_year(renewal_year(holding))
    refuse_year(ce_year_id=year.pk, actor=make_certificate().holding.learner.user, reason="证据不足", now=NOW)

    assert lapse(at(2026, 10, 1)) == 0


@pytest.mark.django_db
def test_a_second_extension_reopens_by_an_act_of_its_own():
    holding = make_holding(policy={"legacy_deadline": DEADLINE})
    lapse(at(2026, 10, 1))
    make_policy(
        authority=holding.authority,
        effective_from=date(2026, 11, 1),
        legacy_deadline=date(2027, 3, 31),
        source="测试延期通知",
        hour_minutes=1,
    )
    assert reopen(at(2026, 11, 2)) == 0  # the window has not grown yet

    extend_renewal_years(now=at(2026, 11, 2))
    assert reopen(at(2026, 11, 2)) == 1

    assert history(holding) == [("07", "01"), ("04", "05"), ("07", "01")]
    event = HoldingEvent.objects.get(sequence=3)
    assert event.reason == "换证截止日期延至 2027-03-31（依据：测试延期通知）"
    assert event.actor is None
    assert SiteMessage.objects.filter(subject__contains="恢复有效").count() == 1
    assert (reopen(at(2026, 11, 3)), lapse(at(2026, 11, 3))) == (0, 0)
    assert lapse(at(2027, 4, 1)) == 1


@pytest.mark.django_db
def test_an_extension_that_is_in_force_already_keeps_the_certificate_though_no_window_grew_yet():
    holding = make_holding(policy={"legacy_deadline": DEADLINE})
    make_policy(authority=holding.authority, effective_from=date(2026, 9, 1), legacy_deadline=date(2027, 3, 31))

    assert lapse(at(2026, 10, 1)) == 0


@pytest.mark.django_db
def test_hours_entered_late_but_earned_in_time_bring_it_back_and_renew_it():
    holding = make_holding(policy={"legacy_deadline": DEADLINE})
    lapse(at(2026, 10, 1))
    year = meet_year(renewal_year(holding))  # earned in March, booked now
    assert year.met_at is not None

    assert reopen(at(2026, 10, 5)) == 1
    certificate = renew_certificate(ce_year_id=year.pk, now=at(2026, 10, 5))

    assert history(holding) == [("07", "01"), ("04", "05"), ("07", "01"), ("01", "01")]
    assert certificate.version == 1


@pytest.mark.django_db
def test_the_rolling_test_lapses_the_certificate_after_its_last_day():
    holding = make_certificate().holding
    open_due_years(now=at(2028, 3, 2))
    assert lapse(at(2028, 3, 2)) == 0
    open_due_years(now=at(2028, 3, 3))

    assert lapse(at(2028, 3, 3)) == 1

    event = HoldingEvent.objects.order_by("-sequence")[0]
    assert event.reason == "滚动考核 2026、2027 年度合计 0 学时，不足 6 学时（依据：测试政策）"
    assert (event.certificate, event.status) == (holding.certificates.get(), "05")
    assert lapse(at(2028, 3, 10)) == 0


@pytest.mark.django_db
def test_a_group_that_is_met_after_all_gives_the_certificate_back():
    holding = make_certificate().holding
    open_due_years(now=at(2028, 3, 3))
    lapse(at(2028, 3, 3))
    for year in annual_years(holding):
        for block in (Block.COMMON, Block.PROFESSIONAL, Block.PROFESSIONAL):
            make_entry(ce_year=year, block=block, earned_at=datetime.combine(year.opens_on, NOW.timetz()))
    settle_learner(learner_id=holding.learner_id, now=at(2028, 3, 5))
    assert reopen(at(2028, 3, 5)) == 0
    open_due_years(now=at(2028, 3, 5))

    assert reopen(at(2028, 3, 5)) == 1
    assert HoldingEvent.objects.order_by("-sequence")[0].reason == (
        "按现行政策和补记的学时重新核算，证书继续有效（依据：测试政策）"
    )


@pytest.mark.django_db
def test_a_suspended_certificate_lapses_once_the_suspension_is_lifted():
    holding = make_holding(policy={"legacy_deadline": DEADLINE})
    act_on(holding, HoldingAct.SUSPEND)
    assert lapse(at(2026, 10, 1)) == 0

    act_on(Holding.objects.get(), HoldingAct.LIFT)

    assert lapse(at(2026, 10, 1)) == 1
    assert [status for _operation, status in history(holding)] == ["01", "02", "01", "05"]


@pytest.mark.django_db
def test_what_persons_ended_no_sweep_brings_back():
    holding = make_holding(policy={"legacy_deadline": DEADLINE})
    lapse(at(2026, 10, 1))
    act_on(Holding.objects.get(), HoldingAct.CANCEL)
    CeYear.objects.update(closes_on=date(2027, 3, 31))

    assert reopen(at(2026, 11, 1)) == 0
    assert history(holding) == [("07", "01"), ("04", "05"), ("05", "04")]


@pytest.mark.django_db
def test_many_lapse_in_batches_and_each_sweep_goes_on():
    first = make_holding(policy={"legacy_deadline": DEADLINE})
    for _ in range(4):
        make_holding(authority=first.authority)

    assert lapse_due_holdings(now=at(2026, 10, 1), limit=2) == 2
    assert lapse_due_holdings(now=at(2026, 10, 1), limit=500) == 3
    assert Holding.objects.filter(status="05").count() == 5


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_lapse_a_certificate_once():
    holding = make_holding(policy={"legacy_deadline": DEADLINE})

    in_threads(*[lambda: lapse_holding(holding.pk, now=at(2026, 10, 1) + timedelta(hours=1))] * 3)

    assert history(holding) == [("07", "01"), ("04", "05")]
    assert SiteMessage.objects.count() == 1
