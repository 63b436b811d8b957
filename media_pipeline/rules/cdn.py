"""Addresses on a content delivery network, signed as it checks them: for one file, until one second."""

from __future__ import annotations

import base64
import hashlib
from enum import StrEnum
from urllib.parse import quote


class CdnSigning(StrEnum):
    """Who checks the address.

    ``NGINX`` is the module secure_link of nginx, with ``secure_link_md5 "$secure_link_expires$uri KEY"``; ``ALIYUN``
    and ``TENCENT`` are the authentication of type A of these two networks.
    """

    NGINX = "nginx"
    ALIYUN = "aliyun"
    TENCENT = "tencent"


_PARAMETER = {CdnSigning.ALIYUN: "auth_key", CdnSigning.TENCENT: "sign"}


def sign_address(
    base_url: str, path: str, *, signing: CdnSigning, key: str, expires_at: int, valid_seconds: int = 0
) -> str:
    """Give the address of ``path`` (from a slash, not encoded) that works until ``expires_at`` (seconds since 1970).

    The two networks add the validity that is set in their console, ``valid_seconds``, to the time in the address, so
    that much is taken off. The random part is fixed: it has no part in the protection, and a fixed one lets the same
    address be made again, which browsers keep in their caches.
    """
    if signing is CdnSigning.NGINX:  # nginx decodes the path before it checks
        digest = hashlib.md5(f"{expires_at}{path} {key}".encode(), usedforsecurity=False).digest()
        return (
            f"{base_url}{quote(path)}?md5={base64.urlsafe_b64encode(digest).decode().rstrip('=')}&expires={expires_at}"
        )
    sent, stamp = quote(path), expires_at - valid_seconds
    seal = hashlib.md5(f"{sent}-{stamp}-0-0-{key}".encode(), usedforsecurity=False).hexdigest()
    return f"{base_url}{sent}?{_PARAMETER[signing]}={stamp}-0-0-{seal}"
