"""The register finds its rows by an index, however long it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from accounts.enums import OfficerRole
from accounts.models import Learner
from certificates.models import Certificate, Holding, HoldingEvent, Renewal
from tests.factories.accounts import appoint_officer
from tests.factories.register import Register, certificate_number_of, id_number_of, make_register, mask_of, name_of
from tests.provinces.plans import ways_of
from tests.services.databases import rows_of_a_module

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
CERTIFICATES = {"postgresql": 30_000, "sqlite": 3_000}
TABLES = {model._meta.db_table for model in (Certificate, Holding, HoldingEvent, Learner, Renewal)}
LIST = "/province/register/"


@pytest.fixture(scope="module")
def register(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Register]:
    """So many certificates, and the database knows how many; made once for all tests."""
    with rows_of_a_module(django_db_blocker):
        made = make_register(certificates=CERTIFICATES[connection.vendor])
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        yield made


@pytest.fixture
def desk(client: Client, register: Register) -> Client:
    client.force_login(appoint_officer(authority=register.authorities[0], role=OfficerRole.REGISTRAR).user)
    return client


def whole_tables(captured: CaptureQueriesContext) -> list[str]:
    """The statements that read a table of the register from end to end."""
    assert len(captured) <= 15
    selects = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
    return [f"{table}: {sql}" for sql in selects for table, way in ways_of(sql, TABLES) if "Seq Scan" in way]


def test_every_list_is_read_by_an_index(desk: Client, register: Register) -> None:
    post = register.posts[3].code
    first = desk.get(LIST).context["page"].older
    for query in (
        "",
        f"place={first}",
        "status=02",
        f"status=05&post={register.posts[-1].code}",
        f"post={post}&year=2025",
        "mode=ministry",
        f"status=01&post={post}&year=2026&mode=own",
        "part=replaced",
        "part=paper",
    ):
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(f"{LIST}?{query}").status_code == 200
        assert whole_tables(captured) == [], query


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ("number", certificate_number_of(40)),
        ("number", "测000000040"),
        ("identity", id_number_of(40)),
        ("identity", mask_of(40)),
        ("name", name_of(40)),
    ],
)
def test_whoever_is_looked_for_is_found_by_an_index(desk: Client, by: str, words: str) -> None:
    with CaptureQueriesContext(connection) as captured:
        response: Any = desk.post(f"{LIST}search/", {"by": by, "words": words})
    assert response.status_code == 302
    assert whole_tables(captured) == []


def test_a_certificate_s_page_is_read_by_indexes(desk: Client, register: Register) -> None:
    holding = Holding.objects.filter(authority=register.authorities[0], last_issued_at__isnull=False)[7]
    with CaptureQueriesContext(connection) as captured:
        assert desk.get(f"{LIST}{holding.uuid}/").status_code == 200
    assert whole_tables(captured) == []
