"""What a learner's own page says while a case leaves the year to a person."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.factories.accounts import make_user
from tests.factories.certificates import make_holding, meet_year, renewal_year
from tests.factories.tracking import NOW
from tracking.models import SuspicionCase
from tracking.operations import close_case

pytestmark = pytest.mark.django_db


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_own_page_says_who_checks_and_that_a_person_decides(client: Client) -> None:
    holding = make_holding()
    case = SuspicionCase.objects.create(
        authority=holding.authority,
        learner=holding.learner,
        signal="same_trace",
        fingerprint="测试",
        opened_at=NOW,
    )
    meet_year(renewal_year(holding))
    client.force_login(holding.learner.user)
    text = text_of(client.get("/my/"))
    assert f"您的学时正在由“{holding.authority.name}”核查" in text
    assert f"进行中 · {holding.authority.name}" in text
    assert "系统自动认定" not in text
    assert "播放轨迹" not in text
    close_case(case_id=case.pk, actor=make_user(), outcome="cleared", reason="测试", now=NOW)
    text = text_of(client.get("/my/"))
    assert "核查" not in text
