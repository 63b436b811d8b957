"""``manage.py verify_ledger`` proves a ledger, or names what was done to it behind Django's back."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import override_settings

from accounts.models import Authority
from courses.enums import Block
from tests.factories.ledger import (
    ENTRIES,
    SEALS,
    edit_entry,
    entry_at,
    forge_chain,
    make_ledger,
    run_sql,
)
from tests.factories.tracking import NOW, make_ce_year, make_entry, make_ruled_authority
from tracking.models import LedgerEntry, LedgerSeal
from tracking.operations import seal_ledgers
from tracking.operations.seals import LedgerBrokenError, seal_ledger
from tracking.queries import prove_ledger, seals_of
from tracking.rules.ledger_chain import LedgerRow
from tracking.rules.ledger_seals import digest_of_seal

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def verify(*words: str) -> tuple[int, str, str]:
    """The command's exit code, what it printed, and what it complained of."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("verify_ledger", *words, stdout=out, stderr=err)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def flaws(authority: Authority) -> list[tuple[str, int | None, Any]]:
    return [(flaw.kind.value, flaw.position, flaw.uuid) for flaw in prove_ledger(authority).flaws]


def test_whole_ledger_is_proven() -> None:
    authority = make_ledger()
    assert verify() == (0, f"✓ {authority.code} 4 条 / entries; 尚未封存 / not sealed yet\n", "")
    seal_ledgers(now=NOW)
    seal = LedgerSeal.objects.get()
    assert verify("--authority", authority.code) == (
        0,
        f"✓ {authority.code} 4 条 / entries; 2026-03-02 封存至第 4 条 / sealed through 4: {seal.seal_digest}\n",
        "",
    )


def test_unknown_authority_is_refused() -> None:
    with pytest.raises(CommandError, match="没有代码为 X9 的主管部门"):
        call_command("verify_ledger", authority="X9")


def test_edited_entry_is_named() -> None:
    authority = make_ledger()
    entry = entry_at(authority, 2)
    edit_entry(entry, minutes=200)
    code, out, err = verify()
    assert (code, out) == (1, "")
    assert err.startswith(
        f"✗ {authority.code} 第 2 条 / entry 2 {entry.uuid} 内容已被改动 / was changed: its digest is "
    )


COLUMNS: dict[str, Any] = {
    "uuid": lambda entry: uuid4() if connection.vendor == "postgresql" else uuid4().hex,
    "learner_id": lambda entry: make_ce_year().learner_id,
    "post_id": lambda entry: make_ce_year().post_id,
    "minutes": lambda entry: entry.minutes + 1,
    "ce_year_id": lambda entry: make_ce_year().pk,
    "label": lambda entry: entry.label + 1,
    "earned_on": lambda entry: entry.earned_on + DAY,
    "earned_at": lambda entry: entry.earned_at + timedelta(microseconds=1),
    "edition_id": lambda entry: entry_at(entry.authority, 1).edition_id,
    "lesson_id": lambda entry: entry_at(entry.authority, 1).lesson_id,
    "lesson_key": lambda entry: uuid4() if connection.vendor == "postgresql" else uuid4().hex,
    "policy_id": lambda entry: make_ruled_authority().policies.get().pk,
    "evidence_digest": lambda entry: "0" * 64,
    "entered_by_id": lambda entry: entry.learner.user_id,
    "reverses_id": lambda entry: entry_at(entry.authority, 1).pk,
    "entry_digest": lambda entry: "0" * 64,
}


@pytest.mark.parametrize("column", COLUMNS)
def test_no_column_can_be_edited_unseen(column: str) -> None:
    authority = make_ledger(entries=2)
    entry = entry_at(authority, 2)
    edit_entry(entry, **{column: COLUMNS[column](entry)})
    assert [flaw[:2] for flaw in flaws(authority)] == [("content", 2)]


def test_every_column_of_an_entry_is_in_its_digest_or_known_not_to_be() -> None:
    assert {field.attname for field in LedgerEntry._meta.fields} - set(LedgerRow._fields) == {"id"}


def test_deleted_entry_leaves_a_gap() -> None:
    authority = make_ledger()
    follower = entry_at(authority, 3)
    run_sql("DELETE FROM {entries} WHERE id = %s", entry_at(authority, 2).pk)
    assert flaws(authority) == [("gap", 3, follower.uuid)]
    assert "序号应为 2，实为 3 / has position 3 where 2 must stand" in verify()[2]


def test_exchanged_entries_are_named() -> None:
    authority = make_ledger()
    second, third = entry_at(authority, 2), entry_at(authority, 3)
    edit_entry(second, chain_position=99)
    edit_entry(third, chain_position=2)
    edit_entry(second, chain_position=3)
    assert flaws(authority) == [("link", 2, third.uuid)]


def test_entries_exchanged_with_their_digests_are_named() -> None:
    authority = make_ledger()
    second, third = entry_at(authority, 2), entry_at(authority, 3)
    edit_entry(second, chain_position=99)
    edit_entry(third, chain_position=2, previous_digest=second.previous_digest, entry_digest=second.entry_digest)
    edit_entry(second, chain_position=3, previous_digest=third.previous_digest, entry_digest=third.entry_digest)
    assert flaws(authority) == [("content", 2, third.uuid)]


def test_deleted_tail_is_missed_by_the_head() -> None:
    authority = make_ledger()
    run_sql("DELETE FROM {entries} WHERE id = %s", entry_at(authority, 4).pk)
    assert flaws(authority) == [("cut_off", 4, None)]
    assert "第 4 条 / entry 4 缺失：链首 / the head 记载 / counts 4, not 3" in verify()[2]


def test_deleted_tail_with_a_mended_head_is_missed_by_the_seal() -> None:
    authority = make_ledger()
    seal_ledgers(now=NOW)
    run_sql("DELETE FROM {entries} WHERE id = %s", entry_at(authority, 4).pk)
    forge_chain(authority)
    assert flaws(authority) == [("cut_off", 4, None)]
    assert "2026-03-02 的封存 / the seal of 2026-03-02 记载 / counts 4, not 3" in verify()[2]


def test_chain_forged_from_end_to_end_is_another_than_the_seal_knows() -> None:
    authority = make_ledger()
    seal_ledgers(now=NOW)
    entry = entry_at(authority, 2)
    edit_entry(entry, minutes=200)
    forge_chain(authority)
    last = entry_at(authority, 4)
    assert flaws(authority) == [("rewritten", 4, last.uuid)]


def test_chain_forged_together_with_its_seals_lacks_the_signature() -> None:
    authority = make_ledger()
    seal_ledgers(now=NOW)
    edit_entry(entry_at(authority, 2), minutes=200)
    forge_chain(authority)
    forge_seals(authority)
    assert flaws(authority) == [("seal_signature", None, None)]
    assert "2026-03-02 的封存 / the seal of 2026-03-02：签名无效 / was signed by no key of this site" in verify()[2]


def forge_seals(authority: Authority) -> None:
    """Write every seal anew over the chain as it stands, without the key."""
    previous = ""
    for seal in seals_of(authority.pk):
        digest = entry_at(authority, seal.length).entry_digest
        previous = digest_of_seal(type(seal)(seal.authority_id, seal.on, seal.length, digest, seal.sealed_at), previous)
        sql = 'UPDATE {seals} SET last_digest = %s, seal_digest = %s WHERE authority_id = %s AND "on" = %s'
        run_sql(sql, digest, previous, authority.pk, seal.on)


def test_nothing_is_sealed_over_a_forged_seal() -> None:
    authority = make_ledger()
    seal_ledgers(now=NOW)
    edit_entry(entry_at(authority, 2), minutes=200)
    forge_chain(authority)
    forge_seals(authority)
    make_entry(ce_year=entry_at(authority, 1).ce_year, block=Block.COMMON)  # type: ignore[arg-type]
    with pytest.raises(LedgerBrokenError) as refusal:
        seal_ledger(authority_id=authority.pk, now=NOW + DAY)
    assert refusal.value.flaw.kind == "seal_signature"
    assert (seal_ledgers(now=NOW + DAY), LedgerSeal.objects.count()) == (0, 1)


def test_nothing_is_sealed_over_a_changed_entry_and_the_others_are_sealed(caplog: pytest.LogCaptureFixture) -> None:
    broken, whole = make_ledger(), make_ledger()
    edit_entry(entry_at(broken, 3), minutes=200)
    assert seal_ledgers(now=NOW) == 1
    assert LedgerSeal.objects.get().authority == whole
    assert f"the ledger of authority {broken.pk} does not hold" in caplog.text


def test_a_seal_a_day_over_what_is_new() -> None:
    authority = make_ledger(entries=1)
    year = entry_at(authority, 1).ce_year
    assert year is not None
    outcomes = [seal_ledgers(now=NOW), seal_ledgers(now=NOW), seal_ledgers(now=NOW + DAY)]
    make_entry(ce_year=year, block=Block.COMMON)
    outcomes += [seal_ledgers(now=NOW + 2 * DAY), seal_ledgers(now=NOW + 2 * DAY)]
    assert outcomes == [1, 0, 0, 1, 0]
    assert list(LedgerSeal.objects.order_by("on").values_list("length", flat=True)) == [1, 2]
    assert prove_ledger(authority).holds is True


def test_seal_is_proven_by_a_former_key_or_by_a_later_seal() -> None:
    authority = make_ledger(entries=1)
    with override_settings(SECRET_KEY="former"):
        seal_ledgers(now=NOW)
    assert [flaw[0] for flaw in flaws(authority)] == ["seal_signature"]
    with override_settings(SECRET_KEY_FALLBACKS=["older", "former"]):
        assert flaws(authority) == []
        make_entry(ce_year=entry_at(authority, 1).ce_year, block=Block.COMMON)  # type: ignore[arg-type]
        assert seal_ledgers(now=NOW + DAY) == 1
    assert flaws(authority) == []


def test_edited_seal_is_named() -> None:
    authority = make_ledger(entries=1)
    seal_ledgers(now=NOW)
    run_sql("UPDATE {seals} SET sealed_at = %s WHERE authority_id = %s", NOW + DAY, authority.pk)
    assert [flaw[0] for flaw in flaws(authority)] == ["seal_content"]
    assert "2026-03-02 的封存 / the seal of 2026-03-02：已被改动" in verify()[2]


def test_seal_taken_out_between_others_is_missed() -> None:
    authority = make_ledger(entries=1)
    for day in range(3):
        seal_ledgers(now=NOW + day * DAY)
        make_entry(ce_year=entry_at(authority, 1).ce_year, block=Block.COMMON)  # type: ignore[arg-type]
    run_sql('DELETE FROM {seals} WHERE authority_id = %s AND "on" = %s', authority.pk, (NOW + DAY).date())
    assert [flaw[0] for flaw in flaws(authority)] == ["seal_content"]


def test_head_that_knows_less_or_nothing_is_named() -> None:
    authority = make_ledger()
    third = entry_at(authority, 3)
    run_sql("UPDATE {heads} SET length = 2, last_digest = %s", entry_at(authority, 2).entry_digest)
    assert flaws(authority) == [("beyond_head", 3, third.uuid)]
    run_sql("DELETE FROM {heads}")
    assert flaws(authority) == [("beyond_head", 1, entry_at(authority, 1).uuid)]


def test_head_with_another_digest_is_named() -> None:
    authority = make_ledger()
    run_sql("UPDATE {heads} SET last_digest = %s", "0" * 64)
    assert flaws(authority) == [("rewritten", 4, entry_at(authority, 4).uuid)]


def test_entry_moved_to_another_authority_is_missed_there_and_named_here() -> None:
    authority, other = make_ledger(), make_ledger()
    moved = entry_at(authority, 4)
    edit_entry(moved, authority_id=other.pk, chain_position=5)
    assert [flaw[:2] for flaw in flaws(authority)] == [("cut_off", 4)]
    assert flaws(other) == [("link", 5, moved.uuid)]


def test_every_broken_ledger_is_named_in_one_run() -> None:
    broken = [make_ledger(entries=2), make_ledger(entries=2)]
    whole = make_ledger(entries=2)
    for authority in broken:
        edit_entry(entry_at(authority, 1), minutes=200)
    code, out, err = verify()
    assert (code, out.count("✓"), err.count("✗")) == (1, 1, 2)
    assert verify("--authority", whole.code)[0] == 0


def test_value_that_cannot_be_read_is_named_where_the_database_lets_it_in() -> None:
    authority = make_ledger()
    try:
        with transaction.atomic():
            run_sql("UPDATE {entries} SET earned_at = 'no time' WHERE id = %s", entry_at(authority, 2).pk)
    except DatabaseError:  # PostgreSQL refuses it itself
        found = []
    else:
        found = [flaw[:2] for flaw in flaws(authority)]
    assert found == {"sqlite": [("unreadable", 2)], "postgresql": []}[connection.vendor]


def test_postgresql_refuses_to_change_delete_and_truncate_the_ledger() -> None:
    make_ledger(entries=1)
    seal_ledgers(now=NOW)
    refused = []
    for table in (ENTRIES, SEALS):
        for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):  # noqa: S608
            refused.append(is_refused(table, statement))
    assert refused == {"postgresql": [True] * 6, "sqlite": [False, False, True] * 2}[connection.vendor]


def is_refused(table: str, statement: str) -> bool:
    """Whether the database refuses."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(statement)
            transaction.set_rollback(True)
    except DatabaseError:
        return True
    return False
