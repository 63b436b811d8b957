"""What a crash left behind is healed."""

from datetime import timedelta

import pytest

from courses.enums import Block
from lms.lib.errors import DomainError
from tests.factories.tracking import NOW, make_ce_year, make_enrolment, make_entry, make_lease
from tests.tracking.test_completion import study
from tracking.models import LedgerEntry, PlayLease, Recognition
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
