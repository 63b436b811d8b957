"""Who may come in, who may act for an authority, and how often one may try."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.cache import cache
from django.db.models import Q
from django.http import HttpRequest

from accounts.models import User
from accounts.rules.mobile import MobileNumberError, read_mobile

REGISTRATIONS_AN_HOUR = 60  # one address may be a whole training hall
IDENTITY_TRIES_AN_HOUR = 12
PASSWORD_TRIES_AN_HOUR = 12
CONTACT_TRIES_AN_HOUR = 6  # each may send a mail to an address that is not the person's
LONGEST_NAME_COUNTED = 150  # a user name's; PostgreSQL refuses to count under more than 255


class UserNameOrMobileBackend(ModelBackend):
    """Sign in with the user name or the mobile number; a mobile number is never anyone else's user name."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Return the account whose name or number and password match, or None."""
        if not username or password is None:
            return None
        name = username.strip()
        matches = Q(username=name)
        with suppress(MobileNumberError):
            matches |= Q(mobile=read_mobile(name))
        user = User.objects.filter(matches).order_by("pk").first()
        if user is None:
            User().set_password(password)  # the same work as for a known name: the answer's time tells nothing
            return None
        return user if user.check_password(password) and self.user_can_authenticate(user) else None


def lockout_name(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str | None:
    """The name under which failures to sign in are counted: one mobile number is one name, however it is typed.

    Else "138-0013-8000" and "1 38 0013 8000" would each have tries of their own. It asks nobody whether the account
    exists, so the lock-out does not tell either.
    """
    given = credentials if credentials else request.POST if request is not None else {}
    name = given.get("username")
    if not isinstance(name, str):
        return None
    with suppress(MobileNumberError):
        return read_mobile(name)
    return name.strip()[:LONGEST_NAME_COUNTED]


def may_try(act: str, who: str, *, limit: int) -> bool:
    """Count one try of ``act`` by ``who``; say whether it is among the first ``limit`` of this hour.

    A brake on guessing, not a lock: tries at the same instant may count as one.
    """
    key = f"tries:{act}:{who}:{int(time.time()) // 3600}"
    count = cache.get(key, 0) + 1
    cache.set(key, count, timeout=3600)
    return count <= limit
