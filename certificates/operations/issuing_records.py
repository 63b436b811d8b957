"""Sealed files become certificates: one short transaction for a handful of them.

Lock order: learners, holdings, causes, then what ``record_event`` takes, the next year, serials last; each kind by key.
Holdings are locked without their keys: whoever opens a renewal refers to one when the database commits it, holding
renewals by then, and must not wait for us who wait for these.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from accounts.models import Learner
from accounts.operations import Act, record_audits
from certificates.enums import CertificateOperation, CertificateStatus
from certificates.gateways.certificate_store import StoreAwayError, delete_certificate
from certificates.models import Certificate, Holding, Renewal, StatusProposal
from certificates.operations.events import NewEvent, record_events
from certificates.operations.issuing_drafts import CertificateDraft, newest_certificates
from certificates.operations.issuing_pages import MadePage
from certificates.operations.numbering import let_go_serials, use_serials
from certificates.operations.signing_keys import signing_key_row
from certificates.rules.status import is_legal
from tracking.enums import CeYearKind
from tracking.operations import Holder, open_annual_years, open_following_years

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Made:
    """A draft and its file."""

    draft: CertificateDraft
    page: MadePage


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a made page: its certificate; or the one that another worker wrote first; or ``stale``.

    Stale: the holding was given another certificate or another status meanwhile, so it must be looked at anew.
    ``error`` is what kept the row from being written though it was tried alone.
    """

    made: Made
    certificate: Certificate | None = None
    error: Exception | None = None

    @property
    def stale(self) -> bool:
        """Whether the draft no longer fits."""
        return self.certificate is None and self.error is None


def write_certificates(made: Sequence[Made], *, now: datetime) -> list[Written]:
    """Write the certificates of sealed files, together, or one by one where one of them fails.

    Files that no certificate names in the end are deleted again.

    :raises OperationalError: the database does not answer; the files stay and are swept later.
    """
    if not made:
        return []
    keys = _keep_keys(made, now=now)
    try:
        written = _write(made, keys, now=now)
    except Exception as error:
        if len(made) > 1:  # one of them spoils it for all: the others must not wait for it
            return [each for one in made for each in write_certificates([one], now=now)]
        if isinstance(error, OperationalError | InterfaceError):  # perhaps it is written: the sweep will see
            raise
        logger.exception("The certificate of %s could not be written", made[0].draft.cause.uuid)
        written = [Written(made=made[0], error=error)]
    _delete_unnamed(written)
    return written


def _keep_keys(made: Iterable[Made], *, now: datetime) -> dict[str, int]:
    """Keep the public halves of all keys that sealed, stamped or signed a code; their rows by ``kid``."""
    signed = [key for each in made for key in (each.page.key, each.page.key.witness, each.page.code.key) if key]
    return {key.kid: signing_key_row(key, now=now).pk for key in {key.kid: key for key in signed}.values()}


@transaction.atomic
def _write(made: Sequence[Made], keys: dict[str, int], *, now: datetime) -> list[Written]:
    holdings, issued, sent = _lock(made)
    newest = newest_certificates(holdings)
    fresh: list[Made] = []
    written: list[Written] = []
    for each in made:
        cause, before = each.draft.cause, newest.get(each.draft.holding.pk)
        if cause.pk in issued[type(cause)]:
            written.append(Written(made=each, certificate=issued[type(cause)][cause.pk]))
        elif cause.uuid not in sent and _fits(each.draft, before, holdings[each.draft.holding.pk]):
            fresh.append(each)
        else:
            written.append(Written(made=each))
    certificates = Certificate.objects.bulk_create([_row(each, keys, now=now) for each in fresh])
    settle_certificates([(each.draft, row) for each, row in zip(fresh, certificates, strict=True)], now=now)
    written += [Written(made=each, certificate=row) for each, row in zip(fresh, certificates, strict=True)]
    use_serials(each.draft.cause.uuid for each in fresh if each.draft.previous is None)
    let_go_serials(each.draft.cause.uuid for each in fresh if each.draft.previous is not None)
    return written


def _lock(made: Sequence[Made]) -> tuple[dict[int, Holding], dict[type, dict[int, Certificate]], set[UUID]]:
    """Lock all that will change, in the house's order; give the holdings, what the causes have brought already, and
    which of them went to the ministry's system meanwhile.
    """
    learner_ids = {each.draft.holding.learner_id for each in made}
    list(Learner.objects.select_for_update(no_key=True).filter(pk__in=learner_ids).order_by("pk").only("pk"))
    holding_ids = {each.draft.holding.pk for each in made}
    rows = Holding.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=holding_ids).order_by("pk")
    holdings = {row.pk: row for row in rows}
    issued: dict[type, dict[int, Certificate]] = {Renewal: {}, StatusProposal: {}}
    sent: set[UUID] = set()
    for model, field in ((Renewal, "renewal_id"), (StatusProposal, "proposal_id")):
        pks = sorted(each.draft.cause.pk for each in made if isinstance(each.draft.cause, model))
        if pks:
            causes = model.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")
            sent |= {cause.uuid for cause in causes if getattr(cause, "ministry_batch_id", None)}
            found = Certificate.objects.filter(**{f"{field}__in": pks})
            issued[model] = {getattr(row, field): row for row in found}
    return holdings, issued, sent


def _fits(draft: CertificateDraft, newest: Certificate | None, holding: Holding) -> bool:
    """Whether the holding, as it stands now under the lock, may be given this version after that one."""
    act = CertificateOperation.CHANGE if isinstance(draft.cause, StatusProposal) else CertificateOperation.EXTEND
    follows = (newest.pk if newest else None) == (draft.previous.pk if draft.previous else None)
    return follows and is_legal(CertificateStatus(holding.status), act)


def _row(made: Made, keys: dict[str, int], *, now: datetime) -> Certificate:
    draft, page = made.draft, made.page
    cause = {"renewal": draft.cause} if isinstance(draft.cause, Renewal) else {"proposal": draft.cause}
    return Certificate(
        **cause,
        holding=draft.holding,
        authority=draft.holding.authority,
        number=draft.printed.number,
        version=draft.version,
        replaces=draft.previous,
        identifier=draft.printed.identifier,
        token=draft.token,
        printed=draft.printed.to_json(),
        id_sealed=draft.id_sealed,
        template_version=draft.printed.template_version,
        design=draft.issuer.design,
        photo_sha256=draft.printed.photo_sha256 or "",
        pdf_path=page.stored.path,
        pdf_sha256=page.stored.sha256,
        pdf_bytes=page.stored.size_bytes,
        signing_key_id=keys[page.key.kid],
        signature_level=page.sealed.level,
        qr_payload=page.code.text,
        status_index=draft.status_index,
        issued_at=now,
    )


def settle_certificates(issued: Sequence[tuple[CertificateDraft, Certificate]], *, now: datetime) -> None:
    """Let holdings, causes, the audit trail and the next years know of certificates, at most one a holding, in the
    caller's transaction, under the locks named above. As many statements for several as for one.
    """
    if not issued:
        return
    record_events([_act(draft, certificate) for draft, certificate in issued], now=now)
    cleared = {"failure": "", "stopped_by": "", "attempts": 0, "claimed_at": None}
    causes = [draft.cause for draft, _ in issued]
    renewals = Renewal.objects.filter(pk__in=[each.pk for each in causes if isinstance(each, Renewal)])
    renewals.update(issued_at=now, **cleared)
    corrected = [each.pk for each in causes if isinstance(each, StatusProposal)]
    if corrected:
        StatusProposal.objects.filter(pk__in=corrected).update(**cleared)
    record_audits([_audit(certificate) for _, certificate in issued], now=now)
    _open_next_years([draft for draft, _ in issued], now=now)


def _act(draft: CertificateDraft, certificate: Certificate) -> NewEvent:
    proposal = draft.cause if isinstance(draft.cause, StatusProposal) else None
    operation = CertificateOperation.EXTEND if draft.previous else CertificateOperation.ISSUE
    return NewEvent(
        holding=draft.holding,
        operation=CertificateOperation.CHANGE if proposal else operation,
        certificate=certificate,
        previous=draft.previous,
        proposal=proposal,
        actor=proposal.proposed_by if proposal else None,
        confirmed_by=proposal.decided_by if proposal else None,
        reason=proposal.reason if proposal else "",
    )


def _audit(certificate: Certificate) -> Act:
    detail = {"number": certificate.number, "version": certificate.version, "pdf_sha256": certificate.pdf_sha256}
    return Act(action="certificate.issue", target=certificate, detail=detail)


def _open_next_years(drafts: Iterable[CertificateDraft], *, now: datetime) -> None:
    """Open the years to come: they follow the renewal's day, and later the last day of the year that was met.

    Hours cannot be earned in advance and the year's boundary stays where the issue date put it, so an annual year met
    early must not start the next one early (DOMAIN: year boundary, no study in advance). Where the certificate may
    still lapse before that day, the sweep decides when it has come.
    """
    followed: list[int] = []
    renewed: dict[date, list[Holder]] = {}
    for draft in drafts:
        if not isinstance(draft.cause, Renewal):
            continue
        year = draft.cause.ce_year
        if year.kind == CeYearKind.ANNUAL:
            followed.append(year.pk)
        else:
            holder = Holder(learner=year.learner, post=year.post, authority=year.authority)
            renewed.setdefault(draft.printed.issued_on, []).append(holder)
    if followed:
        open_following_years(ce_year_ids=followed, now=now)
    for issued_on, holders in sorted(renewed.items()):
        open_annual_years(holders=holders, issued_on=issued_on, now=now)


def _delete_unnamed(written: Iterable[Written]) -> None:
    """Delete the files of drafts that came too late; where the storage does not answer, the nightly sweep does."""
    for each in written:
        path = each.made.page.stored.path
        if each.certificate is None or each.certificate.pdf_path != path:
            with suppress(StoreAwayError):
                delete_certificate(path)
