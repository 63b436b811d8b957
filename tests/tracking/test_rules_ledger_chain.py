"""A chain of entries without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.rules.ledger_chain import ChainMark, LedgerRow, digest_of_entry, entry_content, walk_chain

ROW = LedgerRow(
    uuid=UUID(int=1),
    authority_id=1,
    learner_id=2,
    post_id=None,
    block="common",
    minutes=45,
    ce_year_id=3,
    label=2026,
    earned_on=date(2026, 3, 2),
    earned_at=datetime(2026, 3, 2, 2, tzinfo=UTC),
    source="lesson",
    edition_id=4,
    lesson_id=5,
    lesson_key=UUID(int=6),
    offline_study_id=None,
    policy_id=7,
    evidence_digest="a" * 64,
    reverses_id=None,
    entered_by_id=None,
    chain_position=1,
    previous_digest="",
    entry_digest="",
)


def chain(length: int) -> list[LedgerRow]:
    """A whole chain of entries that differ in their minutes."""
    rows: list[LedgerRow] = []
    for position in range(1, length + 1):
        previous = rows[-1].entry_digest if rows else ""
        row = ROW._replace(uuid=UUID(int=position), minutes=position, chain_position=position, previous_digest=previous)
        rows.append(row._replace(entry_digest=digest_of_entry(row)))
    return rows


def kind_of(rows: list[LedgerRow], marks: list[ChainMark] | None = None) -> str | None:
    flaw = walk_chain(rows, marks or []).flaw
    return None if flaw is None else flaw.kind.value


def test_content_is_one_text_for_ever() -> None:
    """Whoever changes the form breaks every chain that was written."""
    assert entry_content(ROW).decode() == (
        '[1,"00000000-0000-0000-0000-000000000001",1,1,2,null,"common",45,3,2026,"2026-03-02",'
        '"2026-03-02T02:00:00+00:00","lesson",4,5,"00000000-0000-0000-0000-000000000006",null,7,'
        f'"{"a" * 64}",null,null]'
    )
    assert digest_of_entry(ROW) == "895269cd980cc260e6535b805828992bd9a41a96e673f895ebaa050bd8eff397"


def test_same_instant_in_another_zone_has_the_same_content() -> None:
    there = ROW.earned_at.astimezone(timezone(timedelta(hours=8)))
    assert entry_content(ROW._replace(earned_at=there)) == entry_content(ROW)


def test_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        entry_content(ROW._replace(earned_at=datetime(2026, 3, 2)))  # noqa: DTZ001


def test_whole_chain_holds_and_an_empty_one() -> None:
    rows = chain(5)
    end = walk_chain(rows, [ChainMark(5, rows[-1].entry_digest, "head")])
    assert (end.length, end.digest, end.flaw) == (5, rows[-1].entry_digest, None)
    assert walk_chain([], []).flaw is None


def test_walk_begins_where_a_seal_left_off() -> None:
    rows = chain(5)
    begin = ChainMark(3, rows[2].entry_digest, "2026-03-02")
    assert walk_chain(rows[3:], [], begin=begin).flaw is None
    assert walk_chain(rows[2:], [], begin=begin).flaw is not None


@given(st.integers(1, 6), st.data())
def test_no_change_of_a_chain_escapes_its_marks(length: int, data: st.DataObject) -> None:
    rows = chain(length)
    marks = [ChainMark(length, rows[-1].entry_digest, "head")]
    place = data.draw(st.integers(0, length - 1))
    act = data.draw(st.sampled_from(["edit", "delete", "double", "move"]))
    changed = list(rows)
    if act == "edit":
        changed[place] = rows[place]._replace(minutes=999)
    elif act == "delete":
        del changed[place]
    elif act == "double":
        changed.insert(place, rows[place])
    else:
        other = data.draw(st.integers(0, length - 1))
        changed[place], changed[other] = changed[other], changed[place]
    assert (walk_chain(changed, marks).flaw is None) is (changed == rows)


@given(st.integers(0, 4), st.integers(0, 4))
def test_chain_computed_anew_escapes_everything_but_its_marks(place: int, seal: int) -> None:
    rows = chain(5)
    forged: list[LedgerRow] = []
    for row in rows:
        previous = forged[-1].entry_digest if forged else ""
        minutes = 999 if row.chain_position == place + 1 else row.minutes
        row = row._replace(previous_digest=previous, minutes=minutes)
        forged.append(row._replace(entry_digest=digest_of_entry(row)))
    assert kind_of(forged) is None
    found = kind_of(forged, [ChainMark(seal + 1, rows[seal].entry_digest, "seal")])
    assert found == ("rewritten" if seal >= place else None)


def test_longest_mark_says_how_much_is_missing() -> None:
    rows = chain(5)
    marks = [ChainMark(number, rows[number - 1].entry_digest, str(number)) for number in (1, 4, 5)]
    flaw = walk_chain(rows[:3], marks).flaw
    assert flaw is not None
    assert (flaw.kind.value, flaw.position, flaw.expected, flaw.found, flaw.named) == ("cut_off", 4, "5", "3", "5")
