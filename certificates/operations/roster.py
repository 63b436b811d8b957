"""Authorities' holder lists come in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Authority, User
from accounts.operations import record_audit
from accounts.queries import identity_digest
from certificates.models import HolderRecord, RosterImport
from certificates.rules.roster import RosterRow, column_positions, normalise_number, read_row
from courses.models import Post, PostAlias
from lms.lib.errors import DomainError
from lms.lib.list_cells import ListRowError
from lms.lib.list_reasons import file_reason, row_reason
from lms.lib.masking import mask_id_number
from lms.lib.table_files import LARGEST_BYTES, TableFileError, read_rows

BATCH = 500


class RosterRefusedError(DomainError):
    """The file as a whole cannot be taken in; nothing was written."""

    code = "roster_refused"


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A row that was not taken in: its line in the file, and why, for the person who made the list."""

    line: int
    number: str
    reason: str


@transaction.atomic
def import_roster(
    *, authority: Authority, data: bytes, file_name: str, actor: User | None, now: datetime
) -> RosterImport:
    """Take in a list of old certificates (CSV or XLSX), row by row; loading it again changes nothing.

    Rows that cannot be read, contradict a record taken in before, or name a post without successor are refused one by
    one and stand in ``RosterImport.report`` with line and reason. Source: 建办人函〔2020〕662号, four, two.

    :raises RosterRefusedError: not a list, or a required column is missing.
    """
    Authority.objects.select_for_update(no_key=True).get(pk=authority.pk)  # two lists of one authority: one by one
    rows = _rows_of(data)
    record = RosterImport.objects.create(
        authority=authority,
        file_name=file_name[:200],
        file_sha256=hashlib.sha256(data).hexdigest(),
        imported_at=now,
        imported_by=actor,
    )
    refusals: list[_Refusal] = []
    drafts: dict[str, tuple[int, HolderRecord]] = {}
    posts = _posts_by_name()
    for line, row in rows:
        try:
            if isinstance(row, ListRowError):
                raise row
            draft = _draft_record(row, record=record, posts=posts, today=timezone.localdate(now))
            if draft.number in drafts:
                raise DomainError(_("本文件内证书编号重复"))
            drafts[draft.number] = (line, draft)
        except (ListRowError, DomainError) as error:
            number = "" if isinstance(row, ListRowError) else row.number
            refusals.append(_Refusal(line, number, _row_reason(error)))
    record.added, record.unchanged = _store(authority, drafts, refusals)
    record.refused = len(refusals)
    record.report = [
        {"line": each.line, "number": each.number, "reason": each.reason}
        for each in sorted(refusals, key=lambda each: each.line)
    ]
    record.save(update_fields=["added", "unchanged", "refused", "report"])
    counts = {"added": record.added, "unchanged": record.unchanged, "refused": record.refused}
    record_audit(actor=actor, action="roster.import", target=record, detail=counts, now=now)
    return record


def _rows_of(data: bytes) -> Iterator[tuple[int, RosterRow | ListRowError]]:
    """Every row below the headings with its line; what cannot be read comes as its error."""
    try:
        rows = read_rows(data)
        _line, headings = next(rows, (1, []))
        columns = _columns_of(headings)
        for line, cells in rows:
            yield line, _read_or_error(cells, columns)
    except TableFileError as error:
        raise RosterRefusedError(file_reason(error, largest_mb=LARGEST_BYTES // 1024**2)) from error


def _columns_of(headings: list[object]) -> dict[str, int]:
    try:
        return column_positions(headings)
    except ListRowError as error:
        raise RosterRefusedError(_row_reason(error)) from error


def _read_or_error(cells: list[object], columns: dict[str, int]) -> RosterRow | ListRowError:
    try:
        return read_row(cells, columns)
    except ListRowError as error:
        return error


def _posts_by_name() -> dict[str, Post | None]:
    names: dict[str, Post | None] = {alias.name: alias.post for alias in PostAlias.objects.select_related("post")}
    for post in Post.objects.all():
        names[post.name] = names[post.code] = post
    return names


def _draft_record(row: RosterRow, *, record: RosterImport, posts: dict[str, Post | None], today: date) -> HolderRecord:
    if row.post not in posts:
        raise DomainError(_("不认识的岗位“%(post)s”") % {"post": row.post})
    post = posts[row.post]
    if post is None:
        raise DomainError(_("岗位“%(post)s”没有对应的现行岗位，不能换证") % {"post": row.post})
    if row.issued_on > today:
        raise DomainError(_("发证日期在今天之后"))
    return HolderRecord(
        authority_id=record.authority_id,
        roster_import=record,
        number=row.number,
        full_name=row.full_name,
        id_kind=row.id_kind,
        id_digest=identity_digest(id_kind=row.id_kind, id_number=row.id_number),
        id_masked=mask_id_number(normalise_number(row.id_number)),
        post=post,
        post_printed=row.post,
        institution_name=row.institution,
        issued_on=row.issued_on,
    )


def _store(
    authority: Authority, drafts: dict[str, tuple[int, HolderRecord]], refusals: list[_Refusal]
) -> tuple[int, int]:
    """Write what is new; count what stood there already; refuse what contradicts it."""
    numbers = list(drafts)
    known: dict[str, HolderRecord] = {}
    for start in range(0, len(numbers), BATCH):
        batch = numbers[start : start + BATCH]
        known |= {each.number: each for each in HolderRecord.objects.filter(authority=authority, number__in=batch)}
    unchanged = 0
    fresh: list[HolderRecord] = []
    for number, (line, draft) in drafts.items():
        earlier = known.get(number)
        if earlier is None:
            fresh.append(draft)
        elif _substance(earlier) == _substance(draft):
            unchanged += 1
        else:
            refusals.append(_Refusal(line, number, _("与以前导入的同编号证书内容不一致")))
    HolderRecord.objects.bulk_create(fresh, batch_size=BATCH)
    return len(fresh), unchanged


def _substance(record: HolderRecord) -> tuple[object, ...]:
    return (record.full_name, record.id_digest, record.post_id, record.issued_on, record.institution_name)


def _row_reason(error: Exception) -> str:
    if isinstance(error, ListRowError):
        return row_reason(error)
    if not isinstance(error, DomainError):
        raise error
    return str(error)
