"""Legal rows can be looked at and not changed."""

import pytest
from django.test import Client
from django.urls import reverse

from courses.enums import Block
from tests.factories.accounts import make_user
from tests.factories.tracking import NOW, make_ce_year, make_entry, make_lease
from tracking.operations import recognise_year

pytestmark = pytest.mark.django_db
MODELS = ["ledgerentry", "playlease", "recognition", "ceyear"]


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize("model", MODELS)
def test_rows_are_listed_and_none_can_be_added(admin: Client, model: str) -> None:
    year = make_ce_year()
    make_entry(ce_year=year, block=Block.PROFESSIONAL, minutes=3)
    recognise_year(ce_year_id=year.pk, actor=None, now=NOW)
    make_lease()
    assert admin.get(reverse(f"admin:tracking_{model}_changelist")).status_code == 200
    assert admin.get(reverse(f"admin:tracking_{model}_add")).status_code == 403


def test_entry_can_be_neither_changed_nor_deleted(admin: Client) -> None:
    entry = make_entry(ce_year=make_ce_year(), block=Block.COMMON)
    assert admin.get(reverse("admin:tracking_ledgerentry_change", args=(entry.pk,))).status_code == 200
    assert admin.post(reverse("admin:tracking_ledgerentry_change", args=(entry.pk,)), {"minutes": 9}).status_code == 403
    assert admin.post(reverse("admin:tracking_ledgerentry_delete", args=(entry.pk,))).status_code == 403
