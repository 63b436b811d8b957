"""What a holder is told of an act on the certificate."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import ContactSettings
from accounts.operations import send_site_message
from certificates.enums import HoldingAct
from certificates.models import Holding, HoldingEvent
from lms.lib.own_language import own_language


def tell_holder(*, event: HoldingEvent, act: HoldingAct, now: datetime) -> None:
    """Lay a message into the holder's box, in the holder's language, once an event; it leads to the certificate."""
    holding = Holding.objects.select_related("learner__user", "post", "authority").get(pk=event.holding_id)
    settings = ContactSettings.objects.filter(user_id=holding.learner.user_id).first()
    with translation.override(settings.language if settings is not None else "zh-hans"):
        facts = {
            "post": own_language(holding.post),
            "act": act.label,
            "status": event.get_status_display(),
            "authority": own_language(event.authority),
            "reason": event.reason.rstrip("。"),
        }
        send_site_message(
            user=holding.learner.user,
            key=f"holding-event:{event.uuid}",
            subject=_("证书状态变更：%(post)s · %(act)s") % facts,
            body=_body(act) % facts,
            address=reverse("certificates:holding", args=[holding.uuid]),
            now=now,
        )


def _body(act: HoldingAct) -> str:
    if act is HoldingAct.LAPSE:
        return _(
            "您的“%(post)s”证书已失效。原因：%(reason)s。"
            "失效后须重新参加培训并考核合格；对学时有疑问的，请联系%(authority)s。"
        )
    return _(
        "%(authority)s已对您的“%(post)s”证书办理“%(act)s”，证书现为“%(status)s”状态。"
        "原因：%(reason)s。有异议的，请联系该主管部门。"
    )
