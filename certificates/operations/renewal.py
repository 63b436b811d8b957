"""A met and recognised year renews the holding: recognised → reported → issued, each step once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.operations import record_audit
from certificates.models import Certificate, Holding, Renewal
from certificates.operations.issuing import issue_renewals
from certificates.operations.issuing_claims import IssueOutcome
from certificates.operations.issuing_pages import IssueStoppedError
from lms.lib.errors import DomainError
from tracking.enums import RecognitionOutcome
from tracking.models import Recognition


class NotRecognisedError(DomainError):
    """The year's hours are not recognised, so nothing can be renewed."""

    code = "not_recognised"


class IssuedElsewhereError(DomainError):
    """The ministry's system makes this certificate: it is stored here when it comes back."""

    code = "ministry"


def renew_certificate(*, ce_year_id: int, now: datetime) -> Certificate:
    """Issue the renewed certificate, or return the one issued before (safe to retry, safe to run twice at once).

    Every step commits by itself, so that a crash between two of them loses nothing: the next call goes on from there.

    :raises NotRecognisedError: no recognition stands for the year, or the holding is no more at the year's authority.
    :raises IssuedElsewhereError: the authority's certificates are made by the ministry's system.
    :raises IssueStoppedError: the holding may not be extended, a name has a character no font draws, the photo's file
        is lost, no key can sign, or the worker died of it three times.
    :raises StoreAwayError: the storage does not answer; the sweep tries again.
    """
    outcome = issue_renewals(ce_year_ids=[ce_year_id], now=now)[ce_year_id]
    if outcome.certificate is not None:
        return outcome.certificate
    raise _error_of(outcome)


def _error_of(outcome: IssueOutcome) -> Exception:
    if outcome.stop is not None:
        return IssueStoppedError(outcome.reason, stop=outcome.stop)
    if outcome.code == "ministry":
        return IssuedElsewhereError(outcome.reason)
    if outcome.code in ("not_recognised", "no_holding"):
        return NotRecognisedError(outcome.reason, code=outcome.code)
    return outcome.error or RuntimeError(outcome.code)


@transaction.atomic
def begin_renewal(*, ce_year_id: int, now: datetime) -> Renewal:
    """Open the renewal of a recognised year, or return the one opened before.

    :raises NotRecognisedError: no recognition stands for the year.
    """
    recognition = (
        Recognition.objects.filter(ce_year_id=ce_year_id, outcome=RecognitionOutcome.RECOGNISED)
        .select_related("ce_year")
        .first()
    )
    if recognition is None:
        raise NotRecognisedError(_("本年度学时尚未认定"))
    year = recognition.ce_year
    holding = Holding.objects.get(learner_id=year.learner_id, authority_id=year.authority_id, post_id=year.post_id)
    renewal, _created = Renewal.objects.get_or_create(
        ce_year=year, defaults={"holding": holding, "recognised_at": recognition.decided_at}
    )
    return renewal


@transaction.atomic
def report_renewal(*, renewal_id: int, now: datetime) -> Renewal:
    """Enter the recognised hours in the issuing register, once.

    Where the operator issues by itself, the register is this system; an authority with a system of its own is told
    through the exchange, which sets the same time when the receipt has come.
    """
    renewal = Renewal.objects.select_for_update().get(pk=renewal_id)
    if renewal.reported_at is None:
        renewal.reported_at = now
        renewal.save(update_fields=["reported_at"])
        record_audit(actor=None, action="renewal.report", target=renewal, detail={}, now=now)
    return renewal
