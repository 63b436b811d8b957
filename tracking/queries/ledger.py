"""Read an authority's ledger as a chain, and say whether it holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.encoding import force_bytes

from accounts.models import Authority
from tracking.enums import LedgerFlaw
from tracking.models import LedgerChain, LedgerEntry, LedgerSeal
from tracking.rules.ledger_chain import ChainEnd, ChainMark, Flaw, LedgerRow, walk_chain
from tracking.rules.ledger_seals import Seal, check_seals

HEAD = "head"
ROWS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class LedgerProof:
    """What the walk along one authority's chain came to: ``length`` entries held; no ``flaws`` means that all do.

    ``seal`` is the newest seal, None before the first.
    """

    authority: Authority
    length: int
    seal: Seal | None
    flaws: tuple[Flaw, ...]

    @property
    def holds(self) -> bool:
        """Whether every entry and every seal is proven."""
        return not self.flaws


def prove_ledger(authority: Authority) -> LedgerProof:
    """Walk the authority's whole chain, in constant memory, beside its head and its seals.

    Entries may be added meanwhile: the head is read before and after. Names at most three flaws: the first of the
    chain, an entry outside it, the first of the seals.
    """
    seals = seals_of(authority.pk)
    before = _head(authority.pk)
    marks = sorted([*(seal.mark for seal in seals), *before], key=lambda mark: mark.length)
    end = walk_ledger(authority.pk, marks)
    flaws = [end.flaw or _beyond_head(authority.pk, end), _unchained(authority.pk), check_seals(seals, seal_keys())]
    return LedgerProof(
        authority=authority,
        length=end.length,
        seal=seals[-1] if seals else None,
        flaws=tuple(flaw for flaw in flaws if flaw is not None),
    )


def walk_ledger(
    authority_id: int, marks: Sequence[ChainMark], *, begin: ChainMark | None = None, last: int | None = None
) -> ChainEnd:
    """Walk the chain by position, after ``begin`` and up to ``last`` where given; one statement, read as a stream."""
    reached = begin.length if begin else 0
    rows = ledger_rows(authority_id, after=reached, last=last)

    def counted() -> Iterator[LedgerRow]:
        nonlocal reached
        for row in rows:
            yield row
            reached += 1

    try:
        return walk_chain(counted(), marks, begin=begin)
    except (TypeError, ValueError, AttributeError, OverflowError) as error:  # SQLite lets any value into any column
        return ChainEnd(reached, "", Flaw(LedgerFlaw.UNREADABLE, reached + 1, found=str(error)))


def ledger_rows(authority_id: int, *, after: int = 0, last: int | None = None) -> Iterator[LedgerRow]:
    """The authority's entries in the order of the chain, a stream of one statement."""
    rows = LedgerEntry.objects.filter(authority_id=authority_id, chain_position__isnull=False)
    if after:
        rows = rows.filter(chain_position__gt=after)
    if last is not None:
        rows = rows.filter(chain_position__lte=last)
    found = rows.order_by("chain_position").values_list(*LedgerRow._fields)
    return map(LedgerRow._make, found.iterator(chunk_size=ROWS_AT_ONCE))


def seals_of(authority_id: int) -> list[Seal]:
    """The authority's seals, oldest first: one statement."""
    rows = LedgerSeal.objects.filter(authority_id=authority_id).order_by("on", "pk")
    return [seal_of_row(row) for row in rows]


def seal_of_row(row: LedgerSeal) -> Seal:
    """A stored seal as the rules see it."""
    return Seal(
        authority_id=row.authority_id,
        on=row.on,
        length=row.length,
        last_digest=row.last_digest,
        sealed_at=row.sealed_at,
        seal_digest=row.seal_digest,
        signature=row.signature,
    )


def seal_keys() -> list[bytes]:
    """The keys that seals may be signed with, the present one first: derived from the site's secret and its former
    ones, of no use for anything else."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hashlib.sha256(b"xueshi ledger seal\x1f" + force_bytes(secret)).digest() for secret in secrets]


def _head(authority_id: int) -> list[ChainMark]:
    heads = LedgerChain.objects.filter(authority_id=authority_id, length__gt=0).values_list("length", "last_digest")
    return [ChainMark(length, digest, HEAD) for length, digest in heads]


def _beyond_head(authority_id: int, end: ChainEnd) -> Flaw | None:
    """The head, read after the walk, must know every entry that the walk found."""
    after = next(iter(_head(authority_id)), ChainMark(0, "", HEAD))
    if end.length <= after.length:
        return None
    entries = LedgerEntry.objects.filter(authority_id=authority_id, chain_position=after.length + 1)
    uuid = entries.values_list("uuid", flat=True).first()
    return Flaw(LedgerFlaw.BEYOND_HEAD, after.length + 1, uuid, str(after.length), str(end.length), HEAD)


def _unchained(authority_id: int) -> Flaw | None:
    entries = LedgerEntry.objects.filter(authority_id=authority_id, chain_position__isnull=True)
    uuid = entries.order_by("pk").values_list("uuid", flat=True).first()
    return Flaw(LedgerFlaw.UNCHAINED, None, uuid) if uuid else None
