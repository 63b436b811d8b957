"""Entries and decisions from before the chain: each gets its year, its place in its authority's chain, its digests.

The order is that in which they were earned. On PostgreSQL the lock of the written rows is lifted inside this
transaction alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import migrations
from django.db.models import Exists, OuterRef

from tracking.rules.ledger_chain import LedgerRow, digest_of_entry

ROWS_AT_ONCE = 1_000
TABLE = "tracking_ledgerentry"
LOCK = f"{TABLE}_append_only"


def chain_older_entries(apps: Any, schema_editor: Any) -> None:
    """Fill what is empty; entries that are chained already stay as they are."""
    entries = apps.get_model("tracking", "LedgerEntry").objects
    if not entries.filter(chain_position__isnull=True).exists():
        return
    is_locked = schema_editor.connection.vendor == "postgresql"
    if is_locked:
        schema_editor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER {LOCK}")
    find_years(apps)
    for authority_id in authorities_of(entries):
        chain_authority(apps, authority_id)
    if is_locked:
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or the table could not be altered again
        schema_editor.execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER {LOCK}")


def authorities_of(entries: Any) -> list[int]:
    """The authorities with entries outside a chain."""
    found = entries.filter(chain_position__isnull=True).order_by("authority_id")
    return list(found.values_list("authority_id", flat=True).distinct())


def find_years(apps: Any) -> None:
    """Give each entry the year of the same learner, authority and label (and post, unless it is common) that holds its
    day, the earliest where there are several; a counter-entry gets the year of what it takes back."""
    entries, years = (apps.get_model("tracking", name).objects for name in ("LedgerEntry", "CeYear"))
    for batch in batches(entries.filter(ce_year__isnull=True, reverses__isnull=True)):
        learners = {entry.learner_id for entry in batch}
        known = list(years.filter(learner_id__in=learners).order_by("opens_on", "pk"))
        for entry in batch:
            entry.ce_year_id = next((year.pk for year in known if fits(entry, year)), None)
        entries.bulk_update(batch, ["ce_year"])
    for batch in batches(entries.filter(ce_year__isnull=True, reverses__isnull=False).select_related("reverses")):
        for entry in batch:
            entry.ce_year_id = entry.reverses.ce_year_id
        entries.bulk_update(batch, ["ce_year"])


def fits(entry: Any, year: Any) -> bool:
    """Whether the entry was earned in the year."""
    same = (entry.learner_id, entry.authority_id, entry.label) == (year.learner_id, year.authority_id, year.label)
    is_of_post = entry.post_id in (None, year.post_id)
    return same and is_of_post and year.opens_on <= entry.earned_on <= year.closes_on


def batches(entries: Any) -> Iterator[list[Any]]:
    """Go through a query set by key, so many rows at a time."""
    last = 0
    while batch := list(entries.filter(pk__gt=last).order_by("pk")[:ROWS_AT_ONCE]):
        yield batch
        last = batch[-1].pk


def chain_authority(apps: Any, authority_id: int) -> None:
    """Append the authority's unchained entries to its chain, in the order in which they were earned."""
    entries = apps.get_model("tracking", "LedgerEntry").objects
    chain, _ = apps.get_model("tracking", "LedgerChain").objects.get_or_create(authority_id=authority_id)
    waiting = entries.filter(authority_id=authority_id, chain_position__isnull=True).order_by("earned_at", "pk")
    while batch := list(waiting[:ROWS_AT_ONCE]):
        for entry in batch:
            entry.chain_position, entry.previous_digest = chain.length + 1, chain.last_digest
            entry.entry_digest = digest_of_entry(LedgerRow._make(getattr(entry, name) for name in LedgerRow._fields))
            chain.length, chain.last_digest = entry.chain_position, entry.entry_digest
        entries.bulk_update(batch, ["chain_position", "previous_digest", "entry_digest"])
    chain.save()


def remember_decisions(apps: Any, schema_editor: Any) -> None:
    """Write the standing decision on each year: a recognition outweighs refusals."""
    years, decisions = (apps.get_model("tracking", name).objects for name in ("CeYear", "Recognition"))
    for outcome in ("refused", "recognised"):
        own = decisions.filter(ce_year=OuterRef("pk"), outcome=outcome)
        years.filter(Exists(own)).update(decision=outcome)


class Migration(migrations.Migration):
    dependencies = [("tracking", "0007_ask_after_older_years")]
    operations = [
        migrations.RunPython(chain_older_entries, migrations.RunPython.noop),
        migrations.RunPython(remember_decisions, migrations.RunPython.noop),
    ]
