"""Classroom hours: claimed with evidence, withdrawn, recognised or refused by an officer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Learner, TrainingInstitution, User
from accounts.operations import record_audit
from courses.enums import Block
from courses.queries import policy_in_force
from lms.lib.digests import digest
from lms.lib.errors import DomainError
from tracking.enums import LedgerSource, OfflineState
from tracking.gateways.evidence import EvidenceUpload, hold_evidence
from tracking.models import CeYear, LedgerEntry, OfflineStudy
from tracking.operations.ledger import append_entry
from tracking.operations.locks import lock_learner
from tracking.operations.offline_claims import ClaimDraft, checked_evidence, read_draft, write_claim
from tracking.operations.recognition import settle_learner
from tracking.queries import policy_key

REASON_MAX = 300


class OfflineDecidedError(DomainError):
    """Somebody decided, or the claim was withdrawn: what stands is not changed."""

    code = "offline_decided"


class OwnClaimError(DomainError):
    """Nobody decides on hours of one's own, nor on what one filed for others."""

    code = "own_claim"


class OfflineDecisionError(DomainError):
    """The decision is not whole; ``field`` names the input to change."""

    code = "offline_decision"

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


def file_offline_study(
    *,
    learner: Learner,
    ce_year: CeYear,
    title: str,
    block: Block | str,
    minutes: int,
    studied_from: date,
    studied_to: date,
    evidence: Sequence[EvidenceUpload],
    actor: User,
    now: datetime,
    institution: TrainingInstitution | None = None,
    institution_name: str = "",
) -> OfflineStudy:
    """Claim ``minutes`` of classroom training for a year, with the files that prove it.

    The same claim with the same files again returns the one that stands (safe to retry). Files are written before the
    transaction commits and taken away if it fails, so this must not run inside another transaction.

    :raises OfflineRefusedError: the claim cannot be (days, minutes, year, a claim before it); ``field`` says which.
    :raises EvidenceRefusedError: no file, too many, or one that is no PDF, JPEG or PNG of at most 10 MiB.
    """
    draft = ClaimDraft(
        learner=learner,
        ce_year=ce_year,
        institution=institution,
        institution_name=institution_name,
        title=title,
        block=Block(block),
        minutes=minutes,
        studied_from=studied_from,
        studied_to=studied_to,
    )
    draft = read_draft(draft)
    with hold_evidence(checked_evidence(evidence), now=now) as held:
        with transaction.atomic(durable=True):
            study, is_new = write_claim(draft, held.files, actor=actor, now=now)
        held.is_named = is_new
    return study


@transaction.atomic
def withdraw_offline_study(*, study: OfflineStudy, actor: User, now: datetime) -> OfflineStudy:
    """Take a claim back before it is decided, by the learner or by who filed it; again changes nothing.

    The row and its files stay: the register forgets nothing.

    :raises OwnClaimError: somebody else's claim.
    :raises OfflineDecidedError: an officer has decided.
    """
    study = _locked(study)
    if actor.pk not in (study.learner.user_id, study.filed_by_id):
        raise OwnClaimError(_("只能撤回自己的申报。"))
    if study.state == OfflineState.WITHDRAWN:
        return study
    if study.state != OfflineState.FILED:
        raise OfflineDecidedError(_("主管部门已经处理，不能撤回。"))
    study.state, study.decided_at, study.decided_by = OfflineState.WITHDRAWN, now, actor
    study.save(update_fields=["state", "decided_at", "decided_by"])
    record_audit(actor=actor, action="offline.withdraw", target=study, detail={"minutes": study.minutes}, now=now)
    return study


@transaction.atomic
def decide_offline_study(
    *, study: OfflineStudy, actor: User, recognised_minutes: int | None, reason: str, now: datetime
) -> OfflineStudy:
    """Recognise a claim in whole or in part, or refuse it (``recognised_minutes`` None): one ledger entry, or none.

    The same decision by the same officer again returns what stands. Recognised hours are dated on the last day of the
    training and settle the years that they meet, as hours studied online do.

    :raises OwnClaimError: the officer's own claim, or one that the officer filed.
    :raises OfflineDecisionError: no reason for a refusal or a cut, or more minutes than were claimed.
    :raises OfflineDecidedError: decided otherwise or by somebody else before, or withdrawn.
    """
    lock_learner(study.learner_id)  # before the claim: the entry asks for the same lock, and nobody waits in a circle
    study, reason = _locked(study), reason.strip()[:REASON_MAX]
    if actor.pk in (study.learner.user_id, study.filed_by_id):
        raise OwnClaimError(_("不能处理本人的申报，也不能处理由本人代为申报的学时。"))
    outcome = OfflineState.REFUSED if recognised_minutes is None else OfflineState.RECOGNISED
    if study.state != OfflineState.FILED:
        if (study.state, study.recognised_minutes, study.decided_by_id) == (outcome, recognised_minutes, actor.pk):
            return study
        raise OfflineDecidedError(_("这项申报已经处理或撤回，没有重复处理。"))
    _check_decision(study, recognised_minutes, reason)
    study.state, study.recognised_minutes, study.reason = outcome, recognised_minutes, reason
    study.decided_by, study.decided_at = actor, now
    study.save(update_fields=["state", "recognised_minutes", "reason", "decided_by", "decided_at"])
    detail = {"claimed": study.minutes, "recognised": recognised_minutes or 0, "reason": reason}
    action = "offline.recognise" if outcome == OfflineState.RECOGNISED else "offline.refuse"
    record_audit(actor=actor, action=action, target=study, detail=detail, now=now)
    if recognised_minutes is not None:
        append_entry(entry=_entry_of(study, minutes=recognised_minutes, now=now))
        settle_learner(learner_id=study.learner_id, now=now)
    return study


def _check_decision(study: OfflineStudy, recognised_minutes: int | None, reason: str) -> None:
    if recognised_minutes is None:
        if not reason:
            raise OfflineDecisionError(_("请写明不予认定的理由，学员会看到这段文字。"), field="reason")
        return
    if not 0 < recognised_minutes <= study.minutes:
        raise OfflineDecisionError(
            _("认定分钟数须在 1 和申报的 {claimed} 之间。").format(claimed=study.minutes), field="recognised_minutes"
        )
    if recognised_minutes < study.minutes and not reason:
        raise OfflineDecisionError(_("少于申报数认定的，请写明理由，学员会看到这段文字。"), field="reason")


def _entry_of(study: OfflineStudy, *, minutes: int, now: datetime) -> LedgerEntry:
    """The entry of a recognised claim, unwritten; its digest covers the decision and every file."""
    year, rules = study.ce_year, policy_in_force(authority=study.authority, on=study.studied_to)
    return LedgerEntry(
        learner_id=study.learner_id,
        authority_id=study.authority_id,
        post_id=year.post_id if study.block == Block.PROFESSIONAL else None,
        block=study.block,
        minutes=minutes,
        ce_year=year,
        label=year.label,
        earned_on=study.studied_to,
        earned_at=now,
        source=LedgerSource.OFFLINE,
        offline_study=study,
        policy_id=policy_key(rules),
        evidence_digest=offline_digest(study),
        entered_by=study.decided_by,
    )


def offline_digest(study: OfflineStudy) -> str:
    """SHA-256 over what was claimed, the digests of the files that prove it, and what was decided by whom."""
    return digest(
        {
            "study": study.uuid,
            "title": study.title,
            "institution": study.institution_name,
            "block": str(study.block),
            "minutes": study.minutes,
            "days": [study.studied_from, study.studied_to],
            "files": sorted(study.evidence.values_list("sha256", flat=True)),
            "recognised_minutes": study.recognised_minutes,
            "reason": study.reason,
            "decided_at": study.decided_at,
            "decided_by": study.decided_by.uuid if study.decided_by else None,
        }
    )


def _locked(study: OfflineStudy) -> OfflineStudy:
    studies = OfflineStudy.objects.select_for_update(of=("self",)).select_related("learner", "ce_year", "authority")
    return studies.get(pk=study.pk)
