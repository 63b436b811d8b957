"""A ledger to break: rows changed behind Django's back, as somebody with the database's password could."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from accounts.models import Authority
from courses.enums import Block
from tests.factories.tracking import make_ce_year, make_entry
from tracking.models import LedgerChain, LedgerEntry, LedgerSeal
from tracking.operations.ledger import row_of_entry
from tracking.rules.ledger_chain import digest_of_entry

ENTRIES = LedgerEntry._meta.db_table
HEADS = LedgerChain._meta.db_table
SEALS = LedgerSeal._meta.db_table


def make_ledger(*, entries: int = 4) -> Authority:
    """An authority whose ledger has so many entries of one learner."""
    year = make_ce_year()
    for number in range(entries):
        make_entry(ce_year=year, block=Block.PROFESSIONAL if number % 2 else Block.COMMON, minutes=1 + number)
    return year.authority


def entry_at(authority: Authority, position: int) -> LedgerEntry:
    """The authority's entry at a position."""
    return LedgerEntry.objects.get(authority=authority, chain_position=position)


@contextmanager
def unlocked(*tables: str) -> Iterator[None]:
    """Without the triggers of written rows, which a superuser can switch off on PostgreSQL; SQLite has none."""
    names = tables if connection.vendor == "postgresql" else ()
    with connection.cursor() as cursor:
        for table in names:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only")
        yield
        for table in names:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_append_only")


def run_sql(sql: str, *values: Any) -> None:
    """Change rows of ``{entries}``, ``{heads}`` or ``{seals}`` as a superuser."""
    with unlocked(ENTRIES, SEALS), connection.cursor() as cursor:
        cursor.execute(sql.format(entries=ENTRIES, heads=HEADS, seals=SEALS), values)


def edit_entry(entry: LedgerEntry, **columns: Any) -> None:
    """Overwrite columns of an entry."""
    sets = ", ".join(f"{name} = %s" for name in columns)
    run_sql("UPDATE {entries} SET " + sets + " WHERE id = %s", *columns.values(), entry.pk)  # noqa: S608


def forge_chain(authority: Authority) -> None:
    """Compute every digest of the chain and its head anew, as its forger would."""
    digest, length = "", 0
    for entry in LedgerEntry.objects.filter(authority=authority).order_by("chain_position"):
        length += 1
        entry.chain_position, entry.previous_digest = length, digest
        digest = digest_of_entry(row_of_entry(entry))
        edit_entry(entry, chain_position=length, previous_digest=entry.previous_digest, entry_digest=digest)
    run_sql("UPDATE {heads} SET length = %s, last_digest = %s WHERE authority_id = %s", length, digest, authority.pk)
