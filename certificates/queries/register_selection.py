"""What an officer chose from the register, to be sent out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Authority
from certificates.enums import RegisterPart
from certificates.models import Certificate, Holding
from certificates.queries.register import (
    RegisterFilter,
    RegisterRow,
    listed_ids,
    rows_of_holdings,
    rows_of_replacements,
)
from certificates.queries.register_search import in_order

ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Selection:
    """Chosen lines, fixed at the moment of choosing: keys of holdings, or of the certificates that replaced a version.

    ``authority_ids`` are those whose lines they are.
    """

    part: RegisterPart
    ids: tuple[int, ...]
    authority_ids: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.ids)


def select_listed(authority: Authority, asked: RegisterFilter, *, most: int) -> Selection:
    """Everything in a list, one more than ``most`` where there is more; one statement."""
    ids = listed_ids(authority, asked, most=most)
    return Selection(part=asked.part, ids=tuple(ids), authority_ids=(authority.pk,))


def select_ticked(uuids: Sequence[UUID], *, part: RegisterPart, authorities: Sequence[Authority]) -> Selection:
    """The ticked lines in the order given; those of other authorities are left out. One statement."""
    if part == RegisterPart.REPLACED:
        newer = Certificate.objects.filter(replaces__uuid__in=uuids, authority__in=authorities)
        lines = newer.values_list("replaces__uuid", "pk", "authority_id")
    else:
        held = Holding.objects.filter(uuid__in=uuids, authority__in=authorities)
        lines = held.values_list("uuid", "pk", "authority_id")
    found = {uuid: (pk, authority_id) for uuid, pk, authority_id in lines}
    return _selection(part, [found[each] for each in dict.fromkeys(uuids) if each in found])


def select_found(ids: Sequence[int], *, authorities: Sequence[Authority]) -> Selection:
    """What a search found, as far as it is still in reach; one statement."""
    within = in_order(ids, authorities=authorities).values_list("pk", "authority_id")
    return _selection(RegisterPart.NEWEST, list(within))


def _selection(part: RegisterPart, lines: Sequence[tuple[int, int]]) -> Selection:
    authorities = dict.fromkeys(authority_id for _, authority_id in lines)
    return Selection(part=part, ids=tuple(pk for pk, _ in lines), authority_ids=tuple(authorities))


def selected_rows(selection: Selection) -> Iterator[list[RegisterRow]]:
    """The chosen lines, some hundreds at a time, each time in two statements."""
    rows_of = rows_of_replacements if selection.part == RegisterPart.REPLACED else rows_of_holdings
    for start in range(0, len(selection.ids), ROWS_AT_ONCE):
        yield rows_of(selection.ids[start : start + ROWS_AT_ONCE])
