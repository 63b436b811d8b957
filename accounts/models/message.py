"""Messages that a person reads on the site."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.lib.public_id import PublicIdModel


class SiteMessage(PublicIdModel):
    """One message to one person, in the person's own language; ``address`` is where it leads on this site.

    ``key`` says what it is about: the same message is never delivered twice.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="site_messages")
    key = models.CharField(max_length=120)
    subject = models.CharField(_("标题"), max_length=120)
    body = models.TextField(_("内容"))
    address = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(_("发送时间"))
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("站内消息")
        verbose_name_plural = _("站内消息")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="site_message_once")]
        indexes = [
            models.Index(fields=["user", "-sent_at", "-id"], name="site_message_newest"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="site_message_unread"),
        ]

    def __str__(self) -> str:
        return self.subject
