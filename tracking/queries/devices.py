"""The mark by which leases of one browser are known to belong together."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from django.conf import settings

DEVICE_KEPT_FOR = timedelta(days=90)


def device_key_of(mark: str) -> str:
    """What is stored of a browser's random mark: 32 hex digits of its keyed SHA-256, from which it cannot be told.

    No mark, no key: a browser that keeps no cookies is nobody's.
    """
    return device_key_under(settings.SECRET_KEY, mark)


def device_key_under(secret: str, mark: str) -> str:
    """The same under another secret of the site: one that was changed since."""
    if not mark:
        return ""
    key = hashlib.sha256(b"xueshi device mark\x1f" + secret.encode()).digest()
    return hmac.new(key, mark.encode(), hashlib.sha256).hexdigest()[:32]
