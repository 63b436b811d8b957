"""Private addresses under which a calendar fetches a learner's deadlines."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner


class CalendarFeed(models.Model):
    """The one address of a learner's deadlines; whoever has it reads them without signing in.

    ``token_digest`` finds it, ``token_sealed`` shows it to its owner again. Revoking deletes the row: the old address
    is then as unknown as any other.
    """

    learner = models.OneToOneField(Learner, on_delete=models.CASCADE, related_name="calendar_feed")
    token_digest = models.CharField(max_length=64, unique=True)
    token_sealed = models.TextField(editable=False)
    made_at = models.DateTimeField(_("建立时间"))

    class Meta:
        verbose_name = _("日历订阅")
        verbose_name_plural = _("日历订阅")

    def __str__(self) -> str:
        return str(self.learner)
