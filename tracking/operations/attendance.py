"""An institution files classroom hours for all who attended: one list, the same evidence, a claim each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Learner, TrainingInstitution, User
from accounts.operations import record_audit
from accounts.queries import IdentityRefusedError, identity_digest, institutions_of_member
from courses.enums import Block
from courses.models import Post
from lms.lib.digests import sha256_hex
from lms.lib.errors import DomainError
from lms.lib.list_cells import ListRowError, cell_text, normalise_name
from lms.lib.list_reasons import file_reason, row_reason
from lms.lib.masking import without_id_number
from lms.lib.table_files import TableFileError, read_rows
from tracking.enums import RecognitionOutcome
from tracking.gateways.evidence import EvidenceUpload, KeptEvidence, hold_evidence
from tracking.models import CeYear
from tracking.operations.offline_claims import (
    ClaimDraft,
    OfflineRefusedError,
    checked_evidence,
    read_draft,
    write_claim,
)
from tracking.queries import rules_of_year
from tracking.queries.offline import standing_studies
from tracking.rules.attendance import AttendanceRow, column_positions, read_row, whole_minutes
from tracking.rules.offline_claims import one_line

LIST_MOST_MB = 1
MOST_LINES = 500
NAME_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Training:
    """What a list's people attended. ``post`` is None for the common block, which counts for every post."""

    title: str
    block: Block
    post: Post | None
    studied_from: date
    studied_to: date


@dataclass(frozen=True, slots=True)
class LineRefusal:
    """A line that was not taken: its number in the list, the name as written, and why."""

    line: int
    full_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class AttendanceReport:
    """What came of a list: claims ``added``, ``unchanged`` from an earlier upload, and the lines refused."""

    added: int
    unchanged: int
    refused: tuple[LineRefusal, ...]


class NotAMemberError(DomainError):
    """Only an institution's own people file for it."""

    code = "not_a_member"


def file_attendance_list(
    *,
    institution: TrainingInstitution,
    training: Training,
    data: bytes,
    evidence: Sequence[EvidenceUpload],
    actor: User,
    now: datetime,
) -> AttendanceReport:
    """Claim hours for everyone on a list (CSV or XLSX: 姓名, 证件号码, 学时); each line is taken whole or refused.

    A line that is refused changes nothing and keeps no other from being taken. The same list with the same files again
    adds nothing (safe to retry). The files are kept once, for all. This must not run inside another transaction.

    :raises NotAMemberError: ``actor`` does not file for the institution.
    :raises OfflineRefusedError: the list as a whole cannot be read (``field`` "list"), or the post is missing.
    :raises EvidenceRefusedError: see :func:`tracking.operations.file_offline_study`.
    """
    if not institutions_of_member(actor).filter(pk=institution.pk).exists():
        raise NotAMemberError(_("您不是该机构的经办人。"))
    if (training.block == Block.PROFESSIONAL) != (training.post is not None):
        raise OfflineRefusedError(_("专业岗位知识须选择岗位，公共基础知识不选岗位"), field="post")
    rows = _read_list(data)
    refused: list[LineRefusal] = []
    added = unchanged = 0
    training = replace(training, title=one_line(training.title))
    with hold_evidence(checked_evidence(evidence), now=now) as held:
        for line, name, row in rows:
            try:
                is_new = _file_line(row, institution, training, held.files, actor=actor, now=now)
            except (ListRowError, DomainError) as refusal:
                refused.append(LineRefusal(line, name, _reason(refusal)))
            else:
                added, unchanged = added + is_new, unchanged + (not is_new)
                held.is_named = held.is_named or is_new
        report = AttendanceReport(added, unchanged, tuple(refused))
        _record(report, institution, data, held.files, actor=actor, now=now)
    return report


Line = tuple[int, str, AttendanceRow | ListRowError]


def _read_list(data: bytes) -> list[Line]:
    """Every line below the headings with the name that it bears, read, or with what is wrong with it."""
    try:
        rows = read_rows(data, largest_bytes=LIST_MOST_MB * 1024**2)
        _line, headings = next(rows, (1, []))
        columns = column_positions(headings)
        found = list(_lines(rows, columns))
    except TableFileError as error:
        raise OfflineRefusedError(file_reason(error, largest_mb=LIST_MOST_MB), field="list") from error
    except ListRowError as error:
        raise OfflineRefusedError(row_reason(error), field="list") from error
    if not found:
        raise OfflineRefusedError(_("名单里没有学员"), field="list")
    return found


def _lines(rows: Iterator[tuple[int, list[object]]], columns: dict[str, int]) -> Iterator[Line]:
    for count, (line, cells) in enumerate(rows, start=1):
        if count > MOST_LINES:
            message = _("名单至多 {number} 人，请分成几份").format(number=MOST_LINES)
            raise OfflineRefusedError(message, field="list")
        place = columns["full_name"]
        name = without_id_number(cell_text(cells[place] if place < len(cells) else ""))[:NAME_SHOWN]
        try:
            yield line, name, read_row(cells, columns)
        except ListRowError as error:
            yield line, name, error


def _file_line(
    row: AttendanceRow | ListRowError,
    institution: TrainingInstitution,
    training: Training,
    kept: Sequence[KeptEvidence],
    *,
    actor: User,
    now: datetime,
) -> bool:
    """Write one line's claim in a transaction of its own; whether it is new."""
    if isinstance(row, ListRowError):
        raise row
    with transaction.atomic(durable=True):
        learner = _learner_of(row)
        year = _year_of(learner, institution, training)
        minutes = whole_minutes(row.hours, hour_minutes=rules_of_year(year).hour_minutes)
        draft = ClaimDraft(
            learner=learner,
            ce_year=year,
            institution=institution,
            institution_name=institution.name,
            title=training.title,
            block=training.block,
            minutes=minutes,
            studied_from=training.studied_from,
            studied_to=training.studied_to,
        )
        return write_claim(read_draft(draft), kept, actor=actor, now=now)[1]


def _learner_of(row: AttendanceRow) -> Learner:
    """The learner whose number and name are both right; what is wrong is not told, or a list would find people out."""
    unknown = _("没有找到姓名与证件号码都相符的学员：请核对，或请本人先完成实名登记并认领证书")
    try:
        found = Learner.objects.get(id_digest=identity_digest(id_kind=row.id_kind, id_number=row.id_number))
    except IdentityRefusedError as error:
        raise DomainError(str(error)) from error
    except Learner.DoesNotExist:
        raise DomainError(unknown) from None
    if normalise_name(found.full_name) != row.full_name:
        raise DomainError(unknown)
    return found


def _year_of(learner: Learner, institution: TrainingInstitution, training: Training) -> CeYear:
    """The year of an earlier upload; or the unrecognised one that holds the days, the first to close of several."""
    standing = standing_studies(learner).filter(
        institution=institution,
        title=training.title,
        block=training.block,
        studied_from=training.studied_from,
        studied_to=training.studied_to,
    )
    claimed = standing.select_related("ce_year__authority", "ce_year__post")
    if training.post is not None:
        claimed = claimed.filter(ce_year__post=training.post)
    earlier = claimed.order_by("pk").first()
    if earlier is not None:
        return earlier.ce_year
    years = CeYear.objects.filter(
        learner=learner,
        authority_id=institution.authority_id,
        opens_on__lte=training.studied_from,
        closes_on__gte=training.studied_to,
    ).exclude(recognitions__outcome=RecognitionOutcome.RECOGNISED)
    if training.post is not None:
        years = years.filter(post=training.post)
    found = years.select_related("authority", "post").order_by("closes_on", "pk").first()
    if found is None:
        raise DomainError(_("该学员在培训日期没有可以计入的继续教育年度"))
    return found


def _record(
    report: AttendanceReport,
    institution: TrainingInstitution,
    data: bytes,
    kept: Sequence[KeptEvidence],
    *,
    actor: User,
    now: datetime,
) -> None:
    detail = {
        "list": sha256_hex(data),
        "files": sorted(each.checked.sha256 for each in kept),
        "added": report.added,
        "unchanged": report.unchanged,
        "refused": len(report.refused),
    }
    record_audit(actor=actor, action="offline.list", target=institution, detail=detail, now=now)


def _reason(error: ListRowError | DomainError) -> str:
    return without_id_number(row_reason(error) if isinstance(error, ListRowError) else str(error))
