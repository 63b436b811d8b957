"""What must hold before a real site is opened."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.security, deploy=True)
def check_signing_key(**_: Any) -> list[CheckMessage]:
    """Refuse to let the demonstration's key sign real certificates."""
    if settings.XUESHI_SIGNING_KEY_FILE or settings.XUESHI_DEMO:
        return []
    return [
        Warning(
            "Certificates would be signed with the demonstration's key.",
            hint="Set XUESHI_SIGNING_KEY_FILE to the issuer's PKCS#12 file, and XUESHI_SIGNING_KEY_PASSWORD.",
            id="certificates.W001",
        )
    ]
