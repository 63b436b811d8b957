"""Acts that wait for a second person, and certificates that wait to be received."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.fields.json import KT

from accounts.models import Authority, User
from certificates.enums import CertificateOperation, CertificateStatus, HoldingAct, IssuerMode, ProposalState
from certificates.models import Holding, HoldingEvent, StatusProposal
from certificates.rules.status import acts_open_to_officers


def acts_open_to(holding: Holding) -> tuple[HoldingAct, ...]:
    """What two officers of its authority may do to a holding as it stands.

    A certificate on paper can be neither corrected nor transferred, one that the ministry made is corrected there.
    """
    acts = acts_open_to_officers(CertificateStatus(holding.status))
    if holding.certificate_mode == IssuerMode.MINISTRY:
        acts = tuple(act for act in acts if act is not HoldingAct.CORRECT)
    if holding.certificate_number:
        return acts
    return tuple(act for act in acts if act not in (HoldingAct.CORRECT, HoldingAct.TRANSFER_OUT))


def proposals_on_desk(authorities: Sequence[Authority], *, officer: User) -> QuerySet[StatusProposal]:
    """Every proposal of the authorities, without those on the officer's own certificates, with all that is shown."""
    related = ("holding__learner", "holding__post", "holding__authority", "authority", "proposed_by", "decided_by")
    return (
        StatusProposal.objects.filter(authority__in=authorities)
        .exclude(holding__learner__user=officer)
        .select_related(*related)
    )


def open_proposals(authorities: Sequence[Authority], *, officer: User) -> QuerySet[StatusProposal]:
    """Those that wait for a second person, the longest waiting first."""
    waiting = proposals_on_desk(authorities, officer=officer).filter(state=ProposalState.OPEN)
    return waiting.order_by("proposed_at", "pk")


def decided_proposals(authorities: Sequence[Authority], *, officer: User) -> QuerySet[StatusProposal]:
    """Those that were decided or withdrawn, the newest decision first."""
    decided = proposals_on_desk(authorities, officer=officer).exclude(state=ProposalState.OPEN)
    return decided.order_by("-decided_at", "-pk")


def incoming_transfers(authorities: Sequence[Authority], *, officer: User) -> QuerySet[Holding]:
    """Certificates on their way to one of the authorities and not received yet, the longest waiting first.

    ``transferred_at`` is when they were sent, ``receiver_code`` names the authority.
    """
    out = StatusProposal.objects.filter(
        holding=OuterRef("pk"), status=CertificateStatus.TRANSFERRED, state=ProposalState.CONFIRMED
    ).order_by("-decided_at", "-pk")
    received = HoldingEvent.objects.filter(
        operation=CertificateOperation.TRANSFER_IN,
        proposal__holding=OuterRef("pk"),
        at__gte=OuterRef("transferred_at"),
    )
    return (
        Holding.objects.filter(status=CertificateStatus.TRANSFERRED)
        .annotate(
            transferred_at=out.values("decided_at")[:1],
            receiver_code=out.annotate(receiver=KT("changes__to")).values("receiver")[:1],
        )
        .filter(~Exists(received), receiver_code__in=[authority.code for authority in authorities])
        .exclude(learner__user=officer)
        .select_related("learner", "post", "authority")
        .order_by(F("transferred_at"), "pk")
    )
