"""Passes: addresses of a video's files that work for a few minutes, in one browser alone.

A pass stands in the address itself. What it opens is read from the rest of the address, so a changed address is a
forged one, and whom it was given to is not in it at all: the browser has to bring that along.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from enum import StrEnum

WINDOW_SECONDS = 300
_TOKEN = re.compile(r"([pao])([0-9a-f]{1,9})-([0-9a-f]{32})")


class PassRefusedError(Exception):
    """The pass is forged, broken, expired, or another's. Nobody is told which."""


class PassScope(StrEnum):
    """What a pass opens of a video: the pieces that playlists name, all its files, or the one file of the address."""

    PIECES = "p"
    ALL = "a"
    ONE = "o"


def end_of_window(now_s: int) -> int:
    """When what is signed now expires: in 5 to 10 minutes, at a moment that everything signed near it shares.

    Addresses signed within the same five minutes are the same, so that browsers and caches know them again.
    """
    return (now_s // WINDOW_SECONDS + 2) * WINDOW_SECONDS


def pass_key(secret: str) -> bytes:
    """The key that signs passes: derived from the site's secret, of no use for anything else."""
    return hashlib.sha256(b"xueshi media pass\x1f" + secret.encode()).digest()


def make_pass(scope: PassScope, path: str, *, holder: str, expires_at_s: int, key: bytes) -> str:
    """Sign a pass for ``path`` (``<video>/…``), to be used by who brings ``holder``, until ``expires_at_s``."""
    return f"{scope}{expires_at_s:x}-{_signature(scope, path, holder, expires_at_s, key)}"


def check_pass(token: str, path: str, *, holder: str, now_s: int, keys: Iterable[bytes]) -> int:
    """Check that a pass opens ``path``, and give when it expires; in that second it is expired.

    :raises PassRefusedError: it does not.
    """
    found = _TOKEN.fullmatch(token)
    if found is None or not holder:
        raise PassRefusedError
    scope, expires_at_s = PassScope(found[1]), int(found[2], 16)
    wanted = (_signature(scope, path, holder, expires_at_s, key) for key in keys)
    is_ours = any(hmac.compare_digest(found[3], signature) for signature in wanted)
    if not is_ours or now_s >= expires_at_s or (scope == PassScope.PIECES and path.endswith(".m3u8")):
        raise PassRefusedError
    return expires_at_s


def _signature(scope: PassScope, path: str, holder: str, expires_at_s: int, key: bytes) -> str:
    opened = path if scope == PassScope.ONE else path.partition("/")[0] + "/"
    text = "\x1f".join((scope, opened, holder, str(expires_at_s)))
    return hmac.new(key, text.encode(errors="surrogateescape"), hashlib.sha256).hexdigest()[:32]
