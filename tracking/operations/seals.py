"""Witness every authority's ledger once a day."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from lms.lib.errors import DomainError
from tracking.models import LedgerChain, LedgerSeal
from tracking.queries import seal_keys, seals_of, walk_ledger
from tracking.rules.ledger_chain import ChainMark, Flaw
from tracking.rules.ledger_seals import Seal, check_seals, digest_of_seal, sign_seal

logger = logging.getLogger(__name__)


class LedgerBrokenError(DomainError):
    """The chain, or an earlier seal, does not hold: nothing is sealed over it. ``flaw`` says where."""

    code = "ledger_broken"

    def __init__(self, flaw: Flaw) -> None:
        self.flaw = flaw
        super().__init__(str(flaw))


def seal_ledgers(*, now: datetime) -> int:
    """Seal each authority's ledger that grew since its last seal, once a day; returns how many were sealed.

    Only what was proven is sealed. A ledger that does not hold is named in the log and sealed no more until a person
    has looked (``manage.py verify_ledger``); the others are.
    """
    sealed = 0
    for authority_id in LedgerChain.objects.filter(length__gt=0).order_by("pk").values_list("pk", flat=True):
        try:
            sealed += seal_ledger(authority_id=authority_id, now=now) is not None
        except LedgerBrokenError as error:
            logger.error("the ledger of authority %s does not hold and was not sealed: %s", authority_id, error)
    return sealed


@transaction.atomic
def seal_ledger(*, authority_id: int, now: datetime) -> LedgerSeal | None:
    """Seal one authority's ledger as it stands; None where nothing is new, or today's seal stands.

    Reads the entries since the last seal, and no older ones.

    :raises LedgerBrokenError: they do not follow from the last seal to the head, or a seal does not hold.
    """
    head = LedgerChain.objects.get(pk=authority_id)
    seals = seals_of(authority_id)
    last = seals[-1] if seals else None
    on = timezone.localdate(now)
    if last is not None and (last.on >= on or last.length == head.length):
        return None
    flaw = check_seals(seals, seal_keys()) or _flaw_since(last, head)
    if flaw is not None:
        raise LedgerBrokenError(flaw)
    draft = Seal(authority_id=authority_id, on=on, length=head.length, last_digest=head.last_digest, sealed_at=now)
    seal_digest = digest_of_seal(draft, last.seal_digest if last else "")
    seal = replace(draft, seal_digest=seal_digest, signature=sign_seal(seal_digest, seal_keys()[0]))
    return _write(seal)


def _flaw_since(last: Seal | None, head: LedgerChain) -> Flaw | None:
    mark = ChainMark(head.length, head.last_digest, "head")
    begin = last.mark if last else None
    return walk_ledger(head.pk, [mark], begin=begin, last=head.length).flaw


def _write(seal: Seal) -> LedgerSeal | None:
    row, is_new = LedgerSeal.objects.get_or_create(
        authority_id=seal.authority_id,
        on=seal.on,
        defaults={
            "length": seal.length,
            "last_digest": seal.last_digest,
            "seal_digest": seal.seal_digest,
            "signature": seal.signature,
            "sealed_at": seal.sealed_at,
        },
    )
    if is_new:  # the log is kept elsewhere than the database: another witness
        logger.info("sealed ledger %s: %s entries, %s", seal.authority_id, seal.length, seal.seal_digest)
    return row if is_new else None
