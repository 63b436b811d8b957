"""What an officer's last searches found, kept in the session: keys of rows and a masked label, no identity number."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.http import HttpRequest

from certificates.enums import RegisterKey
from certificates.operations import RegisterFind

SESSION_KEY = "register_finds"
MOST_KEPT = 3


@dataclass(frozen=True, slots=True)
class KeptFind:
    """A search of this session: ``key`` names it in addresses, ``ids`` are holdings."""

    key: str
    by: RegisterKey
    label: str
    ids: tuple[int, ...]
    is_cut: bool


def keep_find(request: HttpRequest, find: RegisterFind) -> str:
    """Keep what was found beside the last few; returns the key."""
    key = secrets.token_urlsafe(9)
    kept = {
        "key": key,
        "by": find.by.value,
        "label": find.label,
        "ids": list(find.found.ids),
        "is_cut": find.found.is_cut,
    }
    request.session[SESSION_KEY] = [kept, *request.session.get(SESSION_KEY, [])][:MOST_KEPT]
    return key


def kept_find(request: HttpRequest, key: str) -> KeptFind | None:
    """What was kept under the key, or None: another session, or too long ago."""
    for kept in request.session.get(SESSION_KEY, []):
        if kept["key"] == key:
            return KeptFind(
                key=key,
                by=RegisterKey(kept["by"]),
                label=kept["label"],
                ids=tuple(kept["ids"]),
                is_cut=kept["is_cut"],
            )
    return None
