"""A person's real name and identity number are registered, once."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Consent, Learner, User
from accounts.operations.audit import record_audit
from accounts.queries import IdentityRefusedError, digest_of, learner_of, read_identity
from accounts.rules.identity import IdentityNumber
from lms.lib.masking import mask_id_number
from lms.lib.sealed import seal

CONSENT_NOTICE_VERSION = "2026-11"
NAME_SHAPE = re.compile(
    r"[^\W\d_]([^\W\d_]|[\u0300-\u036f\ufe00-\ufe0f\U000e0100-\U000e01ef]|[·' .-](?=[^\W\d_])){1,79}"
)


@transaction.atomic
def register_identity(
    *, user: User, full_name: str, id_kind: str, id_number: str, consent_version: str, now: datetime
) -> Learner:
    """Tie an account to a real person; saying the same again changes nothing, saying anything else is refused.

    The number is kept sealed, and found by a keyed digest; birth date and sex are read from it where it holds them.
    Consent to the handling of sensitive data (PIPL, art. 29) is kept as a row of its own.

    :raises IdentityRefusedError: no consent, a name or number that cannot be, an identity registered before.
    """
    if consent_version != CONSENT_NOTICE_VERSION:
        raise IdentityRefusedError(_("请先阅读并单独同意敏感个人信息处理告知"), field="consent")
    name = read_full_name(full_name)
    identity = read_identity(id_kind=id_kind, id_number=id_number, on=timezone.localdate(now))
    digest = digest_of(identity)
    known = learner_of(user)
    if known is not None:
        if (known.id_digest, known.full_name) == (digest, name):
            return known
        raise IdentityRefusedError(
            _("您已完成实名登记。登记信息不能自行修改，确需更正的请联系主管部门"), code="registered"
        )
    learner = _store(user, name, identity, digest, now)
    Consent.objects.create(learner=learner, notice_version=consent_version, given_at=now)
    detail = {"id_kind": learner.id_kind, "id_masked": learner.id_masked, "consent": consent_version}
    record_audit(actor=user, action="learner.register", target=learner, detail=detail, now=now)
    return learner


@transaction.atomic
def attach_photo(*, learner: Learner, path: str, sha256: str, now: datetime) -> Learner:
    """Remember where the learner's photo lies in the private storage; the same photo again changes nothing."""
    stored = Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)  # sent twice at once: one by one
    learner.photo_path, learner.photo_sha256 = path, sha256
    if (stored.photo_path, stored.photo_sha256) == (path, sha256):
        return learner
    learner.save(update_fields=["photo_path", "photo_sha256"])
    record_audit(actor=learner.user, action="learner.photo", target=learner, detail={"sha256": sha256}, now=now)
    return learner


@transaction.atomic
def correct_full_name(*, learner: Learner, full_name: str, actor: User, reason: str, now: datetime) -> Learner:
    """Let the learner bear another name, as an officer found it right; the same name again changes nothing.

    What was issued or recorded under the earlier name stays as it was written.

    :raises IdentityRefusedError: not a name.
    """
    name = read_full_name(full_name)
    learner = Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
    if learner.full_name == name:
        return learner
    detail = {"from": learner.full_name, "to": name, "reason": reason}
    learner.full_name = name
    learner.save(update_fields=["full_name"])
    record_audit(actor=actor, action="learner.correct_name", target=learner, detail=detail, now=now)
    return learner


def read_full_name(text: str) -> str:
    """The name as the document prints it: outer blanks dropped, one form of the middle dot; rare characters untouched.

    :raises IdentityRefusedError: shorter than two letters, or not a name.
    """
    name = re.sub(r"[•・‧．]", "·", re.sub(r"\s+", " ", text)).strip()
    if not NAME_SHAPE.fullmatch(name):
        raise IdentityRefusedError(
            _("请按证件填写姓名，不含数字和其他符号；少数民族姓名中的圆点请用“·”"), field="full_name"
        )
    return name


def _store(user: User, name: str, identity: IdentityNumber, digest: str, now: datetime) -> Learner:
    try:
        with transaction.atomic():
            return Learner.objects.create(
                user=user,
                full_name=name,
                id_kind=identity.kind,
                id_digest=digest,
                id_sealed=seal(identity.number),
                id_masked=mask_id_number(identity.number),
                born_on=identity.birth_on,
                sex=identity.sex or "",
                registered_at=now,
            )
    except IntegrityError:  # the number is another account's, or this account was faster in another window
        raise IdentityRefusedError(
            _("该证件号码已在本站登记。请使用原账户登录；如忘记账户或认为被他人冒用，请联系所在地主管部门核实"),
            code="taken",
        ) from None
