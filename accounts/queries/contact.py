"""How people may be reached beside the site."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from accounts.gateways import sms_is_on
from accounts.models import ContactSettings, User


@dataclass(frozen=True, slots=True)
class Reach:
    """Where one person's reminders go: ``email`` and ``mobile`` are empty where none is known, confirmed and wanted."""

    email: str
    mobile: str
    language: str


def contact_of(user: User) -> ContactSettings:
    """The person's choices, or the usual ones, unsaved; one statement."""
    return ContactSettings.objects.filter(user=user).first() or ContactSettings(user=user)


def reach_of(users: Iterable[User]) -> dict[int, Reach]:
    """Where the reminders of each of ``users`` go, by key; one statement. Closed accounts are reached nowhere."""
    people = list(users)
    chosen = {row.user_id: row for row in ContactSettings.objects.filter(user__in=people)}
    return {user.pk: _reach(user, chosen.get(user.pk)) for user in people}


def _reach(user: User, chosen: ContactSettings | None) -> Reach:
    choices = chosen or ContactSettings(user=user)
    known = dict(settings.LANGUAGES)
    has_email = user.is_active and choices.wants_email and choices.email_confirmed_at is not None
    has_mobile = user.is_active and choices.wants_sms and sms_is_on()
    return Reach(
        email=choices.email if has_email else "",
        mobile=user.mobile if has_mobile else "",
        language=choices.language if choices.language in known else settings.LANGUAGE_CODE,
    )
