"""The register of an authority's certificates: its lists, one authority at a time, each by an index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from accounts.models import Authority
from certificates.enums import RegisterPart
from certificates.models import Certificate, Holding
from lms.lib.keyset import KeysetPage, keyset_page

MOST_COUNTED = 1_000
MOST_COUNTED_ACROSS = 200  # where each line has to be looked up in another table


@dataclass(frozen=True, slots=True)
class RegisterFilter:
    """What an officer asks of the register; empty fields ask nothing.

    ``status``, ``post_id`` and ``mode`` are those of the holding and its newest certificate; the list of replaced
    versions knows no status and no mode. ``year`` is the calendar year of issue, of a replaced version that of the
    replacement.
    """

    part: RegisterPart = RegisterPart.NEWEST
    status: str = ""
    post_id: int | None = None
    year: int | None = None
    mode: str = ""


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One line: a holding with its newest certificate, or with a version that ``replaced_at`` was replaced.

    ``certificate`` is None before the first; it comes without the printed fields.
    """

    holding: Holding
    certificate: Certificate | None
    replaced_at: datetime | None = None

    @property
    def key(self) -> str:
        """What names the line outside: the replaced version, or the holding."""
        return str(self.certificate.uuid if self.certificate and self.replaced_at else self.holding.uuid)

    @property
    def number(self) -> str:
        """The number that the line is found under."""
        return self.certificate.number if self.certificate else self.holding.number


def listed(authority: Authority, asked: RegisterFilter) -> QuerySet[Any]:
    """The keys behind a list, in no order: holdings, or for replaced versions the certificates that replaced them."""
    if asked.part == RegisterPart.REPLACED:
        rows = Certificate.objects.filter(authority=authority, replaces__isnull=False)
        of_post = Q(holding__post=asked.post_id) if asked.post_id is not None else Q()
        return rows.filter(of_post, _of_year(asked.year, "issued_at"))
    holdings = Holding.objects.filter(authority=authority).filter(_of_holding(asked))
    if asked.part == RegisterPart.PAPER:
        return holdings.filter(last_issued_at__isnull=True)
    holdings = holdings.filter(_of_year(asked.year, "last_issued_at"), last_issued_at__isnull=False)
    return holdings.filter(certificate_mode=asked.mode) if asked.mode else holdings


def register_page(authority: Authority, asked: RegisterFilter, *, place: str, size: int) -> KeysetPage:
    """One page of a list, newest first: by issue, by replacement, or by claim; two statements at most."""
    by = "issued_at" if asked.part == RegisterPart.REPLACED else "last_issued_at"
    return keyset_page(listed(authority, asked), by=by, place=place, size=size)


def count_listed(authority: Authority, asked: RegisterFilter) -> tuple[int, bool]:
    """How many a list has, and whether there are more than were counted; one statement.

    Counted in the list's order, so that the database goes along the list's index and stops there.
    """
    is_across = asked.part == RegisterPart.REPLACED and asked.post_id is not None
    by = "issued_at" if asked.part == RegisterPart.REPLACED else "last_issued_at"
    most = MOST_COUNTED_ACROSS if is_across else MOST_COUNTED
    counted = listed(authority, asked).order_by(f"-{by}", "-pk").values("pk")[: most + 1].count()
    return min(counted, most), counted > most


def listed_ids(authority: Authority, asked: RegisterFilter, *, most: int) -> list[int]:
    """The keys of a whole list, newest first, one more than ``most`` where there are more; one statement."""
    by = "issued_at" if asked.part == RegisterPart.REPLACED else "last_issued_at"
    return list(listed(authority, asked).order_by(f"-{by}", "-pk").values_list("pk", flat=True)[: most + 1])


def rows_of_holdings(ids: Sequence[int]) -> list[RegisterRow]:
    """The lines of these holdings, in the order given; two statements."""
    holdings = Holding.objects.select_related("learner", "post", "authority").in_bulk(ids)
    newest: dict[int, Certificate] = {}
    for certificate in _light(Certificate.objects.filter(holding__in=ids)).order_by("version"):
        newest[certificate.holding_id] = certificate
    return [RegisterRow(holding=holdings[pk], certificate=newest.get(pk)) for pk in ids if pk in holdings]


def rows_of_replacements(ids: Sequence[int]) -> list[RegisterRow]:
    """The lines of what these certificates replaced, in the order given; two statements."""
    newer = Certificate.objects.filter(pk__in=ids).values_list("pk", "replaces_id", "issued_at")
    replaced = {pk: (older, at) for pk, older, at in newer}
    known = _light(Certificate.objects.filter(pk__in=[older for older, _ in replaced.values()]))
    older = {each.pk: each for each in known.select_related("holding__learner", "holding__post", "holding__authority")}
    lines = [(older[replaced[pk][0]], replaced[pk][1]) for pk in ids if pk in replaced]
    return [RegisterRow(holding=each.holding, certificate=each, replaced_at=at) for each, at in lines]


def issue_years(authority: Authority, *, now: datetime) -> list[int]:
    """The years from the authority's first certificate until now, the newest first; empty before it; one statement."""
    first = Certificate.objects.filter(authority=authority).aggregate(first=Min("issued_at"))["first"]
    this_year = timezone.localdate(now).year
    return list(range(this_year, timezone.localdate(first).year - 1, -1)) if first else []


def _light(certificates: QuerySet[Certificate]) -> QuerySet[Certificate]:
    """Without what a list does not show: the printed fields, the sealed number, the code."""
    return certificates.defer("printed", "id_sealed", "qr_payload")


def _of_holding(asked: RegisterFilter) -> Q:
    wanted = Q(status=asked.status) if asked.status else Q()
    return wanted & Q(post=asked.post_id) if asked.post_id is not None else wanted


def _of_year(year: int | None, moment: str) -> Q:
    if year is None:
        return Q()
    zone = timezone.get_current_timezone()
    first, after = (datetime(each, 1, 1, tzinfo=zone) for each in (year, year + 1))
    return Q(**{f"{moment}__gte": first, f"{moment}__lt": after})
