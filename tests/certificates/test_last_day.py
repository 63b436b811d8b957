"""A certificate lapses when its last day is over where its holder lives, with the days of grace."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from certificates.models import Holding
from certificates.operations import lapse_due_holdings
from tests.factories.accounts import make_learner
from tests.factories.certificates import make_holding
from tests.factories.tracking import NOW


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "now", "status"),
    [
        ("Asia/Shanghai", datetime(2026, 4, 10, 15, 59, tzinfo=UTC), "01"),
        ("Asia/Shanghai", datetime(2026, 4, 10, 16, 1, tzinfo=UTC), "05"),
        ("Asia/Urumqi", datetime(2026, 4, 10, 17, 59, tzinfo=UTC), "01"),
        ("Asia/Urumqi", datetime(2026, 4, 10, 18, 1, tzinfo=UTC), "05"),
    ],
)
def test_a_certificate_stands_to_the_last_minute_of_grace(zone: str, now: datetime, status: str):
    policy = {"legacy_deadline": date(2026, 3, 31), "grace_days": 10}
    holding = make_holding(learner=make_learner(time_zone=zone), now=NOW, policy=policy)
    lapse_due_holdings(now=now, limit=10)
    assert Holding.objects.get(pk=holding.pk).status == status
