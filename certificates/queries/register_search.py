"""Finding holdings in the register by what is written on a certificate. Bounded: nobody reads thousands of matches."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F, QuerySet

from accounts.enums import IdKind
from accounts.models import Authority, Learner
from accounts.queries import IdentityRefusedError, identity_digest
from certificates.models import Certificate, Holding
from certificates.rules.roster import normalise_number
from lms.lib.list_cells import normalise_name
from lms.lib.masking import MASK

MOST_FOUND = 500
RESIDENT_MASK = re.compile(r"([0-9]{3})[0-9]*\*+[0-9]*([0-9]{3}[0-9X])")
RESIDENT_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Found:
    """Keys of holdings, at most :data:`MOST_FOUND`; ``is_cut`` where there are more."""

    ids: tuple[int, ...]
    is_cut: bool = False


def find_by_number(text: str, *, authorities: Sequence[Authority]) -> Found:
    """Holdings with this number, of a certificate of any version or of the old one on paper, or this identifier.

    Three statements, each by an index.
    """
    number = normalise_number(text)
    own = Certificate.objects.filter(holding__authority__in=authorities)
    return _found(
        [
            *own.filter(number=number).values_list("holding_id", flat=True)[: MOST_FOUND + 1],
            *own.filter(identifier=number)
            .exclude(identifier="")
            .values_list("holding_id", flat=True)[: MOST_FOUND + 1],
            *_held(authorities).filter(number=number).values_list("pk", flat=True)[: MOST_FOUND + 1],
        ]
    )


def find_by_name(text: str, *, authorities: Sequence[Authority]) -> Found:
    """Holdings of people with this name, from two letters on also of those whose name begins so; one statement."""
    name = normalise_name(text)
    people = _held(authorities).filter(learner__full_name=name)
    if len(name) > 1:
        people = _held(authorities).filter(learner__full_name__startswith=name)
    return _found(people.values_list("pk", flat=True)[: MOST_FOUND + 1])


def find_by_identity(text: str, *, authorities: Sequence[Authority]) -> Found:
    """Holdings of the person with this identity number, found by its keyed digest, whatever kind of document it is.

    One statement.

    :raises IdentityRefusedError: no number of any kind; the message is that for a resident's.
    """
    people = Learner.objects.filter(id_digest__in=_digests(text))
    return _found(_held(authorities).filter(learner__in=people).values_list("pk", flat=True)[: MOST_FOUND + 1])


def find_by_mask(text: str, *, authorities: Sequence[Authority]) -> Found:
    """Holdings of people whose number is shown so; a resident's also where more of it is seen; one statement."""
    held = _held(authorities).filter(learner__id_masked=read_mask(text))
    return _found(held.values_list("pk", flat=True)[: MOST_FOUND + 1])


def is_mask(text: str) -> bool:
    """Whether somebody typed a number with its middle hidden."""
    return MASK in _typed(text)


def read_mask(text: str) -> str:
    """The mask as this site writes it: of a resident's number the first three and the last four characters."""
    typed = _typed(text)
    seen = RESIDENT_MASK.fullmatch(typed)
    if seen is None:
        return typed
    return seen[1] + MASK * (RESIDENT_DIGITS - len(seen[1]) - len(seen[2])) + seen[2]


def in_order(ids: Iterable[int], *, authorities: Sequence[Authority]) -> QuerySet[Holding]:
    """Of these holdings those of the authorities, the newest certificate first, those without one last."""
    newest_first = F("last_issued_at").desc(nulls_last=True)
    return _held(authorities).filter(pk__in=list(ids)).order_by(newest_first, "-pk")


def _held(authorities: Sequence[Authority]) -> QuerySet[Holding]:
    return Holding.objects.filter(authority__in=authorities)


def _found(ids: Iterable[int]) -> Found:
    different = tuple(dict.fromkeys(ids))
    return Found(ids=different[:MOST_FOUND], is_cut=len(different) > MOST_FOUND)


def _digests(text: str) -> list[str]:
    digests, refusal = [], None
    for kind in IdKind:
        try:
            digests.append(identity_digest(id_kind=kind, id_number=text))
        except IdentityRefusedError as error:
            refusal = refusal or error
    if not digests:
        raise refusal or IdentityRefusedError("")
    return digests


def _typed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()
