"""Who may come in, and who may act for an authority."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Q
from django.http import HttpRequest

from accounts.models import User


class UserNameOrMobileBackend(ModelBackend):
    """Sign in with the user name or the mobile number; a mobile number is never anyone else's user name."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Return the account whose name or number and password match, or None."""
        if not username or password is None:
            return None
        name = username.strip()
        user = User.objects.filter(Q(username=name) | Q(mobile=name)).order_by("pk").first() if name else None
        if user is None:
            User().set_password(password)  # the same work as for a known name: the answer's time tells nothing
            return None
        return user if user.check_password(password) and self.user_can_authenticate(user) else None
