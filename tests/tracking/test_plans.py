"""The learner's page and the officer's queue find their rows by an index, however long the ledger is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from tests.factories.accounts import appoint_officer, make_user
from tests.factories.certificates import make_holding
from tests.factories.crowd import Crowd, make_crowd
from tests.services.databases import rows_of_a_module
from tracking.models import CeYear, LedgerEntry, YearBalance

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
LEARNERS = {"postgresql": 5_000, "sqlite": 500}
TABLES = {model._meta.db_table for model in (LedgerEntry, CeYear, YearBalance)}
BY_INDEX = {"Index Scan", "Index Only Scan", "Bitmap Heap Scan"}


@pytest.fixture(scope="module")
def crowd(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Crowd]:
    """Learners with ten entries each, and the database knows how many; made once for all tests."""
    with rows_of_a_module(django_db_blocker):
        made = make_crowd(learners=LEARNERS[connection.vendor])
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        assert LedgerEntry.objects.count() == made.entries
        yield made


def ways_taken(client: Client, address: str) -> list[tuple[str, str]]:
    """How each table of hours was read for a page: ``(table, way)`` for every place in every plan."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(address)
    assert response.status_code == 200
    assert len(captured) <= 15
    statements = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
    return [way for sql in statements for way in ways_of(sql)]


def ways_of(sql: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
            plan = cursor.fetchone()[0]
            plan = json.loads(plan) if isinstance(plan, str) else plan
            return list(nodes_of(plan[0]["Plan"]))
        cursor.execute(f"EXPLAIN QUERY PLAN {sql.replace('%', '%%')}")
        return [way for row in cursor.fetchall() if (way := sqlite_way(sql, row[3]))]


def nodes_of(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if node.get("Relation Name") in TABLES:
        yield node["Relation Name"], node["Node Type"]
    for below in node.get("Plans", []):
        yield from nodes_of(below)


def sqlite_way(sql: str, detail: str) -> tuple[str, str] | None:
    """SQLite says ``SEARCH table USING INDEX …`` or ``SCAN table``."""
    verb, table, *_ = detail.split()
    return (table, "Index Scan" if verb == "SEARCH" else "Seq Scan") if table in TABLES else None


def test_my_page_reads_the_ledger_by_index_alone(client: Client, crowd: Crowd) -> None:
    learner = crowd.learners[len(crowd.learners) // 2]
    year = learner.ce_years.get()
    holding = make_holding(learner=learner, authority=year.authority, post=year.post)
    client.force_login(learner.user)
    ways = ways_taken(client, "/my/")
    assert {table for table, _ in ways} >= {LedgerEntry._meta.db_table, CeYear._meta.db_table}
    assert [way for way in ways if way[1] not in BY_INDEX] == []
    assert holding.learner_id == learner.pk


def test_queue_reads_years_by_index_alone(client: Client, crowd: Crowd) -> None:
    officer = appoint_officer(authority=crowd.authorities[0], user=make_user()).user
    client.force_login(officer)
    for address in ("/province/", "/province/?page=2", "/province/?state=refused"):
        ways = ways_taken(client, address)
        assert CeYear._meta.db_table in {table for table, _ in ways}
        assert [way for way in ways if way[1] not in BY_INDEX] == []
    for authority in crowd.authorities[1:]:
        appoint_officer(authority=authority, user=officer)
    assert [way for way in ways_taken(client, "/province/") if way[1] not in BY_INDEX] == []
