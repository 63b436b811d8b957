"""A person says where reminders may go, proves an address, and takes it back."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.gateways import Mail, send_mail
from accounts.models import ContactSettings, User
from accounts.operations.audit import record_audit
from accounts.tasks import send_confirmation
from lms.lib.errors import DomainError

CONFIRM_SALT = "accounts.contact.confirm"
LEAVE_SALT = "accounts.contact.leave"
CONFIRM_WITHIN = timedelta(days=3)


class ContactLinkError(DomainError):
    """A link out of a mail that is not ours, is too old, or speaks of an address that was changed since."""

    code = "contact_link"


@transaction.atomic
def save_contact(
    *, user: User, email: str, wants_email: bool, wants_sms: bool, language: str, now: datetime
) -> ContactSettings:
    """Keep a person's choices; a changed address counts once somebody who reads its mail has confirmed it.

    The mail that asks for it leaves after the commit. Saving the same address again, unconfirmed, asks again.
    """
    ContactSettings.objects.get_or_create(user=user)
    chosen = ContactSettings.objects.select_for_update().get(user=user)
    is_other = email.casefold() != chosen.email.casefold()
    if is_other:
        chosen.email, chosen.email_confirmed_at = email, None
    chosen.wants_email, chosen.wants_sms, chosen.language = wants_email, wants_sms, language
    chosen.save()
    detail = {"has_email": bool(email), "is_other": is_other, "wants_email": wants_email, "wants_sms": wants_sms}
    record_audit(actor=user, action="contact.save", target=user, detail=detail, now=now)
    if chosen.email and chosen.email_confirmed_at is None:
        transaction.on_commit(partial(send_confirmation.delay, user.pk), robust=True)
    return chosen


def mail_confirmation(*, user_id: int) -> bool:
    """Send the mail that asks to confirm an address; says whether one was due.

    :raises DeliveryError: the server did not take it.
    """
    chosen = ContactSettings.objects.select_related("user").filter(user_id=user_id).first()
    if chosen is None or not chosen.email or chosen.email_confirmed_at is not None:
        return False
    token = signing.dumps([str(chosen.user.uuid), _mark_of(chosen.email)], salt=CONFIRM_SALT)
    address = settings.XUESHI_SITE_URL + reverse("accounts:confirm_email", args=[token])
    with translation.override(chosen.language):
        text = _(
            "有人在{site}的账户中填写了这个邮箱，用来接收继续教育的到期提醒。\n\n"
            "如果是您本人，请在 3 天内打开下面的网址，并按“确认邮箱”：\n{address}\n\n"
            "如果不是您，请忽略这封邮件；未经确认，不会再向这个邮箱发送任何邮件。"
        )
        body = text.format(site=_("学时"), address=address)
        subject = _("请确认您的邮箱")
    key = signing.Signer(salt=CONFIRM_SALT).signature(token)
    send_mail(Mail(to=chosen.email, key=f"confirm-{key}", subject=subject, body=body))
    return True


@transaction.atomic
def confirm_email(*, token: str, now: datetime) -> ContactSettings:
    """Take an address as proved; doing it again changes nothing.

    :raises ContactLinkError: the link is not ours, is too old, or the address was changed since.
    """
    try:
        uuid, mark = map(str, signing.loads(token, salt=CONFIRM_SALT, max_age=CONFIRM_WITHIN))
        person = UUID(uuid)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise ContactLinkError(_("确认链接无效或已过期。请登录后在“消息与提醒”中重新发送。")) from error
    rows = ContactSettings.objects.select_for_update(of=("self",)).select_related("user")
    chosen = rows.filter(user__uuid=person).exclude(email="").first()
    if chosen is None or not constant_time_compare(_mark_of(chosen.email), mark):
        raise ContactLinkError(_("这个邮箱已被更改或删除，无需确认。"), code="other_address")
    if chosen.email_confirmed_at is None:
        chosen.email_confirmed_at = now
        chosen.save(update_fields=["email_confirmed_at"])
        record_audit(actor=chosen.user, action="contact.confirm", target=chosen.user, detail={}, now=now)
    return chosen


def _mark_of(email: str) -> str:
    """What stands for an address in a link: links end up in logs, where nobody's address should."""
    return salted_hmac(CONFIRM_SALT, email, algorithm="sha256").hexdigest()[:32]


def leave_address(user: User) -> str:
    """The address under which whoever reads a person's mail takes reminders by mail back; it never ends."""
    token = signing.dumps(str(user.uuid), salt=LEAVE_SALT)
    return settings.XUESHI_SITE_URL + reverse("accounts:leave_email", args=[token])


@transaction.atomic
def stop_emails(*, token: str, now: datetime) -> None:
    """Send no more reminders by mail, because of a link in one of them; doing it again changes nothing.

    :raises ContactLinkError: the link is not ours.
    """
    try:
        person = UUID(str(signing.loads(token, salt=LEAVE_SALT)))
    except (signing.BadSignature, ValueError) as error:
        raise ContactLinkError(_("退订链接无效。请登录后在“消息与提醒”中关闭邮件提醒。")) from error
    stopped = ContactSettings.objects.filter(user__uuid=person, wants_email=True)
    for chosen in stopped.select_related("user").select_for_update(of=("self",)):
        chosen.wants_email = False
        chosen.save(update_fields=["wants_email"])
        record_audit(actor=chosen.user, action="contact.leave", target=chosen.user, detail={}, now=now)
