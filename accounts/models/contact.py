"""How a person may be reached beside the site."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ContactSettings(models.Model):
    """Where a person wants to be told of deadlines; without a row: site messages, and SMS where a mobile is known.

    ``email`` counts once ``email_confirmed_at`` is set, by somebody who reads its mail. ``wants_email`` and
    ``wants_sms`` are taken back at any time; what the site needs for signing in is no reminder. ``language`` is that of
    messages, which are written while nobody is looking.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="contact_settings")
    email = models.EmailField(_("电子邮箱"), max_length=254, blank=True)
    email_confirmed_at = models.DateTimeField(_("邮箱确认时间"), null=True, blank=True)
    wants_email = models.BooleanField(_("邮件提醒"), default=True)
    wants_sms = models.BooleanField(_("短信提醒"), default=True)
    language = models.CharField(_("消息语言"), max_length=10, default="zh-hans")

    class Meta:
        verbose_name = _("联系方式")
        verbose_name_plural = _("联系方式")
        constraints = [
            models.CheckConstraint(
                condition=Q(email_confirmed_at__isnull=True) | ~Q(email=""), name="contact_confirmed_has_email"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)
