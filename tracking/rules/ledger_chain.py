"""The chain of an authority's ledger: every entry carries the digest of the one before it.

``entry_digest = SHA-256(previous_digest + content)``, hexadecimal, where ``content`` is one canonical text of all that
matters in the entry. Changing, removing, adding or exchanging an entry leaves a place where the digests do not agree.
Whoever computes all of them anew is found by the seals: see ``ledger_seals``.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple
from uuid import UUID

from lms.lib.digests import plain_json, sha256_hex
from tracking.enums import LedgerFlaw

CONTENT_FORM = 1


class LedgerRow(NamedTuple):
    """An entry as the chain sees it; the names are those of the columns, ``*_id`` the rows' integer keys."""

    uuid: UUID
    authority_id: int
    learner_id: int
    post_id: int | None
    block: str
    minutes: int
    ce_year_id: int | None
    label: int
    earned_on: date
    earned_at: datetime
    source: str
    edition_id: int | None
    lesson_id: int | None
    lesson_key: UUID | None
    offline_study_id: int | None
    policy_id: int
    evidence_digest: str
    reverses_id: int | None
    entered_by_id: int | None
    chain_position: int | None
    previous_digest: str
    entry_digest: str


@dataclass(frozen=True, slots=True)
class ChainMark:
    """What is kept elsewhere about a chain: its entry number ``length`` has the digest ``digest``.

    ``named`` says by whom: ``head``, or the day of a seal.
    """

    length: int
    digest: str
    named: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """The first place where a chain does not hold. ``position`` and ``uuid`` are the entry's, where one is there.

    ``expected`` and ``found`` are digests or positions, and ``named`` the seal or head that says so, as ``kind`` needs.
    """

    kind: LedgerFlaw
    position: int | None
    uuid: UUID | None = None
    expected: str = ""
    found: str = ""
    named: str = ""


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """How far a chain was walked: so many entries, the last one with this digest; ``flaw`` is None where all held."""

    length: int
    digest: str
    flaw: Flaw | None


def entry_content(row: LedgerRow) -> bytes:
    """The one canonical text of an entry: a JSON list, so that no two different entries have the same.

    :raises TypeError: a date-time without a zone.
    """
    return plain_json(
        [
            CONTENT_FORM,
            str(row.uuid),
            row.chain_position,
            row.authority_id,
            row.learner_id,
            row.post_id,
            row.block,
            row.minutes,
            row.ce_year_id,
            row.label,
            row.earned_on.isoformat(),
            _instant(row.earned_at),
            row.source,
            row.edition_id,
            row.lesson_id,
            None if row.lesson_key is None else str(row.lesson_key),
            row.offline_study_id,
            row.policy_id,
            row.evidence_digest,
            row.reverses_id,
            row.entered_by_id,
        ]
    )


def digest_of_entry(row: LedgerRow) -> str:
    """The digest that an entry must carry, given the one before it: 64 lower-case hexadecimal characters."""
    return sha256_hex(row.previous_digest.encode() + entry_content(row))


def walk_chain(rows: Iterable[LedgerRow], marks: Sequence[ChainMark], *, begin: ChainMark | None = None) -> ChainEnd:
    """Go through a chain by position, from its first entry or after ``begin``, and stop at the first flaw.

    ``marks`` lie behind ``begin``, shortest first. One row is held at a time.
    """
    length, digest = (begin.length, begin.digest) if begin else (0, "")
    waiting = iter(marks)
    mark = next(waiting, None)
    for row in rows:
        flaw = _flaw_of_entry(row, length, digest)
        if flaw is None:
            length, digest = length + 1, row.entry_digest
            while flaw is None and mark is not None and mark.length <= length:
                flaw = _flaw_of_mark(row, mark)
                mark = next(waiting, None)
        if flaw is not None:
            return ChainEnd(length, digest, flaw)
    return ChainEnd(length, digest, None if mark is None else _cut_off(length, mark, waiting))


def _flaw_of_entry(row: LedgerRow, length: int, digest: str) -> Flaw | None:
    position = row.chain_position
    if position != length + 1:
        return Flaw(LedgerFlaw.GAP, position, row.uuid, str(length + 1), str(position))
    if row.previous_digest != digest:
        return Flaw(LedgerFlaw.LINK, position, row.uuid, digest, row.previous_digest)
    expected = digest_of_entry(row)
    if row.entry_digest != expected:
        return Flaw(LedgerFlaw.CONTENT, position, row.uuid, row.entry_digest, expected)
    return None


def _flaw_of_mark(row: LedgerRow, mark: ChainMark) -> Flaw | None:
    if row.entry_digest == mark.digest:
        return None
    return Flaw(LedgerFlaw.REWRITTEN, row.chain_position, row.uuid, mark.digest, row.entry_digest, mark.named)


def _cut_off(length: int, mark: ChainMark, later: Iterator[ChainMark]) -> Flaw:
    """The chain ends before a mark: the longest one says how many entries there must have been."""
    longest = max([mark, *later], key=lambda each: each.length)
    return Flaw(LedgerFlaw.CUT_OFF, length + 1, None, str(longest.length), str(length), longest.named)


def _instant(at: datetime) -> str:
    if at.tzinfo is None:
        raise TypeError(f"a date-time without a zone has no canonical form: {at!r}")
    return at.astimezone(UTC).isoformat()
