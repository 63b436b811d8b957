"""What must hold before a real site is opened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.utils import timezone

from certificates.gateways.signing import SignerUnavailableError, configured_file_keys, find_signers

SOON = timedelta(days=60)


@register(Tags.security, deploy=True)
def check_signing_key(**_: Any) -> list[CheckMessage]:
    """See that certificates can be sealed, by keys that will not run out soon.

    Keys in files are opened; modules and services are left alone, the nightly task looks at them.
    """
    try:
        find_signers()
        keys = configured_file_keys()
    except SignerUnavailableError as error:
        return [
            Error(
                f"Certificates cannot be sealed: {error}",
                hint="Set XUESHI_SIGNING_KEY_FILE (PKCS#12) and its password, or XUESHI_SIGNERS_FILE.",
                id="certificates.E001",
            )
        ]
    return [
        Warning(
            f"The certificate of the key {key.name} runs out on {timezone.localdate(key.not_after)}.",
            hint="Certificates cannot be issued after that day: configure its successor.",
            id="certificates.W002",
        )
        for key in keys
        if key.not_after and key.not_after - SOON < timezone.now()
    ]


@register(Tags.security, deploy=True)
def check_code_key(**_: Any) -> list[CheckMessage]:
    """See that the key of the QR codes is one that the operator keeps, not one made on this machine."""
    if settings.XUESHI_DEMO or settings.XUESHI_CODE_KEY_FILE:
        return []
    try:
        if settings.XUESHI_SIGNERS_FILE and all(signer.code for signer in find_signers()):
            return []
    except SignerUnavailableError:
        return []  # E001 says so
    return [
        Warning(
            "QR codes and credentials would be signed with a key made on this machine.",
            hint="Set XUESHI_CODE_KEY_FILE, or a code key for every signer in XUESHI_SIGNERS_FILE; keep a copy of it.",
            id="certificates.W003",
        )
    ]
