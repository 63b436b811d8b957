"""What the CMS's own screens do to accounts stands in the audit trail, as at the system administrator's desk."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from django.utils import timezone
from wagtail import hooks

from accounts.models import User
from accounts.operations import record_audit


@hooks.register("after_create_user")
def record_creation(request: HttpRequest, user: User) -> None:
    """An account was made."""
    _record(request, "user.create", user)


@hooks.register("after_edit_user")
def record_change(request: HttpRequest, user: User) -> None:
    """An account was changed, perhaps its rights or its password."""
    _record(request, "user.change", user)


def _record(request: HttpRequest, action: str, user: User) -> None:
    rights = {"is_active": user.is_active, "is_staff": user.is_staff, "is_superuser": user.is_superuser}
    groups = sorted(user.groups.values_list("name", flat=True))
    detail = {**rights, "groups": groups}
    record_audit(actor=cast(User, request.user), action=action, target=user, detail=detail, now=timezone.now())
