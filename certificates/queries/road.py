"""Where one renewal stands on its road: hours → recognised → reported → issued, in either mode of issue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Authority
from certificates.enums import IssuerMode
from certificates.models import Certificate, Renewal
from lms.lib.own_language import own_language
from tracking.enums import RecognitionOutcome
from tracking.queries import YearStanding


@dataclass(frozen=True, slots=True)
class StatusStep:
    """One step of hours → recognised → reported → issued: ``state`` is done, current, refused or waiting.

    ``owner`` says who did it, or must act next; ``note`` what a person must know.
    """

    title: str
    state: str
    at: datetime | None
    owner: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Fact:
    title: str
    at: datetime | None
    owner: str
    note: str = ""
    is_refused: bool = False


def road_of(
    standing: YearStanding, renewal: Renewal | None, certificates: Iterable[Certificate], *, authority: Authority
) -> tuple[StatusStep, ...]:
    """The four steps of one year, each with its owner and time; no statement where ``authority``, the holding's, came
    with its ``issuer_profile``.
    """
    mode = _mode_of(authority, renewal, certificates)
    facts = (_hours(standing), _recognition(standing), _report(standing, renewal, mode), _issue(renewal, mode))
    steps: list[StatusStep] = []
    open_step_met = False
    for fact in facts:
        if fact.at is not None and not open_step_met:
            state = "done"
        elif not open_step_met:
            state = "refused" if fact.is_refused else "current"
            open_step_met = True
        else:
            state = "waiting"
        at = fact.at if state == "done" else None
        steps.append(StatusStep(title=fact.title, state=state, at=at, owner=fact.owner, note=fact.note))
    return tuple(steps)


def _mode_of(authority: Authority, renewal: Renewal | None, certificates: Iterable[Certificate]) -> IssuerMode:
    """Who made the certificate; or who will: the ministry's system once it has the renewal, else as settled now."""
    if renewal is not None:
        made = next((each for each in certificates if each.renewal_id == renewal.pk), None)
        if made is not None:
            return IssuerMode(made.mode)
        if renewal.ministry_batch_id is not None:
            return IssuerMode.MINISTRY
    profile = getattr(authority, "issuer_profile", None)
    return IssuerMode(profile.mode) if profile is not None else IssuerMode.OWN


def _hours(standing: YearStanding) -> _Fact:
    return _Fact(_("学时达标"), standing.ce_year.met_at, _("学员本人"))


def _recognition(standing: YearStanding) -> _Fact:
    decision = standing.recognition
    is_recognised = decision is not None and decision.outcome == RecognitionOutcome.RECOGNISED
    is_refused = decision is not None and not is_recognised
    by_itself = decision.decided_by_id is None if decision is not None else standing.is_automatic
    return _Fact(
        title=_("学时认定"),
        at=decision.decided_at if decision is not None and is_recognised else None,
        owner=_("系统自动认定") if by_itself else own_language(standing.ce_year.authority),
        note=decision.reason if decision is not None and is_refused else "",
        is_refused=is_refused,
    )


def _report(standing: YearStanding, renewal: Renewal | None, mode: IssuerMode) -> _Fact:
    at = renewal.reported_at if renewal else None
    if mode == IssuerMode.OWN:
        return _Fact(_("数据上报"), at, _("系统"))
    note = _failure(renewal) or _("已进入待报送队列，由主管部门打包报送部系统。")
    return _Fact(_("数据上报"), at, own_language(standing.ce_year.authority), note)


def _issue(renewal: Renewal | None, mode: IssuerMode) -> _Fact:
    at = renewal.issued_at if renewal else None
    if mode == IssuerMode.OWN:
        return _Fact(_("证书签发"), at, _("系统"), _failure(renewal))
    note = _failure(renewal) or _("数据已报送，等待部系统生成证书并回传。")
    return _Fact(_("证书签发"), at, _("部系统"), note)


def _failure(renewal: Renewal | None) -> str:
    return _(renewal.failure) if renewal and renewal.failure else ""  # kept in the worker's language
