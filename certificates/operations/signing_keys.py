"""Whose keys signed what: the public halves are kept for ever, and somebody is told before a certificate runs out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import MessageDraft, record_audit, send_site_messages
from certificates.enums import KeyPurpose
from certificates.gateways.signing import (
    KeyFacts,
    SignerUnavailableError,
    configured_keys,
    configured_sm2_keys,
    find_signers,
)
from certificates.models import IssuerProfile, SigningKey
from certificates.operations.verification_cache import forget_sealed_by
from lms.lib.errors import DomainError

WARN_DAYS = (90, 30, 7, 0)
OURS = (KeyPurpose.SEAL, KeyPurpose.CODE, KeyPurpose.SM2)


class KeyRefusedError(DomainError):
    """No such key, or nothing to do with it."""


@dataclass(frozen=True, slots=True)
class KeysWatched:
    """What a look at the keys found: rows written or put out of use, messages sent, what cannot be opened."""

    kept: int
    retired: int
    messages: int
    trouble: str


def signing_key_row(key: KeyFacts, *, now: datetime) -> SigningKey:
    """Give the row of a key that signed, written on its first use. One statement for a known key.

    The key that stamped the time of a seal gets a row too.
    """
    if key.witness is not None:
        signing_key_row(key.witness, now=now)
    known = SigningKey.objects.filter(kid=key.kid).first()
    return known if known is not None else _keep_key(key, now=now)


@transaction.atomic
def _keep_key(key: KeyFacts, *, now: datetime) -> SigningKey:
    row, created = SigningKey.objects.get_or_create(
        kid=key.kid,
        defaults={
            "purpose": key.purpose,
            "name": key.name,
            "algorithm": key.algorithm,
            "public_jwk": key.public_jwk,
            "certificate_pem": key.certificate_pem,
            "chain_pem": key.chain_pem,
            "not_before": key.not_before,
            "not_after": key.not_after,
            "first_used_at": now,
        },
    )
    if created:
        _audit("signing_key.first_use", row, now=now)
    return row


@translation.override("zh-hans")
def watch_signing_keys(*, now: datetime) -> KeysWatched:
    """Compare the kept keys with the configured ones, and tell administrators what runs out or cannot be opened.

    Configured keys are kept before they first sign, so that verifiers may fetch them. What is configured no longer
    is retired: what it signed stays good. While any key cannot be opened nothing is retired, for it might be that one.
    Each warning reaches each administrator once: at 90, 30 and 7 days before the end, and on the day.
    """
    try:
        configured = [*configured_keys(), *configured_sm2_keys()]
    except SignerUnavailableError as error:
        subject = _("签名密钥无法使用")
        body = _("签名密钥无法使用，证书暂停签发，恢复后自动继续。原因：%(reason)s") % {"reason": error}
        sent = _tell_administrators(f"signing-keys-{timezone.localdate(now)}", subject, body, now=now)
        return KeysWatched(kept=0, retired=0, messages=sent, trouble=str(error))
    known = set(SigningKey.objects.filter(kid__in=[each.kid for each in configured]).values_list("kid", flat=True))
    rows = [signing_key_row(each, now=now) for each in configured]
    retired = _retire_others({row.kid for row in rows}, now=now)
    messages = sum(_warn(row, now=now) for row in rows) + _tell_of_unknown_signers(now=now)
    return KeysWatched(kept=len({row.kid for row in rows} - known), retired=retired, messages=messages, trouble="")


def compromise_key(*, kid: str, since: datetime, actor: User | None, now: datetime) -> SigningKey:
    """Note that a key fell into foreign hands: what it signed before ``since`` stays good, the rest is not trusted.

    An earlier moment may be noted later, never a later one: what was once refused must not come back to honour.

    :raises KeyRefusedError: no such key, a moment to come, or one after the moment noted before.
    """
    with transaction.atomic():
        row = SigningKey.objects.select_for_update().filter(kid=kid).first()
        if row is None:
            raise KeyRefusedError(_("没有这个签名密钥"))
        if since > now or (row.compromised_at is not None and since > row.compromised_at):
            raise KeyRefusedError(_("失密时间不能晚于现在，也不能晚于已登记的失密时间"))
        if row.compromised_at != since:
            row.compromised_at = since
            row.save(update_fields=["compromised_at"])
            forget_sealed_by(row.pk)
            _audit("signing_key.compromise", row, now=now, actor=actor, since=since.isoformat())
    return row


@transaction.atomic
def _retire_others(configured: set[str], *, now: datetime) -> int:
    """Put out of use what is configured no longer, and take back what is configured again."""
    for row in SigningKey.objects.select_for_update().filter(kid__in=configured, retired_at__isnull=False):
        row.retired_at = None
        row.save(update_fields=["retired_at"])
        _audit("signing_key.return", row, now=now)
    others = SigningKey.objects.select_for_update().filter(retired_at__isnull=True, purpose__in=OURS)
    retired = [row for row in others if row.kid not in configured]
    for row in retired:
        row.retired_at = now
        row.save(update_fields=["retired_at"])
        _audit("signing_key.retire", row, now=now)
    return len(retired)


def _warn(row: SigningKey, *, now: datetime) -> int:
    if row.not_after is None:
        return 0
    days = (row.not_after - now) // timedelta(days=1)
    reached = [each for each in WARN_DAYS if days <= each]
    if not reached:
        return 0
    ends_on = timezone.localdate(row.not_after)
    subject = _("签名证书即将到期：%(name)s") % {"name": row.name}
    body = _("签名证书 %(name)s 于 %(day)s 到期。到期后将无法签发证书，请尽快更换密钥（见运维手册“密钥”一节）。") % {
        "name": row.name,
        "day": ends_on.isoformat(),
    }
    return _tell_administrators(f"signing-key-{row.kid[:16]}-{min(reached)}", subject, body, now=now)


def _tell_of_unknown_signers(*, now: datetime) -> int:
    """An authority whose settings name a signer that is not configured gets no certificates: say so."""
    known = {signer.name for signer in find_signers()}
    named = IssuerProfile.objects.exclude(signer="").exclude(signer__in=known).select_related("authority")
    sent = 0
    for profile in named.order_by("pk"):
        words = {"authority": profile.authority.name, "signer": profile.signer}
        subject = _("签名者未配置：%(signer)s") % words
        body = _("%(authority)s 的签发设置使用签名者 %(signer)s，但配置文件中没有它，证书暂停签发。") % words
        sent += _tell_administrators(f"signer-{profile.pk}-{profile.signer}", subject, body, now=now)
    return sent


def _tell_administrators(key: str, subject: str, body: str, *, now: datetime) -> int:
    """Write to those who may change the configuration. The day's key keeps one trouble from filling a box."""
    administrators = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").values_list("pk", flat=True)
    drafts = [MessageDraft(user_id=each, key=key, subject=subject, body=body) for each in administrators]
    return send_site_messages(drafts=drafts, now=now)


def _audit(action: str, row: SigningKey, *, now: datetime, actor: User | None = None, **more: str) -> None:
    detail = {"kid": row.kid, "name": row.name, "purpose": row.purpose, **more}
    record_audit(actor=actor, action=action, target=row, detail=detail, now=now)
