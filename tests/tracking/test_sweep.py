"""What a crash left behind is healed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection

from courses.enums import Block
from lms.lib.errors import DomainError
from tests.factories.tracking import NOW, make_annual_year, make_ce_year, make_enrolment, make_entry, make_lease
from tests.tracking.test_completion import study
from tracking.models import CeYear, LedgerEntry, PlayLease, Recognition
from tracking.operations import sweep_study
from tracking.operations.healing import heal_each
from tracking.tasks import sweep_leases

pytestmark = pytest.mark.django_db


def test_sweep_finishes_what_was_studied_and_not_booked() -> None:
    year = make_ce_year()
    make_entry(ce_year=year, block=Block.PROFESSIONAL, minutes=2)
    study(make_enrolment(ce_year=year))
    after = NOW + timedelta(minutes=5)
    assert sweep_study(now=after) == {
        "challenges_missed": 0,
        "leases_ended": 0,
        "packages_judged": 0,
        "lessons_booked": 1,
        "years_recognised": 0,  # booking recognised it
        "years_extended": 0,
        "years_opened": 0,
    }
    assert (LedgerEntry.objects.count(), Recognition.objects.get().ce_year) == (2, year)
    assert set(sweep_study(now=after).values()) == {0}


def test_task_runs_the_sweep() -> None:
    make_lease()
    sweep_leases()
    assert PlayLease.objects.get().end_reason == "silent"


def test_row_that_is_refused_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    def heal(row: int) -> None:
        if row == 1:
            raise DomainError("测试：不能处理", code="test")

    assert heal_each([0, 1, 2], heal) == 2
    assert caplog.messages == ["not healed: 1: 测试：不能处理 (test)"]


def test_row_that_the_database_gives_up_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    def heal(row: int) -> None:
        if row == 1:
            raise OperationalError("deadlock detected")

    assert heal_each([0, 1, 2], heal) == 2
    assert caplog.messages == ["not healed: 1: deadlock detected"]


def test_fault_of_the_program_ends_the_sweep() -> None:
    with pytest.raises(ZeroDivisionError):
        heal_each([1], lambda row: row / 0)


@pytest.mark.django_db(transaction=True)
def test_step_that_the_database_gives_up_holds_up_no_later_one(caplog: pytest.LogCaptureFixture) -> None:
    """Writing to leases fails, as it does in a deadlock; what follows is done all the same."""
    year = make_annual_year()
    lease = make_lease(enrolment=make_enrolment(ce_year=make_ce_year()))
    after = datetime(2027, 3, 2, 2, 0, tzinfo=UTC)

    def give_up(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("UPDATE") and PlayLease._meta.db_table in sql:
            raise OperationalError("deadlock detected")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(give_up):
        counts = sweep_study(now=after)
    lease.refresh_from_db()
    assert (lease.ended_at, counts["leases_ended"], counts["years_opened"]) == (None, 0, 1)
    assert CeYear.objects.filter(learner=year.learner).count() == 2
    assert "step of the sweep given up: leases_ended" in caplog.messages
