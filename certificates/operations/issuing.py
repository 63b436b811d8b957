"""Certificates by the handful: claim, page by page without a lock, one short transaction for what came of it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from certificates.gateways.certificate_store import StoreAwayError
from certificates.models import Renewal
from certificates.operations.issuing_claims import IssueOutcome, claim_renewals, release_renewals, stop_renewal
from certificates.operations.issuing_drafts import CertificateDraft
from certificates.operations.issuing_pages import IssueStoppedError, make_page
from certificates.operations.issuing_records import Made, Written, write_certificates

MOST_STALE_ROUNDS = 5
MOST_PASSED_ROUNDS = 20  # of numbers that others bear; the sweep goes on, so that a scheme gone wrong holds nobody up
logger = logging.getLogger(__name__)


def issue_renewals(*, ce_year_ids: Sequence[int], now: datetime, skip_claimed: bool = False) -> dict[int, IssueOutcome]:
    """Issue the certificates of recognised years, each exactly once, and say what became of each (safe to retry).

    Every step commits by itself and the long work holds no lock, so that a worker that dies loses nothing and keeps
    nobody waiting: the next call goes on from there. ``skip_claimed`` leaves alone what another worker began within
    the last minute. What one year suffers keeps no other from its certificate.

    :raises OperationalError: the database does not answer.
    """
    outcomes: dict[int, IssueOutcome] = {}
    waiting, stale_rounds, passed_rounds = list(dict.fromkeys(ce_year_ids)), 0, 0
    while waiting:
        claims = claim_renewals(ce_year_ids=waiting, now=now, skip_claimed=skip_claimed)
        outcomes |= claims.outcomes
        written = write_certificates(_made(claims.drafts, outcomes, now=now), now=now)
        stale = _noted(written, outcomes)
        stale_rounds += bool(stale)
        if stale_rounds == MOST_STALE_ROUNDS:
            _give_up(stale, outcomes)
            stale = []
        passed_rounds += bool(claims.passed_over)
        if passed_rounds == MOST_PASSED_ROUNDS:
            outcomes |= dict.fromkeys(claims.passed_over, IssueOutcome(code="claimed", reason=_("正在签发")))
            claims.passed_over.clear()
        waiting = [*claims.later, *claims.passed_over, *(_renewal(each.made.draft).ce_year_id for each in stale)]
        skip_claimed = skip_claimed and not stale  # these are claimed by ourselves
    return outcomes


def _made(drafts: Sequence[CertificateDraft], outcomes: dict[int, IssueOutcome], *, now: datetime) -> list[Made]:
    """The files of drafts; what cannot be made is noted. A storage that is away for one is not asked for the next."""
    made: list[Made] = []
    left = list(drafts)
    while left:
        draft = left.pop(0)
        renewal = _renewal(draft)
        try:
            made.append(Made(draft, make_page(draft, now=now)))
        except IssueStoppedError as error:
            outcomes[renewal.ce_year_id] = stop_renewal(renewal, stop=error.stop, reason=str(error))
        except StoreAwayError as error:
            logger.warning("The storage is away: %s", error)
            for each in (renewal, *map(_renewal, left)):
                outcomes[each.ce_year_id] = IssueOutcome(code="away", reason=_("存储服务暂时无法使用"), error=error)
            release_renewals([renewal, *map(_renewal, left)], forget_attempt=True)
            break
        except Exception as error:  # whatever it is: the others must not wait for it
            logger.exception("The page of renewal %s could not be made", renewal.uuid)
            _keep_error(renewal, error, outcomes)
    return made


def _noted(written: Sequence[Written], outcomes: dict[int, IssueOutcome]) -> list[Written]:
    """Note what was written and what failed; give what must be looked at anew."""
    for each in written:
        renewal = _renewal(each.made.draft)
        if each.certificate is not None:
            outcomes[renewal.ce_year_id] = IssueOutcome(certificate=each.certificate)
        elif each.error is not None:
            _keep_error(renewal, each.error, outcomes)
    return [each for each in written if each.stale]


def _keep_error(renewal: Renewal, error: Exception, outcomes: dict[int, IssueOutcome]) -> None:
    release_renewals([renewal], forget_attempt=False)
    outcomes[renewal.ce_year_id] = IssueOutcome(code="error", reason=type(error).__name__, error=error)


def _give_up(stale: Sequence[Written], outcomes: dict[int, IssueOutcome]) -> None:
    """Somebody keeps changing these holdings: the sweep tries again later."""
    renewals = [_renewal(each.made.draft) for each in stale]
    release_renewals(renewals, forget_attempt=True)
    for renewal in renewals:
        outcomes[renewal.ce_year_id] = IssueOutcome(code="claimed", reason=_("正在签发"))


def _renewal(draft: CertificateDraft) -> Renewal:
    assert isinstance(draft.cause, Renewal)  # noqa: S101 - claims make drafts of renewals
    return draft.cause
