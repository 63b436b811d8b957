"""Who makes which certificate now: renewals are opened, reported, and claimed before the long work begins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts.operations import Act, record_audit, record_audits
from certificates.enums import CertificateStatus, IssuerMode, IssueStop
from certificates.models import Certificate, Holding, Renewal
from certificates.operations.events import extension_refusal
from certificates.operations.issuing_drafts import (
    CertificateDraft,
    Issuer,
    brought_certificates,
    ce_lines_of,
    draft_renewal,
    first_number,
    issuers_of,
    newest_certificates,
    series_facts,
)
from certificates.operations.numbering import (
    UnknownSchemeError,
    held_serials,
    hold_serials,
    let_go_serials,
    number_scheme,
    take_status_serials,
    use_serials,
)
from certificates.rules.numbering import NumberingError
from certificates.rules.status import status_admits_extension
from tracking.enums import RecognitionOutcome
from tracking.models import Recognition

CLAIM_SECONDS = 60  # longer than a page takes: a claim older than this was left by a worker that died
MOST_ATTEMPTS = 3  # that ended without a word


@dataclass(frozen=True, slots=True)
class IssueOutcome:
    """What became of one year: a certificate; or ``stop`` with the reason for a person; or neither.

    Neither: ``code`` says what it waits for: ``not_recognised``, ``ministry`` (made elsewhere), ``away`` (the storage),
    ``error`` (see ``error``; it is tried again, alone, and stopped after three times), ``claimed`` (by another worker),
    ``no_holding``.
    """

    certificate: Certificate | None = None
    stop: IssueStop | None = None
    reason: str = ""
    code: str = ""
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class _Facts:
    """Claimed renewals, and what was read with them."""

    renewals: list[Renewal] = field(default_factory=list)
    issuers: dict[int, Issuer] = field(default_factory=dict)
    lines: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    newest: dict[int, Certificate] = field(default_factory=dict)
    brought: dict[int, Certificate] = field(default_factory=dict)
    held: dict[UUID, tuple[str, int]] = field(default_factory=dict)
    status_serials: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Claims:
    """Renewals to make now, what is settled already, and years for the next round; ``passed_over``: those
    whose number was another certificate's.
    """

    drafts: list[CertificateDraft] = field(default_factory=list)
    outcomes: dict[int, IssueOutcome] = field(default_factory=dict)
    later: list[int] = field(default_factory=list)
    passed_over: list[int] = field(default_factory=list)


def claim_renewals(*, ce_year_ids: Sequence[int], now: datetime, skip_claimed: bool = False) -> Claims:
    """Open, report and claim the renewals of recognised years in one short transaction, and draft their certificates.

    One of a holding at a time, the others go ``later``. What ended without a word before is made alone, so that it
    takes nobody with it, and is stopped after three times. A claim that is younger than a minute may be another
    worker's: the work is done all the same, and the first to finish wins, unless ``skip_claimed`` leaves it alone.
    """
    claims = Claims()
    facts = _taken(ce_year_ids, claims, now=now, skip_claimed=skip_claimed)
    for renewal in facts.renewals:
        try:
            draft = _drafted(renewal, facts, now=now)
        except (NumberingError, UnknownSchemeError) as error:
            reason = _("无法生成证书编号（%(detail)s），请联系管理员") % {"detail": error}
            claims.outcomes[renewal.ce_year_id] = stop_renewal(renewal, stop=IssueStop.NUMBERS, reason=reason)
        else:
            claims.drafts.append(draft)
    _pass_over_borne(claims, now=now)
    return claims


def _pass_over_borne(claims: Claims, *, now: datetime) -> None:
    """Give up serials whose number another certificate bears already, so that nobody is held up by them.

    The ministry's system may have written it, or a slow worker whose number was let go meanwhile.
    """
    first = {draft.printed.number: draft for draft in claims.drafts if draft.previous is None}
    for number in set(Certificate.objects.filter(number__in=first).values_list("number", flat=True)):
        renewal = first[number].cause
        assert isinstance(renewal, Renewal)  # noqa: S101 - claims make drafts of renewals
        claims.drafts.remove(first[number])
        _give_up_serial(renewal, number, now=now)
        claims.passed_over.append(renewal.ce_year_id)


@transaction.atomic
def _give_up_serial(renewal: Renewal, number: str, *, now: datetime) -> None:
    release_renewals([renewal], forget_attempt=True)
    if use_serials([renewal.uuid]):
        record_audit(actor=None, action="renewal.number_taken", target=renewal, detail={"number": number}, now=now)


def _drafted(renewal: Renewal, facts: _Facts, *, now: datetime) -> CertificateDraft:
    issuer, previous = facts.issuers[renewal.holding.authority_id], facts.newest.get(renewal.holding_id)
    if previous is not None:
        number = previous.number
    else:
        number_scheme(issuer.profile.numbering)  # unknown: no serial is held
        series, serial = facts.held[renewal.uuid]
        number = first_number(renewal.holding, issuer, series=series, serial=serial, now=now)
    return draft_renewal(
        renewal,
        issuer=issuer,
        previous=previous,
        brought=facts.brought.get(renewal.holding_id),
        number=number,
        ce_line=facts.lines[renewal.pk],
        status_serial=facts.status_serials[renewal.pk],
        now=now,
    )


@transaction.atomic
def stop_renewal(renewal: Renewal, *, stop: IssueStop, reason: str) -> IssueOutcome:
    """Keep why a renewal waits, and let its number go to the next."""
    Renewal.objects.filter(pk=renewal.pk, issued_at__isnull=True).update(
        failure=reason[:300], stopped_by=stop, attempts=0, claimed_at=None
    )
    let_go_serials([renewal.uuid])
    return IssueOutcome(stop=stop, reason=reason)


@transaction.atomic
def release_renewals(renewals: Iterable[Renewal], *, forget_attempt: bool) -> None:
    """Give claims back without a result; ``forget_attempt`` where the renewal is not to blame."""
    rows = lock_renewals(Renewal.objects.filter(pk__in=[each.pk for each in renewals], issued_at__isnull=True))
    rows.update(claimed_at=None, **({"attempts": 0} if forget_attempt else {}))


def lock_renewals(rows: QuerySet[Renewal]) -> QuerySet[Renewal]:
    """Lock renewals that are about to be updated together, in everybody's order: an update alone takes them as they
    lie in the table, and would wait in a circle with a claim. To be called in the transaction of the update.
    """
    locked = rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True)
    return Renewal.objects.filter(pk__in=list(locked))


@transaction.atomic
def _taken(ce_year_ids: Sequence[int], claims: Claims, *, now: datetime, skip_claimed: bool) -> _Facts:
    """Lock the renewals, choose and claim those to make now, and read under the lock all that their pages say."""
    renewals = _opened(ce_year_ids, claims)
    issuers = issuers_of({each.holding.authority for each in renewals})
    issued = {each.renewal_id: each for each in Certificate.objects.filter(renewal__in=renewals)}
    ready = []
    for renewal in renewals:
        outcome = _settled(renewal, issued, issuers, now=now)
        if outcome is None and skip_claimed and _is_young(renewal, now=now):
            outcome = IssueOutcome(code="claimed", reason=_("正在签发"))
        if outcome is None:
            ready.append(renewal)
        else:
            claims.outcomes[renewal.ce_year_id] = outcome
    chosen = _chosen(ready)
    claims.later = [each.ce_year_id for each in ready if each not in chosen]
    for renewal in [each for each in chosen if _is_spent(each, now=now)]:
        reason = _("多次签发均异常中断，请联系管理员处理")
        claims.outcomes[renewal.ce_year_id] = stop_renewal(renewal, stop=IssueStop.WORKER, reason=reason)
        chosen.remove(renewal)
    return _claimed(chosen, issuers, now=now)


def _claimed(chosen: list[Renewal], issuers: dict[int, Issuer], *, now: datetime) -> _Facts:
    if not chosen:
        return _Facts()
    _report(chosen, now=now)
    uncounted = [each.pk for each in chosen if not _is_young(each, now=now)]
    rows = Renewal.objects.filter(pk__in=[each.pk for each in chosen])
    rows.filter(pk__in=uncounted).update(attempts=F("attempts") + 1, claimed_at=now)
    rows.exclude(failure="").update(failure="", stopped_by="")
    lines, newest = ce_lines_of(chosen), newest_certificates(each.holding_id for each in chosen)
    first = [each for each in chosen if each.holding_id not in newest]
    brought = brought_certificates(each.holding_id for each in chosen)
    held = _hold_numbers(first, issuers, now=now)
    serials = take_status_serials(len(chosen))
    return _Facts(
        renewals=chosen,
        issuers=issuers,
        lines=lines,
        newest=newest,
        brought=brought,
        held=held,
        status_serials={each.pk: serial for each, serial in zip(chosen, serials, strict=True)},
    )


def _opened(ce_year_ids: Sequence[int], claims: Claims) -> list[Renewal]:
    """The renewals of the years, locked, in the order asked; those of recognised years are opened here."""
    recognised = {
        each.ce_year_id: each
        for each in Recognition.objects.filter(ce_year__in=ce_year_ids, outcome=RecognitionOutcome.RECOGNISED)
        .select_related("ce_year")
        .order_by("ce_year_id")  # whoever opens the same renewals at once waits in the same order
    }
    for pk in set(ce_year_ids) - set(recognised):
        claims.outcomes[pk] = IssueOutcome(code="not_recognised", reason=_("本年度学时尚未认定"))
    known = set(Renewal.objects.filter(ce_year__in=recognised).values_list("ce_year_id", flat=True))
    holdings = _holdings_of([recognised[pk] for pk in recognised if pk not in known])
    missing = [recognised[pk] for pk in holdings]
    for pk in set(recognised) - known - set(holdings):
        claims.outcomes[pk] = IssueOutcome(code="no_holding", reason=_("没有对应的持有证书"))
    if missing:
        Renewal.objects.bulk_create(
            [
                Renewal(ce_year=each.ce_year, holding=holdings[each.ce_year_id], recognised_at=each.decided_at)
                for each in missing
            ],
            ignore_conflicts=True,
        )
    rows = Renewal.objects.select_for_update(of=("self",)).filter(ce_year__in=recognised).order_by("pk")
    joined = rows.select_related(
        "ce_year__learner",
        "ce_year__post",
        "ce_year__authority",
        "holding__learner",
        "holding__authority",
        "holding__post",
    )
    by_year = {row.ce_year_id: row for row in joined}
    return [by_year[pk] for pk in dict.fromkeys(ce_year_ids) if pk in by_year]


def _holdings_of(recognitions: Iterable[Recognition]) -> dict[int, Holding]:
    """The holding of each year, by the year's key; a year may have none any more."""
    years = {each.ce_year_id: each.ce_year for each in recognitions}
    rows = Holding.objects.filter(learner__in={year.learner_id for year in years.values()})
    by_holder = {(row.learner_id, row.authority_id, row.post_id): row for row in rows}
    keys = {pk: (year.learner_id, year.authority_id, year.post_id) for pk, year in years.items()}
    return {pk: by_holder[key] for pk, key in keys.items() if key in by_holder}


def _settled(
    renewal: Renewal, issued: dict[int, Certificate], issuers: dict[int, Issuer], *, now: datetime
) -> IssueOutcome | None:
    """What needs no work: issued before, made by the ministry, or not to be issued as the holding stands."""
    if renewal.pk in issued:
        return IssueOutcome(certificate=issued[renewal.pk])
    if renewal.ministry_batch_id or issuers[renewal.holding.authority_id].profile.mode == IssuerMode.MINISTRY:
        let_go_serials([renewal.uuid])  # held before the ministry took over
        return IssueOutcome(code="ministry", reason=_("由部系统签发，正在等待回传"))
    if not status_admits_extension(CertificateStatus(renewal.holding.status)):
        _report([renewal], now=now)  # the hours are entered all the same: what waits is the certificate
        return stop_renewal(renewal, stop=IssueStop.STATUS, reason=extension_refusal(renewal.holding))
    return None


def _chosen(ready: list[Renewal]) -> list[Renewal]:
    """Those to make together: one of a holding; or, where nothing else waits, one that ended without a word before."""
    together: dict[int, Renewal] = {}
    for renewal in ready:
        if not renewal.attempts:
            together.setdefault(renewal.holding_id, renewal)
    return list(together.values()) or ready[:1]


def _is_spent(renewal: Renewal, *, now: datetime) -> bool:
    return renewal.attempts >= MOST_ATTEMPTS and not _is_young(renewal, now=now)


def _is_young(renewal: Renewal, *, now: datetime) -> bool:
    return renewal.claimed_at is not None and now - renewal.claimed_at < timedelta(seconds=CLAIM_SECONDS)


def _report(renewals: list[Renewal], *, now: datetime) -> None:
    """Enter the hours of locked renewals in the issuing register, once each."""
    unreported = [each for each in renewals if each.reported_at is None]
    Renewal.objects.filter(pk__in=[each.pk for each in unreported]).update(reported_at=now)
    record_audits([Act(action="renewal.report", target=each) for each in unreported], now=now)


def _hold_numbers(first: list[Renewal], issuers: dict[int, Issuer], *, now: datetime) -> dict[UUID, tuple[str, int]]:
    """Hold a serial for each first certificate; what an earlier attempt holds is kept where the scheme is the same."""
    held = held_serials(each.uuid for each in first)
    wanted = {}
    for renewal in first:
        try:
            scheme = number_scheme(issuers[renewal.holding.authority_id].profile.numbering)
        except UnknownSchemeError:
            continue  # the draft says so
        facts = series_facts(renewal.holding, now=now)
        if renewal.uuid not in held or scheme.series_year(held[renewal.uuid][0], facts) is None:
            wanted[renewal.uuid] = scheme.series(facts)
    let_go_serials(set(wanted) & set(held))
    given = hold_serials(wanted)
    return {**held, **{cause: (wanted[cause], serial) for cause, serial in given.items()}}
