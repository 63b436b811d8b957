"""An officer looks somebody up in the register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Authority, User
from accounts.operations import record_audit
from accounts.queries import IdentityRefusedError
from certificates.enums import RegisterKey
from certificates.queries.register_search import (
    Found,
    find_by_identity,
    find_by_mask,
    find_by_name,
    find_by_number,
    is_mask,
    read_mask,
)
from lms.lib.errors import DomainError
from lms.lib.list_cells import cell_text
from lms.lib.masking import ID_SHAPE, mask_id_number, without_id_number

LONGEST_LABEL = 80


class SearchRefusedError(DomainError):
    """Nothing that could be looked for; the message says what to type."""

    code = "search_refused"


@dataclass(frozen=True, slots=True)
class RegisterFind:
    """What was found; ``label`` repeats what was looked for, an identity number masked."""

    by: RegisterKey
    label: str
    found: Found


@transaction.atomic
def search_register(
    *, by: RegisterKey, words: str, authorities: Sequence[Authority], actor: User, now: datetime
) -> RegisterFind:
    """Look for a certificate's number, a name, or an identity number, whole or masked.

    A whole identity number is looked for by its keyed digest; the look-up is audited with the number masked, and the
    number is kept nowhere. One typed into another field is treated as what it is.

    :raises SearchRefusedError: nothing was typed, or no identity number.
    """
    typed = cell_text(words)
    if not typed:
        raise SearchRefusedError(_("请填写要查找的内容"))
    if is_mask(typed):
        return RegisterFind(RegisterKey.IDENTITY, read_mask(typed), find_by_mask(typed, authorities=authorities))
    if by is RegisterKey.IDENTITY or ID_SHAPE.search(typed):
        try:
            return _by_identity(typed, authorities, actor, now)
        except IdentityRefusedError as error:
            if by is RegisterKey.IDENTITY:
                raise SearchRefusedError(str(error)) from error
    find = find_by_name if by is RegisterKey.NAME else find_by_number
    return RegisterFind(by, without_id_number(typed)[:LONGEST_LABEL], find(typed, authorities=authorities))


def _by_identity(typed: str, authorities: Sequence[Authority], actor: User, now: datetime) -> RegisterFind:
    """Whom the number belongs to, and certificates that bear it as their own number, as some old ones do."""
    people = find_by_identity(typed, authorities=authorities)
    bearing = find_by_number(typed, authorities=authorities)
    found = Found(ids=tuple(dict.fromkeys((*people.ids, *bearing.ids))), is_cut=people.is_cut or bearing.is_cut)
    label = mask_id_number(typed.upper())
    detail = {"id_masked": label, "found": len(found.ids)}
    record_audit(actor=actor, action="register.search_identity", target=authorities[0], detail=detail, now=now)
    return RegisterFind(RegisterKey.IDENTITY, label, found)
