"""A learner's certificates and where each stands on the road."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile

from django.db.models import Exists, OuterRef, Prefetch
from django.utils.translation import gettext as _

from accounts.models import Learner
from certificates.enums import CertificateStatus
from certificates.models import Certificate, HolderRecord, Holding, Renewal
from certificates.queries.history import HistoryLine, history_of, history_prefetch, restored_at
from certificates.queries.lapses import Lapse, lapse_of
from lms.lib.list_cells import normalise_name
from lms.lib.own_language import own_language
from tracking.enums import CeYearKind, RecognitionOutcome
from tracking.queries import YearStanding, year_standings


@dataclass(frozen=True, slots=True)
class StatusStep:
    """One step of hours → recognised → reported → issued: ``state`` is done, current, refused or waiting.

    ``owner`` says who must act next where the step is current; ``note`` what a person must know.
    """

    title: str
    state: str
    at: datetime | None
    owner: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class HoldingCard:
    """One holding as the learner's page shows it.

    ``standing`` is the renewal until it is issued, then the newest year whose window has opened; ``upcoming`` a year
    whose window opens later; ``short`` are the annual years that are over and not met, newest first. ``history`` is
    everything that was done to the holding, newest first.
    """

    holding: Holding
    standing: YearStanding | None
    upcoming: YearStanding | None
    short: tuple[YearStanding, ...]
    lapse: Lapse | None
    steps: tuple[StatusStep, ...]
    certificate: Certificate | None
    earlier: tuple[Certificate, ...]
    history: tuple[HistoryLine, ...]

    @property
    def is_valid(self) -> bool:
        """Whether the certificate stands as valid."""
        return self.holding.status == CertificateStatus.VALID

    @property
    def why_not_valid(self) -> HistoryLine | None:
        """The act since which the certificate stands as it does, None while that is valid."""
        if self.is_valid:
            return None
        same = list(takewhile(lambda line: line.status == self.holding.status, self.history))
        return same[-1] if same else None

    @property
    def can_study(self) -> bool:
        """Whether the next step is to study: something is missing and hours still lead to a certificate.

        Hours earned while the certificate is suspended count once the suspension is lifted.
        """
        leads_on = self.holding.status in (CertificateStatus.VALID, CertificateStatus.SUSPENDED)
        return self.standing is not None and not self.standing.met and self.lapse is None and leads_on

    @property
    def is_on_its_way(self) -> bool:
        """Recognised, not issued yet, and nothing waits for a person: a matter of seconds."""
        recognised = len(self.steps) > 1 and self.steps[1].state == "done"
        return recognised and any(step.state == "current" and not step.note for step in self.steps)


def records_to_claim(learner: Learner) -> list[HolderRecord]:
    """Old certificates listed under the learner's identity number and name that the learner can claim.

    Those of a post or with a number that the learner holds already are left out. Oldest first; one statement.
    """
    held = Holding.objects.filter(learner=learner)
    same_post = held.filter(post=OuterRef("post"), authority=OuterRef("authority"))
    return list(
        HolderRecord.objects.filter(
            ~Exists(same_post),
            id_digest=learner.id_digest,
            full_name=normalise_name(learner.full_name),
            holding__isnull=True,
        )
        .exclude(number__in=held.values("number"))
        .select_related("post", "authority")
        .order_by("issued_on", "pk")
    )


def holding_cards(learner: Learner, *, on: date) -> list[HoldingCard]:
    """The learner's holdings on the day ``on``, oldest claim first, ready to show.

    The statements do not grow with their number.
    """
    holdings = list(
        Holding.objects.filter(learner=learner)
        .select_related("learner", "post", "authority", "record")
        .prefetch_related(
            Prefetch(
                "certificates",
                queryset=Certificate.objects.order_by("-version"),
            ),
            history_prefetch(),
            Prefetch("renewals", queryset=Renewal.objects.order_by("-recognised_at", "-pk")),
        )
        .order_by("claimed_at", "pk")
    )
    standings = year_standings(learner) if holdings else []
    return [_card(holding, standings, on) for holding in holdings]


def _card(holding: Holding, standings: list[YearStanding], on: date) -> HoldingCard:
    own = [
        each
        for each in standings
        if (each.ce_year.post_id, each.ce_year.authority_id) == (holding.post_id, holding.authority_id)
    ]
    renewals = {renewal.ce_year_id: renewal for renewal in holding.renewals.all()}
    # the renewal leads until it is issued; afterwards the newest year that has opened does
    leading = [each for each in own if each.ce_year.kind == CeYearKind.RENEWAL]
    unissued = [each for each in leading if not _issued(renewals.get(each.ce_year.pk))]
    opened = [each for each in own if each.ce_year.opens_on <= on]
    standing = next(iter(unissued), None) or (opened[-1] if opened else None)
    later = [each for each in own if each.ce_year.opens_on > on]
    certificates = tuple(holding.certificates.all())
    history = history_of(holding, holding.events.all())
    return HoldingCard(
        holding=holding,
        standing=standing,
        upcoming=later[0] if later else None,
        short=tuple(each for each in reversed(own) if _is_short(each, on)),
        lapse=lapse_of(own, on=on, restored=restored_at(history)),
        steps=_steps(standing, renewals.get(standing.ce_year.pk)) if standing else (),
        certificate=certificates[0] if certificates else None,
        earlier=certificates[1:],
        history=history,
    )


def _is_short(standing: YearStanding, on: date) -> bool:
    year = standing.ce_year
    return year.kind == CeYearKind.ANNUAL and year.closes_on < on and not standing.met


def _issued(renewal: Renewal | None) -> bool:
    return renewal is not None and renewal.issued_at is not None


def _steps(standing: YearStanding, renewal: Renewal | None) -> tuple[StatusStep, ...]:
    year, recognition = standing.ce_year, standing.recognition
    recognised = recognition is not None and recognition.outcome == RecognitionOutcome.RECOGNISED
    refused = recognition is not None and not recognised
    authority = own_language(year.authority)
    failure = _(renewal.failure) if renewal and renewal.failure else ""  # kept in the worker's language
    facts = [
        (_("学时达标"), year.met_at, _("学员本人"), ""),
        (
            _("学时认定"),
            recognition.decided_at if recognition and recognised else None,
            _("系统自动认定") if standing.is_automatic else authority,
            recognition.reason if recognition and refused else "",
        ),
        (_("数据上报"), renewal.reported_at if renewal else None, _("系统"), ""),
        (_("证书签发"), renewal.issued_at if renewal else None, _("系统"), failure),
    ]
    steps: list[StatusStep] = []
    open_step_met = False
    for position, (title, at, owner, note) in enumerate(facts):
        if at is not None and not open_step_met:
            state = "done"
        elif not open_step_met:
            state = "refused" if position == 1 and refused else "current"
            open_step_met = True
        else:
            state = "waiting"
        steps.append(StatusStep(title=title, state=state, at=at if state == "done" else None, owner=owner, note=note))
    return tuple(steps)
