"""What a test of real transactions leaves in its database is gone for the next one, and what it broke is whole."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Site

from accounts.models import User
from courses.enums import Block
from tests.factories.tracking import make_ce_year, make_entry
from tests.services.putting_back import remember
from tracking.models import LedgerEntry

pytestmark = pytest.mark.django_db(transaction=True)


def everything() -> list[list[object]]:
    models = (ContentType, Site, User, LedgerEntry)
    return [list(model._default_manager.order_by("pk").values_list()) for model in models]


def test_rows_are_put_back_changed_deleted_added_and_written_once() -> None:
    before = everything()
    put_back = remember()

    make_entry(ce_year=make_ce_year(), block=Block.COMMON)
    ContentType.objects.filter(model="ledgerentry").update(model="something_else")
    Site.objects.all().delete()
    assert [one == other for one, other in zip(before, everything(), strict=True)] == [False] * 4

    put_back()
    assert everything() == before
    assert (len(before[0]) > 50, len(before[1]), before[2:]) == (True, 1, [[], []])
    assert ContentType.objects.get_for_model(LedgerEntry).model == "ledgerentry"
