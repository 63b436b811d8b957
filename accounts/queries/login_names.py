"""What a person signs in with."""

from __future__ import annotations

from django.db.models import Q

from accounts.models import User


def login_name_taken(name: str, *, but: int | None = None) -> bool:
    """Whether an account (other than ``but``) has ``name`` as user name, in any case, or as mobile number."""
    accounts = User.objects.filter(Q(username__iexact=name) | Q(mobile=name))
    return (accounts if but is None else accounts.exclude(pk=but)).exists()
