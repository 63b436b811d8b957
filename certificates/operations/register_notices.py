"""An officer sends a learner the notice of a certificate once more."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import ContactSettings, User
from accounts.operations import record_audit, send_site_message
from certificates.models import Certificate, Holding
from lms.lib.errors import DomainError
from lms.lib.own_language import own_language


class NoticeRefusedError(DomainError):
    """There is nothing to tell of."""

    code = "no_certificate"


@transaction.atomic
def resend_notice(*, holding_id: int, actor: User, now: datetime) -> bool:
    """Lay the notice of the newest certificate into its holder's box again, with the links to it.

    Once an hour: returns False, and changes nothing, where it was sent within the same hour (a second click).

    :raises NoticeRefusedError: no certificate has been issued yet.
    """
    holding = Holding.objects.select_related("learner__user", "post", "authority").get(pk=holding_id)
    newest = Certificate.objects.filter(holding=holding).order_by("-version").first()
    if newest is None:
        raise NoticeRefusedError(_("这本证书还没有换发电子证书，没有可以发送的通知。"))
    sent = _send(holding, newest, now=now)
    if sent:
        detail = {"number": newest.number, "version": newest.version}
        record_audit(actor=actor, action="register.resend_notice", target=newest, detail=detail, now=now)
    return sent


def _send(holding: Holding, newest: Certificate, *, now: datetime) -> bool:
    contact = ContactSettings.objects.filter(user_id=holding.learner.user_id).first()
    with translation.override(contact.language if contact is not None else settings.LANGUAGE_CODE):
        facts = {
            "post": own_language(holding.post),
            "number": newest.number,
            "day": f"{timezone.localtime(newest.issued_at):%Y-%m-%d}",
            "authority": own_language(holding.authority),
            "verify": f"{settings.XUESHI_SITE_URL}{reverse('certificates:verify', args=[newest.token])}",
        }
        return send_site_message(
            user=holding.learner.user,
            key=f"certificate-notice:{newest.uuid}:{now.astimezone(UTC):%Y%m%d%H}",
            subject=_("证书已签发：%(post)s") % facts,
            body=_(
                "%(authority)s再次通知您：您的“%(post)s”电子证书已于 %(day)s 签发，编号 %(number)s。"
                "可以在证书页面下载；需要给他人核验的，请使用核验网址：%(verify)s"
            )
            % facts,
            address=reverse("certificates:holding", args=[holding.uuid]),
            now=now,
        )
