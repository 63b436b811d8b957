"""Write one claim of classroom hours; for who files it alone and for who files a whole list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Learner, TrainingInstitution, User
from accounts.operations import record_audit
from courses.enums import Block
from lms.lib.credit_hours import format_credit_hours
from lms.lib.errors import DomainError
from tracking.enums import RecognitionOutcome
from tracking.gateways.evidence import CheckedEvidence, EvidenceUpload, KeptEvidence, check_evidence
from tracking.models import CeYear, OfflineEvidence, OfflineStudy
from tracking.operations.locks import lock_learner
from tracking.queries import rules_of_year, standing_spans
from tracking.queries.offline import standing_studies
from tracking.queries.standings import window_of
from tracking.rules.offline_claims import (
    DAY_MINUTES_MAX,
    NAME_MAX,
    ONE_DAY_WAITING_MAX,
    TITLE_MAX,
    ClaimError,
    ClassroomSpan,
    check_claim,
    one_line,
)
from tracking.rules.offline_evidence import LARGEST_BYTES, MOST_FILES, EvidenceError


class OfflineRefusedError(DomainError):
    """A claim cannot be filed so; ``field`` names the input to change, empty where none helps."""

    code = "offline_refused"

    def __init__(self, message: str, *, field: str = "", code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.field = field


class EvidenceRefusedError(OfflineRefusedError):
    """A file is no evidence; nothing was kept."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message, field="evidence", code=code)


@dataclass(frozen=True, slots=True)
class ClaimDraft:
    """What is claimed, before it is a row. ``institution`` None: one that is not on the list, by its name."""

    learner: Learner
    ce_year: CeYear
    institution: TrainingInstitution | None
    institution_name: str
    title: str
    block: Block
    minutes: int
    studied_from: date
    studied_to: date

    @property
    def span(self) -> ClassroomSpan:
        """The days and minutes that it takes up."""
        return ClassroomSpan(self.studied_from, self.studied_to, self.minutes, self.title)


def read_draft(draft: ClaimDraft) -> ClaimDraft:
    """The draft with its texts on one line each, and an institution's name as the list has it.

    :raises OfflineRefusedError: title or institution is missing or too long, or belongs to another authority.
    """
    title, name = one_line(draft.title), one_line(draft.institution_name)
    if draft.institution is not None:
        if draft.institution.authority_id != draft.ce_year.authority_id:
            raise OfflineRefusedError(_("所选机构不属于该年度的主管部门"), field="institution")
        name = draft.institution.name
    if not name or len(name) > NAME_MAX:
        raise OfflineRefusedError(_("请选择培训机构，或填写其名称"), field="institution_name")
    if not title or len(title) > TITLE_MAX:
        raise OfflineRefusedError(_("请填写培训内容"), field="title")
    return replace(draft, title=title, institution_name=name)


def checked_evidence(evidence: Sequence[EvidenceUpload]) -> list[CheckedEvidence]:
    """Look into every file; the same file given twice counts once.

    :raises EvidenceRefusedError: none, more than five, or one that is not accepted.
    """
    if not evidence:
        raise EvidenceRefusedError(_("请至少上传一份证明材料"), code="no_evidence")
    if len(evidence) > MOST_FILES:
        raise EvidenceRefusedError(_("证明材料至多 {number} 份").format(number=MOST_FILES), code="too_many_files")
    try:
        found = [check_evidence(upload) for upload in evidence]
    except EvidenceError as error:
        raise EvidenceRefusedError(_evidence_reason(error), code=error.code) from error
    first: dict[str, CheckedEvidence] = {}
    for each in found:
        first.setdefault(each.sha256, each)
    return list(first.values())


def write_claim(
    draft: ClaimDraft, kept: Sequence[KeptEvidence], *, actor: User, now: datetime
) -> tuple[OfflineStudy, bool]:
    """Write the claim and its files' rows; or return the one that stands with the same substance, and False.

    Part of the caller's transaction; claims of one person come one after another.

    :raises OfflineRefusedError: the claim cannot be.
    """
    lock_learner(draft.learner.pk)
    known = _same_claim(draft, {each.checked.sha256 for each in kept})
    if known is not None:
        return known, False
    _check(draft, actor=actor, now=now)
    study = OfflineStudy.objects.create(
        learner=draft.learner,
        ce_year=draft.ce_year,
        authority_id=draft.ce_year.authority_id,
        institution=draft.institution,
        institution_name=draft.institution_name,
        title=draft.title,
        block=draft.block,
        minutes=draft.minutes,
        studied_from=draft.studied_from,
        studied_to=draft.studied_to,
        filed_by=actor,
        filed_at=now,
    )
    OfflineEvidence.objects.bulk_create(_evidence_row(study, each, now=now) for each in kept)
    files = sorted(each.checked.sha256 for each in kept)
    detail = {"minutes": study.minutes, "days": [str(study.studied_from), str(study.studied_to)], "files": files}
    record_audit(actor=actor, action="offline.file", target=study, detail=detail, now=now)
    return study, True


def _same_claim(draft: ClaimDraft, digests: set[str]) -> OfflineStudy | None:
    studies = (
        standing_studies(draft.learner)
        .filter(
            ce_year=draft.ce_year,
            institution=draft.institution,
            institution_name=draft.institution_name,
            title=draft.title,
            block=draft.block,
            minutes=draft.minutes,
            studied_from=draft.studied_from,
            studied_to=draft.studied_to,
        )
        .order_by("pk")
    )
    for study in studies:
        if set(study.evidence.values_list("sha256", flat=True)) == digests:
            return study
    return None


def _check(draft: ClaimDraft, *, actor: User, now: datetime) -> None:
    year, learner = draft.ce_year, draft.learner
    if year.learner_id != learner.pk:
        raise OfflineRefusedError(_("请选择自己的继续教育年度"), field="ce_year", code="another_year")
    if year.recognitions.filter(outcome=RecognitionOutcome.RECOGNISED).exists():
        raise OfflineRefusedError(_("该年度学时已经认定，无需再申报"), field="ce_year", code="year_recognised")
    if actor.pk == learner.user_id:
        since = now - timedelta(days=1)
        recent = OfflineStudy.objects.filter(learner=learner, filed_by=actor, filed_at__gt=since).count()
        if recent >= ONE_DAY_WAITING_MAX:
            message = _("24 小时内至多申报 {number} 项，请明天再报").format(number=ONE_DAY_WAITING_MAX)
            raise OfflineRefusedError(message, code="too_many_claims")
    today = timezone.localdate(now, ZoneInfo(learner.time_zone))
    try:
        check_claim(draft.span, window=window_of(year), today=today, standing=standing_spans(learner))
    except ClaimError as error:
        message, field = _claim_reason(error, year)
        raise OfflineRefusedError(message, field=field, code=error.code) from error


def _evidence_row(study: OfflineStudy, each: KeptEvidence, *, now: datetime) -> OfflineEvidence:
    return OfflineEvidence(
        study=study,
        name=each.checked.name,
        content_type=each.checked.content_type,
        path=each.path,
        sha256=each.checked.sha256,
        size_bytes=each.checked.size_bytes,
        added_at=now,
    )


def _claim_reason(error: ClaimError, year: CeYear) -> tuple[str, str]:
    """The sentence, and the input that it is about."""
    if error.code == "outside_window":
        if year.has_no_end:
            text = _("培训日期须在该年度的学习期内：{opens} 起").format(opens=year.opens_on)
        else:
            text = _("培训日期须在该年度的学习期内：{opens} 至 {closes}").format(
                opens=year.opens_on, closes=year.closes_on
            )
        return text, "studied_from"
    if error.code == "too_many_minutes":
        hours = format_credit_hours(error.minutes, hour_minutes=rules_of_year(year).hour_minutes)
        return (
            _("这些日期最多可申报 {hours} 学时（每天至多 {minutes} 分钟）").format(
                hours=hours, minutes=DAY_MINUTES_MAX
            ),
            "hours",
        )
    return {
        "days_reversed": (_("结束日期早于开始日期"), "studied_to"),
        "in_future": (_("培训还没有结束，请在结束后申报"), "studied_to"),
        "no_minutes": (_("申报的学时不足一分钟"), "hours"),
        "claimed_before": (_("同名培训在这些日期已经申报过"), "title"),
        "days_are_full": (
            _("连同这些日期的其他申报，每天超过 {minutes} 分钟").format(minutes=DAY_MINUTES_MAX),
            "hours",
        ),
    }[error.code]


def _evidence_reason(error: EvidenceError) -> str:
    text = {
        "empty": _("“{name}”是空文件"),
        "too_large": _("“{name}”过大，每份须在 {mb} MB 以内，图片不超过 4000 万像素"),
        "not_accepted": _("“{name}”不是 PDF、JPG 或 PNG 文件"),
        "broken": _("“{name}”已损坏，无法打开，请重新扫描或导出"),
    }[error.code]
    return text.format(name=error.name, mb=LARGEST_BYTES // 1024**2)
