"""Who a user is to the rest of the house."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.enums import OfficerRole
from accounts.models import Authority, Learner, OfficerAppointment, TrainingInstitution, User


@dataclass(frozen=True, slots=True)
class HeaderFacts:
    """What the header of every page shows of a person: whether one acts for an authority, and how much is unread."""

    is_officer: bool
    unread: int


NOBODY = HeaderFacts(is_officer=False, unread=0)


def header_facts(user: User | AnonymousUser) -> HeaderFacts:
    """The header's facts; one statement, none for visitors."""
    if user.pk is None:
        return NOBODY
    unread = Count("site_messages", filter=Q(site_messages__read_at__isnull=True))
    is_officer = Exists(OfficerAppointment.objects.filter(user=OuterRef("pk")))
    found = User.objects.filter(pk=user.pk).annotate(unread=unread, is_officer=is_officer)
    row = found.values_list("is_officer", "unread").first()
    return HeaderFacts(*row) if row is not None else NOBODY


def learner_of(user: User | AnonymousUser) -> Learner | None:
    """The user's registered identity with its ``user``, or None before the real-name form; one statement."""
    if user.pk is None:
        return None
    try:
        return Learner.objects.select_related("user").get(user_id=user.pk)
    except Learner.DoesNotExist:
        return None


def authorities_of_officer(user: User | AnonymousUser, role: OfficerRole | str | None = None) -> QuerySet[Authority]:
    """The authorities that the user acts for, in ``role`` or in any, by code; empty for everyone else."""
    if user.pk is None:
        return Authority.objects.none()
    if role is None:
        return Authority.objects.filter(appointments__user_id=user.pk).distinct().order_by("code", "pk")
    return Authority.objects.filter(appointments__user_id=user.pk, appointments__role=role).order_by("code", "pk")


def institutions_of_member(user: User | AnonymousUser) -> QuerySet[TrainingInstitution]:
    """The training institutions that the user files for, with their authority, by name; empty for everyone else."""
    if user.pk is None:
        return TrainingInstitution.objects.none()
    own = TrainingInstitution.objects.filter(members__user_id=user.pk).select_related("authority")
    return own.order_by("name", "pk")
