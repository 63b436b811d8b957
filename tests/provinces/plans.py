"""How the database reads the tables of a statement."""

from __future__ import annotations

import json
from collections.abc import Iterator, Set
from typing import Any

from django.db import connection


def ways_of(sql: str, tables: Set[str]) -> list[tuple[str, str]]:
    """``(table, way)`` for every place of the plan that reads one of the tables."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
            plan = cursor.fetchone()[0]
            plan = json.loads(plan) if isinstance(plan, str) else plan
            return list(_nodes_of(plan[0]["Plan"], tables))
        cursor.execute(f"EXPLAIN QUERY PLAN {sql.replace('%', '%%')}")
        return [way for row in cursor.fetchall() if (way := _sqlite_way(sql, row[3], tables))]


def _nodes_of(node: dict[str, Any], tables: Set[str]) -> Iterator[tuple[str, str]]:
    if node.get("Relation Name") in tables:
        yield node["Relation Name"], node["Node Type"]
    for below in node.get("Plans", []):
        yield from _nodes_of(below, tables)


def _sqlite_way(sql: str, detail: str, tables: Set[str]) -> tuple[str, str] | None:
    """SQLite says ``SEARCH table USING INDEX …`` or ``SCAN table``; a scan along an index is in order, not in vain."""
    verb, table, *rest = detail.split()
    if table not in tables:
        return None
    return table, "Index Scan" if verb == "SEARCH" or "INDEX" in rest else "Seq Scan"
