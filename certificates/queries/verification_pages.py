"""Verification pages as they were made, given out again while nothing has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from certificates.gateways import verification_memory
from certificates.models import Certificate


class PageKey(NamedTuple):
    """Which page: of which code, in which form and language, under which name of the site."""

    token: str
    form: str
    host: str


def recall_page(key: PageKey) -> bytes | None:
    """The page as it was made before, or None; no statement. Never older than the last change of its holding."""
    return verification_memory.recall_page(key)


def keep_page(key: PageKey, certificate: Certificate, *, make: Callable[[], bytes]) -> bytes:
    """Make a page of a certificate and keep it, unless its holding is being changed.

    The mark is asked for before ``make`` reads: a change in between leaves a page that is never given out.
    """
    mark = verification_memory.mark_of(certificate.holding_id)
    body = make()
    if mark is not None:
        verification_memory.keep_page(key, body, holding_id=certificate.holding_id, mark=mark)
    return body
