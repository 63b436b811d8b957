"""A confirmed correction becomes a new version that cites the one it corrects."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Learner
from certificates.enums import CertificateOperation, CertificateStatus, IssuerMode, IssueStop, ProposalState
from certificates.gateways.certificate_store import StoreAwayError, photo_path
from certificates.gateways.typesetting import TEMPLATE_VERSION
from certificates.models import Certificate, StatusProposal
from certificates.operations.events import extension_refusal
from certificates.operations.issuing_claims import CLAIM_SECONDS, MOST_ATTEMPTS
from certificates.operations.issuing_drafts import (
    TOKEN_BYTES,
    CertificateDraft,
    identifier_of,
    issuers_of,
    verify_address,
)
from certificates.operations.issuing_pages import IssueStoppedError, MadePage, make_page
from certificates.operations.issuing_records import Made, write_certificates
from certificates.operations.numbering import take_status_serials
from certificates.rules.corrections import FULL_NAME, INSTITUTION, PHOTO
from certificates.rules.numbering import NumberingError
from certificates.rules.printed import PrintedCertificate
from certificates.rules.status import is_legal
from certificates.rules.status_lists import status_index
from certificates.tasks import issue_correction as issue_correction_task
from lms.lib.errors import DomainError

MOST_ROUNDS = 5


class NotConfirmedError(DomainError):
    """No second person has confirmed this correction, or it is no correction."""

    code = "not_confirmed"


def issue_correction(*, proposal_id: int, now: datetime) -> Certificate:
    """Issue the version of a confirmed correction, or return the one issued before (safe to retry, exactly once).

    It prints what the newest version printed, but for the corrected fields, and cites it; number and hours stay. The
    holding stands as it stood. What stops it is kept in ``StatusProposal.failure``. Source: operation 09 (变更).

    :raises NotConfirmedError: the proposal is not a confirmed correction.
    :raises IssueStoppedError: as :func:`certificates.operations.renew_certificate`.
    :raises StoreAwayError: the storage does not answer; the sweep tries again.
    """
    for _round in range(MOST_ROUNDS):
        claimed = _claimed(proposal_id, now=now)
        if isinstance(claimed, Certificate):
            return claimed
        (written,) = write_certificates([Made(claimed, _page_of(claimed, now=now))], now=now)
        if written.certificate is not None:
            return written.certificate
        if written.error is not None:
            raise written.error
    raise RuntimeError(f"proposal {proposal_id} was overtaken {MOST_ROUNDS} times")


def wake_corrections(*, limit: int, now: datetime, everything: bool = False) -> int:
    """Send a message for each confirmed correction that waits for a worker, at most ``limit``; returns how many.

    Those that no key could sign are among them only with ``everything``.
    """
    if everything:
        away = StatusProposal.objects.filter(certificate__isnull=True, stopped_by=IssueStop.SIGNER)
        away.update(failure="", stopped_by="")
    young = now - timedelta(seconds=CLAIM_SECONDS)
    waiting = StatusProposal.objects.filter(
        state=ProposalState.CONFIRMED, operation=CertificateOperation.CHANGE, certificate__isnull=True, failure=""
    ).exclude(claimed_at__gt=young)
    pks = list(waiting.order_by("pk").values_list("pk", flat=True)[:limit])
    for pk in pks:
        issue_correction_task.delay(pk)
    return len(pks)


def retry_stopped_corrections(*, learner: Learner | None = None) -> int:
    """Let the sweep try stopped corrections again, all or one learner's, because what stopped them may be gone.

    Returns how many.
    """
    stopped = StatusProposal.objects.filter(state=ProposalState.CONFIRMED, certificate__isnull=True)
    if learner is not None:
        stopped = stopped.filter(holding__learner=learner)
    return stopped.exclude(failure="").update(failure="", stopped_by="", attempts=0)


def _claimed(proposal_id: int, *, now: datetime) -> CertificateDraft | Certificate:
    """Claim the correction and draft it; or give the certificate it has."""
    try:
        return _drafted(proposal_id, now=now)
    except IssueStoppedError as error:
        _stop(proposal_id, error)
        raise


@transaction.atomic
def _drafted(proposal_id: int, *, now: datetime) -> CertificateDraft | Certificate:
    proposals = StatusProposal.objects.select_for_update(of=("self",)).select_related(
        "holding__learner", "holding__authority", "holding__post", "proposed_by", "decided_by"
    )
    proposal = proposals.get(pk=proposal_id)
    issued: Certificate | None = Certificate.objects.filter(proposal=proposal).first()
    if issued is not None:
        return issued
    if proposal.state != ProposalState.CONFIRMED or proposal.operation != CertificateOperation.CHANGE:
        raise NotConfirmedError(_("这项更正尚未经过复核"))
    if not is_legal(CertificateStatus(proposal.holding.status), CertificateOperation.CHANGE):
        raise IssueStoppedError(extension_refusal(proposal.holding), stop=IssueStop.STATUS)
    previous = Certificate.objects.filter(holding=proposal.holding).order_by("-version").first()
    if previous is None:
        raise IssueStoppedError(_("这本证书还没有换发电子证书，没有可更正的内容。"), stop=IssueStop.TEXT)
    if previous.mode == IssuerMode.MINISTRY:
        raise IssueStoppedError(_("这本证书由部系统签发，请在部系统办理更正。"), stop=IssueStop.TEXT)
    _count_attempt(proposal, now=now)
    (serial,) = take_status_serials(1)
    return _draft(proposal, previous, serial, now=now)


def _count_attempt(proposal: StatusProposal, *, now: datetime) -> None:
    if proposal.claimed_at is not None and now - proposal.claimed_at < timedelta(seconds=CLAIM_SECONDS):
        return
    if proposal.attempts >= MOST_ATTEMPTS:
        raise IssueStoppedError(_("多次签发均异常中断，请联系管理员处理"), stop=IssueStop.WORKER)
    proposal.attempts, proposal.claimed_at = proposal.attempts + 1, now
    proposal.failure = proposal.stopped_by = ""
    proposal.save(update_fields=["attempts", "claimed_at", "failure", "stopped_by"])


def _draft(proposal: StatusProposal, previous: Certificate, serial: int, *, now: datetime) -> CertificateDraft:
    holding, changes = proposal.holding, proposal.changes
    issuer = issuers_of([holding.authority])[holding.authority_id]
    before = PrintedCertificate.from_json(previous.printed)
    token, version = secrets.token_urlsafe(TOKEN_BYTES), previous.version + 1
    photo_sha256 = holding.learner.photo_sha256 if PHOTO in changes else previous.photo_sha256
    try:
        identifier = identifier_of(issuer, number=previous.number, version=version, previous=previous)
    except NumberingError as error:
        reason = _("无法生成证书编号（%(detail)s），请联系管理员") % {"detail": error}
        raise IssueStoppedError(reason, stop=IssueStop.NUMBERS) from error
    printed = replace(
        before,
        full_name=changes.get(FULL_NAME, before.full_name),
        issuing_institution=changes.get(INSTITUTION, before.issuing_institution),
        photo_sha256=photo_sha256 or None,
        authority_name=holding.authority.name,
        authority_name_en=holding.authority.name_en,
        post_name_en=holding.post.name_en,
        issued_on=timezone.localdate(now),
        first_issued_on=before.first_issued_on or before.issued_on,
        verify_url=verify_address(token),
        template_version=issuer.design.template if issuer.design else TEMPLATE_VERSION,
        design_sha256=issuer.design.sha256 if issuer.design else "",
        version=version,
        identifier=identifier,
        corrects_version=previous.version,
    )
    return CertificateDraft(
        cause=proposal,
        holding=holding,
        previous=previous,
        issuer=issuer,
        printed=printed,
        id_sealed=previous.id_sealed,
        photo_path=photo_path(photo_sha256) if photo_sha256 else "",
        status_index=status_index(serial),
        token=token,
    )


def _page_of(draft: CertificateDraft, *, now: datetime) -> MadePage:
    """The file of a correction; whatever keeps it from being made gives the claim back."""
    try:
        return make_page(draft, now=now)
    except IssueStoppedError as error:
        _stop(draft.cause.pk, error)
        raise
    except StoreAwayError:
        StatusProposal.objects.filter(pk=draft.cause.pk).update(claimed_at=None, attempts=0)
        raise
    except Exception:
        StatusProposal.objects.filter(pk=draft.cause.pk).update(claimed_at=None)
        raise


def _stop(proposal_id: int, error: IssueStoppedError) -> None:
    waiting = StatusProposal.objects.filter(pk=proposal_id, certificate__isnull=True)
    waiting.update(failure=str(error)[:300], stopped_by=error.stop, attempts=0, claimed_at=None)
