"""Everything that the register knows of one holding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Authority
from certificates.models import Certificate, DetachedSignature, Holding, HoldingEvent, Renewal, StatusProposal


@dataclass(frozen=True, slots=True)
class Version:
    """One certificate of a holding, the version that replaced it, and the signatures kept beside its file."""

    certificate: Certificate
    replaced_by: Certificate | None
    detached: tuple[DetachedSignature, ...]


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One holding: its versions, renewals and proposals, the newest first, and its events in their order."""

    holding: Holding
    versions: tuple[Version, ...]
    events: tuple[HoldingEvent, ...]
    renewals: tuple[Renewal, ...]
    proposals: tuple[StatusProposal, ...]

    @property
    def newest(self) -> Certificate | None:
        """The certificate in force, None before the first."""
        return self.versions[0].certificate if self.versions else None

    @property
    def open_proposal(self) -> StatusProposal | None:
        """The proposal that waits for a second person."""
        return next((each for each in self.proposals if each.state == "open"), None)


def registered_holdings(authorities: Sequence[Authority]) -> QuerySet[Holding]:
    """The authorities' holdings, each with learner, post and authority."""
    return Holding.objects.filter(authority__in=authorities).select_related("learner__user", "post", "authority")


def register_entry(holding: Holding) -> RegisterEntry:
    """Gather what belongs to a holding; five statements, however much there is."""
    certificates = list(
        Certificate.objects.filter(holding=holding)
        .defer("printed", "id_sealed", "qr_payload")
        .select_related("signing_key", "design", "renewal__ce_year", "proposal")
        .prefetch_related("detached_signatures")
        .order_by("-version")
    )
    newer = {each.replaces_id: each for each in certificates}
    events = HoldingEvent.objects.filter(holding=holding).order_by("sequence")
    renewals = Renewal.objects.filter(holding=holding).order_by("-recognised_at", "-pk")
    proposals = StatusProposal.objects.filter(holding=holding).order_by("-proposed_at", "-pk")
    return RegisterEntry(
        holding=holding,
        versions=tuple(
            Version(each, newer.get(each.pk), tuple(each.detached_signatures.all())) for each in certificates
        ),
        events=tuple(
            events.select_related("authority", "actor", "confirmed_by", "certificate", "previous", "proposal")
        ),
        renewals=tuple(renewals.select_related("ce_year", "ministry_batch")),
        proposals=tuple(proposals.select_related("authority", "proposed_by", "decided_by")),
    )
