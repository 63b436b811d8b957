"""Seals: each day an authority's chain is witnessed by a signature whose key is not in the database.

``seal_digest`` is the SHA-256 over the seal and the one before it, ``signature`` its HMAC-SHA-256. A seal is proven by
its own signature, or by a later seal that is proven: so a key can be replaced, and nothing before the last proven seal
can be written anew by whoever has the database alone.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lms.lib.digests import digest
from tracking.enums import LedgerFlaw
from tracking.rules.ledger_chain import ChainMark, Flaw

SEAL_FORM = 1


@dataclass(frozen=True, slots=True)
class Seal:
    """One day's seal of an authority's chain: ``length`` entries, ending in ``last_digest``."""

    authority_id: int
    on: date
    length: int
    last_digest: str
    sealed_at: datetime
    seal_digest: str = ""
    signature: str = ""

    @property
    def mark(self) -> ChainMark:
        """What the seal says about the chain."""
        return ChainMark(self.length, self.last_digest, self.on.isoformat())


def digest_of_seal(seal: Seal, previous_digest: str) -> str:
    """The digest that a seal must carry after the one with ``previous_digest`` (empty before the first)."""
    facts = [SEAL_FORM, previous_digest, seal.authority_id, seal.on, seal.length, seal.last_digest, seal.sealed_at]
    return digest(facts)


def sign_seal(seal_digest: str, key: bytes) -> str:
    """HMAC-SHA-256 of a seal's digest, 64 lower-case hexadecimal characters."""
    return hmac.new(key, seal_digest.encode(), hashlib.sha256).hexdigest()


def is_signed(seal: Seal, keys: Sequence[bytes]) -> bool:
    """Whether one of the keys made the signature."""
    signature = seal.signature.encode()  # as bytes: whoever edits the row may write any character
    return any(hmac.compare_digest(sign_seal(seal.seal_digest, key).encode(), signature) for key in keys)


def check_seals(seals: Sequence[Seal], keys: Sequence[bytes]) -> Flaw | None:
    """The first flaw in an authority's seals, oldest first; None where every one is proven."""
    previous = ""
    length = 0
    for seal in seals:
        expected = digest_of_seal(seal, previous)
        if seal.seal_digest != expected:
            return Flaw(LedgerFlaw.SEAL_CONTENT, None, None, seal.seal_digest, expected, seal.on.isoformat())
        if seal.length <= length:
            return Flaw(LedgerFlaw.SEAL_CONTENT, None, None, f"> {length}", str(seal.length), seal.on.isoformat())
        previous, length = seal.seal_digest, seal.length
    proven = max((index for index, seal in enumerate(seals) if is_signed(seal, keys)), default=-1)
    if proven + 1 < len(seals):
        return Flaw(LedgerFlaw.SEAL_SIGNATURE, None, None, named=seals[proven + 1].on.isoformat())
    return None
