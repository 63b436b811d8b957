"""A learner's certificates and where each stands on the road."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from django.db.models import Exists, OuterRef, Prefetch

from accounts.models import Learner
from certificates.enums import CertificateStatus
from certificates.models import Certificate, HolderRecord, Holding, Renewal
from certificates.queries.history import HistoryLine, history_of, history_prefetch, restored_at
from certificates.queries.lapses import Lapse, lapse_of
from certificates.queries.road import StatusStep, road_of
from lms.lib.list_cells import normalise_name
from tracking.enums import CeYearKind
from tracking.queries import YearStanding, year_standings


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
        .select_related("learner", "post", "authority__issuer_profile", "record")
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
        steps=road_of(standing, renewals.get(standing.ce_year.pk), certificates, authority=holding.authority)
        if standing
        else (),
        certificate=certificates[0] if certificates else None,
        earlier=certificates[1:],
        history=history,
    )


def _is_short(standing: YearStanding, on: date) -> bool:
    year = standing.ce_year
    return year.kind == CeYearKind.ANNUAL and year.closes_on < on and not standing.met


def _issued(renewal: Renewal | None) -> bool:
    return renewal is not None and renewal.issued_at is not None
